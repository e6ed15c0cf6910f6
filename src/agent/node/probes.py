"""Who hears whom: each tick, or each few of them, one small datagram to every peer, over the bond, from and to the same port as knet does."""
import socket
import struct

from speech import trouble, works

# magic, sender's id, receiver's id, sequence number
FORM = struct.Struct('!4sIII')
MAGIC = b'bpp1'
IP_FREEBIND = 15  # uapi/linux/in.h: bind while the bond is being re-created and has no address, or one of IPv6 that is tentative yet


class Probes:
    def __init__(self, config):
        self._own_id = config['nodeId']
        self._family = socket.AF_INET6 if ':' in config['address'] else socket.AF_INET
        self._own = (config['address'], config['probePort'])
        self._peers = {peer['id']: (peer['name'], peer['address']) for peer in config['peers']}
        self._every_ticks = config['probeEveryTicks']
        self._socket = None
        self._heard = {}
        self._open()

    def _open(self):
        try:
            self._socket = socket.socket(self._family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
            self._socket.setsockopt(socket.SOL_IP, IP_FREEBIND, 1)  # of IPv6, too (net/ipv6/ipv6_sockglue.c, ipv6_setsockopt)
            self._socket.bind(self._own)
            works('probes')
        except OSError as error:
            trouble('probes', error)
            if self._socket:
                self._socket.close()
            self._socket = None

    def mend(self):
        if self._socket is None:
            self._open()

    def send(self, seq):
        if self._socket is None or seq % self._every_ticks:
            return
        for peer_id, (_, address) in self._peers.items():
            try:
                self._socket.sendto(FORM.pack(MAGIC, self._own_id, peer_id, seq), (address, self._own[1]))
            except OSError:
                pass  # no route or no address for the moment: the probe is lost, which is what is measured

    def receive(self):
        while self._socket is not None:
            try:
                data, (address, *_) = self._socket.recvfrom(64)
            except BlockingIOError:
                return
            except OSError as error:
                trouble('probes', error)
                return
            if len(data) != FORM.size:
                continue
            magic, sender, receiver, seq = FORM.unpack(data)
            name, expected = self._peers.get(sender, (None, None))
            if magic == MAGIC and receiver == self._own_id and address == expected:
                self._heard.setdefault(name, []).append(seq)

    def take(self):
        heard, self._heard = self._heard, {}
        return heard
