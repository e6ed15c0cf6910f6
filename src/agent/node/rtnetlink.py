"""What the kernel tells about links, neighbours and qdiscs: relayed as raw datagrams, decoded by the harness."""
import socket
import struct
from base64 import b64encode
from errno import ENOBUFS

from speech import say, trouble, works

# uapi/linux/rtnetlink.h and netlink.h
GROUPS = 0x1 | 0x4 | 0x8  # RTMGRP_LINK, RTMGRP_NEIGH, RTMGRP_TC
NEW_LINK, DEL_LINK, GET_LINK = 16, 17, 18
NEW_QDISC, DEL_QDISC, GET_QDISC = 36, 37, 38
DUMP = 0x301  # NLM_F_REQUEST | NLM_F_DUMP
DONE, ERROR = 3, 2
SO_RCVBUFFORCE = 33  # asm-generic/socket.h
HEADER = struct.Struct('=IHHII')
OUR_BLOCK = struct.pack('=I', 0xB0D)  # src/faults/rx-silent.ts


class Listener:
    def __init__(self):
        self.links_changed = True
        self.qdiscs_changed = True
        self._socket = None
        try:
            self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, socket.NETLINK_ROUTE)
            try:
                self._socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 20)
            except OSError:
                pass  # not root: the default holds some hundred messages, and an overrun is said
            self._socket.bind((0, GROUPS))
        except OSError as error:
            trouble('netlink', error)

    def fileno(self):
        return self._socket.fileno() if self._socket else None

    def dump_links(self):
        """The answers come among the notifications: who decodes them knows the state from the start."""
        if self._socket:
            body = struct.pack('=BBHiII', 0, 0, 0, 0, 0, 0) + struct.pack('=HHI', 8, 29, 8)  # IFLA_EXT_MASK: RTEXT_FILTER_SKIP_STATS
            self._socket.send(HEADER.pack(HEADER.size + len(body), GET_LINK, DUMP, 1, 0) + body)

    def receive(self):
        while True:
            try:
                data = self._socket.recv(65536)
            except BlockingIOError:
                works('netlink')
                return
            except OSError as error:
                trouble('netlink', f'messages were lost: {error}')
                if error.errno != ENOBUFS:
                    return
                self.links_changed = self.qdiscs_changed = True
                self.dump_links()
                continue
            kind = HEADER.unpack_from(data)[1] if len(data) >= HEADER.size else 0
            if kind in (NEW_LINK, DEL_LINK):
                self.links_changed = True
            if kind in (NEW_QDISC, DEL_QDISC):
                self.qdiscs_changed = True
            if kind not in (DONE, ERROR):
                say('netlink', data=b64encode(data).decode())


class QdiscDrops:
    """Drop counters of netem qdiscs and of an ingress of ours, which no file shows. Asks only while there is one of them somewhere."""

    def __init__(self, listener):
        self._listener = listener
        self._socket = None
        self._drops = {}

    def read(self, often):
        """By interface index; `often` or not, a change of qdiscs is seen at once."""
        if not (self._listener.qdiscs_changed or (self._drops and often)):
            return self._drops
        try:
            self._listener.qdiscs_changed = False
            self._drops = self._dump()
            works('qdiscs')
        except OSError as error:
            trouble('qdiscs', error)
            self._socket = None
            self._drops = {}
        return self._drops

    def _dump(self):
        if self._socket is None:
            self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
            self._socket.settimeout(1)
        body = struct.pack('=BBHiIII', 0, 0, 0, 0, 0, 0, 0)
        self._socket.send(HEADER.pack(HEADER.size + len(body), GET_QDISC, DUMP, 1, 0) + body)
        drops = {}
        while True:
            for kind, message in _split(self._socket.recv(65536)):
                if kind == DONE:
                    return drops
                if kind == ERROR:
                    raise OSError(-struct.unpack_from('=i', message)[0], 'RTM_GETQDISC')
                if kind == NEW_QDISC:
                    _count(message, drops)


def _count(message, drops):
    index = struct.unpack_from('=i', message, 4)[0]
    attributes = dict(_attributes(message[20:]))
    # TCA_KIND, TCA_INGRESS_BLOCK
    if attributes.get(1, b'').rstrip(b'\0') != b'netem' and attributes.get(13) != OUR_BLOCK:
        return
    queue = dict(_attributes(attributes.get(7, b''))).get(3)  # TCA_STATS2, TCA_STATS_QUEUE: struct gnet_stats_queue
    if queue is not None and len(queue) >= 12:
        drops[index] = drops.get(index, 0) + struct.unpack_from('=I', queue, 8)[0]


def _split(data):
    while len(data) >= HEADER.size:
        length, kind = HEADER.unpack_from(data)[:2]
        if length < HEADER.size:
            return
        yield kind, data[HEADER.size:length]
        data = data[(length + 3) & ~3:]


def _attributes(data):
    while len(data) >= 4:
        length, kind = struct.unpack_from('=HH', data)
        if length < 4:
            return
        yield kind & 0x3FFF, data[4:length]
        data = data[(length + 3) & ~3:]
