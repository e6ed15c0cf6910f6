"""Frames below the bond: LACPDUs of both directions, and the canary that proves whether a slave's frames arrive."""
import socket
import struct
from array import array
from base64 import b64encode

from burst import Burst
from speech import say, trouble, works
from stamps import boot_from_real, boot_us, real_us

ETH_P_ALL = 0x0003  # the only kind of socket that sees outgoing frames, after the qdisc
SLOW_PROTOCOLS = 0x8809  # IEEE 802.3 annex 57A: LACP and marker
EXPERIMENTAL = 0x88B5  # IEEE 802: local experimental ethertype 1
SO_ATTACH_FILTER = 26  # asm-generic/socket.h
SO_TIMESTAMPNS = 35  # asm-generic/socket.h, the 64-bit form on x86-64
PACKET_OUTGOING = 4  # uapi/linux/if_packet.h

# Classic BPF, (code, jump if true, jump if false, k): LACPDUs of both directions, canaries that come in.
FILTER = (
    (0x28, 0, 0, 12),  # the ethertype
    (0x15, 3, 0, SLOW_PROTOCOLS),
    (0x15, 0, 3, EXPERIMENTAL),
    (0x28, 0, 0, 0xFFFFF004),  # SKF_AD_OFF + SKF_AD_PKTTYPE
    (0x15, 1, 0, PACKET_OUTGOING),
    (0x06, 0, 0, 0xFFFF),  # keep
    (0x06, 0, 0, 0),  # drop
)

# magic, sender's id, sequence number, behind the 14 bytes of Ethernet header
CANARY = struct.Struct('!4sII')
MAGIC = b'bpc1'
MIN_FRAME = 60  # IEEE 802.3 without the checksum
MAX_FRAME = 1514
NEAREST_BRIDGE = bytes.fromhex('0180c200000e')  # IEEE 802.1Q, table 8-1: no bridge passes it on
CABLE_FRAMES_A_TICK = 20  # as much as the shortest queue on the way takes at once


class Tap:
    """A socket on one slave."""

    def __init__(self, nic, index):
        self.nic = nic
        self.index = index
        program = array('B', b''.join(struct.pack('=HBBI', *step) for step in FILTER))
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, 0)
        try:
            # Filtered before it is bound: nothing else ever gets in.
            self._socket.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack('@HP', len(FILTER), program.buffer_info()[0]))
            self._socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            self._socket.bind((nic, ETH_P_ALL))
        except OSError:
            self._socket.close()
            raise

    def close(self):
        self._socket.close()

    def send(self, frame):
        self._socket.send(frame)

    def receive(self):
        """Yields (frame, outgoing, notes) of what has arrived; the notes hold the kernel's stamp."""
        while True:
            try:
                frame, notes, _, address = self._socket.recvmsg(2048, 64)
            except BlockingIOError:
                return
            yield frame, address[2] == PACKET_OUTGOING, notes


class Frames:
    def __init__(self, config):
        self._own_id = config['nodeId']
        self._peers = {peer['id']: peer['name'] for peer in config['peers']}
        self._nics = config['slaves']
        self._taps = {}
        self._canary_nic = None
        self._sent = []
        self._refused = 0
        self._heard = {}
        self._burst = Burst()
        self._cable = (None, 0)
        self.mend()

    def mend(self):
        """Sockets for slaves that have none, or that came back as another device."""
        for nic in self._nics:
            try:
                index = socket.if_nametoindex(nic)
                tap = self._taps.get(nic)
                if tap is None or tap.index != index:
                    if tap is not None:
                        self._taps.pop(nic).close()
                    self._taps[nic] = Tap(nic, index)
                works(f'frames of {nic}')
            except OSError as error:
                trouble(f'frames of {nic}', error)

    def order_canary(self, nic):
        if nic is not None and nic not in self._nics:
            trouble('canary', f'{nic} is no slave of this node; it has {", ".join(self._nics)}')
            nic = None
        self._canary_nic = nic

    def order_cable(self, nic, frames):
        if nic not in self._taps:
            trouble('cable', f'{nic} is no slave that is watched')
        self._cable = (nic, int(frames))

    def try_cable(self):
        """Long frames that end at the switch, whose counter shows at which port."""
        nic, left = self._cable
        tap = self._taps.get(nic)
        if tap is None or left <= 0:
            return
        now = min(left, CABLE_FRAMES_A_TICK)
        self._cable = (nic, left - now)
        frame = (NEAREST_BRIDGE + self._source(nic) + struct.pack('!H', EXPERIMENTAL)).ljust(MAX_FRAME, b'\0')
        try:
            for _ in range(now):
                tap.send(frame)
            works('cable')
        except OSError as error:
            trouble('cable', error)

    def has_canary(self):
        return self._canary_nic is not None

    def indexes(self):
        return {nic: tap.index for nic, tap in self._taps.items()}

    def send_canary(self, seq):
        tap = self._taps.get(self._canary_nic)
        if tap is None:
            return
        try:
            tap.send(self._canary(tap, seq))
            self._sent.append(seq)
        except OSError as error:
            self._refused += 1
            trouble(f'canary on {tap.nic}', error)

    def order_burst(self, for_us):
        """More of the same frames on the same slave (burst.py)."""
        tap = self._taps.get(self._canary_nic)
        if tap is None:
            trouble('canary burst', 'no slave was ordered for the canary')
            return
        self._burst.order(lambda seq: tap.send(self._canary(tap, seq)), for_us)

    def _canary(self, tap, seq):
        frame = b'\xff' * 6 + self._source(tap.nic) + struct.pack('!H', EXPERIMENTAL) + CANARY.pack(MAGIC, self._own_id, seq)
        return frame.ljust(MIN_FRAME, b'\0')

    def _source(self, nic):
        """A sender of its own: under the bond's address the switch would learn the bond on the wrong port."""
        return struct.pack('!BBBHB', 0x02, 0x62, 0x70, self._own_id & 0xFFFF, self._nics.index(nic))

    def receive(self):
        for tap in self._taps.values():
            try:
                for frame, outgoing, notes in tap.receive():
                    self._read(tap.nic, frame, outgoing, notes)
            except OSError:
                pass  # the NIC went down; it says so once, and netlink tells the story

    def take(self):
        taken = self._sent, self._refused, self._heard
        self._sent, self._refused, self._heard = [], 0, {}
        return taken

    def _read(self, nic, frame, outgoing, notes):
        if frame[12:14] == b'\x88\x09':
            say('lacpdu', _stamp(notes), slave=nic, outgoing=outgoing, frame=b64encode(frame).decode())
        elif len(frame) >= 14 + CANARY.size:
            magic, sender, seq = CANARY.unpack_from(frame, 14)
            if magic == MAGIC and sender in self._peers:
                self._heard.setdefault(self._peers[sender], []).append(seq)


def _stamp(notes):
    """The kernel's own stamp of the frame, which does not wait for this process to be scheduled."""
    for level, kind, data in notes:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS and len(data) >= 16:
            seconds, nanoseconds = struct.unpack('@qq', data[:16])
            real = seconds * 1_000_000 + nanoseconds // 1000
            if 0 <= real_us() - real < 10_000_000:
                return boot_from_real(real), real
    return boot_us(), real_us()
