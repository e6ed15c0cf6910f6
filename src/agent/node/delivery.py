"""Ordered delivery: a member of a closed process group sends a message and waits for it to come back, as pmxcfs does.

Every call of libcpg may block for as long as corosync does, so all of them are made by a thread of their own, which the
main loop only looks at: a call that never returns shows as a message that grows old.
"""
import ctypes
import select
import struct
import time
from _thread import start_new_thread
from collections import deque

from speech import trouble, works
from stamps import boot_us, real_us

GROUP = b'bondproof_delivery'
RETRY_US = 100_000  # what pmxcfs waits between two tries (pve-cluster, dfsm.c)
PATIENCE_US = 5_000_000  # a message that is under way for so long does not hold back the next one
UNDER_WAY_MAX = 4

# corosync/corotypes.h, corosync/cpg.h
OK, TRY_AGAIN, DISPATCH_ALL, AGREED = 1, 6, 2, 2
# magic, node, when this agent started, sequence number
FORM = struct.Struct('=4sIQI')
MAGIC = b'bpd1'


class Name(ctypes.Structure):
    _fields_ = [('length', ctypes.c_uint32), ('value', ctypes.c_char * 128)]


class Vector(ctypes.Structure):
    _fields_ = [('base', ctypes.c_void_p), ('length', ctypes.c_size_t)]


_handle, _u32, _size, _any = ctypes.c_uint64, ctypes.c_uint32, ctypes.c_size_t, ctypes.c_void_p
OnDeliver = ctypes.CFUNCTYPE(None, _handle, _any, _u32, _u32, _any, _size)
OnChange = ctypes.CFUNCTYPE(None, _handle, _any, _any, _size, _any, _size, _any, _size)


class Callbacks(ctypes.Structure):
    _fields_ = [('deliver', OnDeliver), ('change', OnChange)]


class Gone(Exception):
    """corosync is not there, not yet there, or threw this member out."""


class Delivery:
    def __init__(self, node_id, every_ms):
        self._node_id = node_id
        self._every_us = every_ms * 1000
        self._life = boot_us()
        self._seq = 0
        self._under_way = deque()
        self._returned = deque()
        # Since when the next message waits to be sent: nothing can be sent before the group is joined.
        self._held_since = self._life
        self._oldest = self._life
        self._next_us = 0
        try:
            self._cpg = ctypes.CDLL('libcpg.so.4')
        except OSError as error:
            trouble('ordered delivery', error)
            return
        self._callbacks = Callbacks(OnDeliver(self._on_deliver), OnChange(lambda *_: None))
        start_new_thread(self._run, ())

    def take(self):
        """([sequence number, microseconds]... that came back since the last time, age in ms of the oldest that did not)."""
        oldest = self._oldest
        returned = []
        while self._returned:
            returned.append(self._returned.popleft())
        return returned, max(0, boot_us() - oldest) // 1000 if oldest else 0

    def _run(self):
        while True:
            handle = _handle()
            try:
                self._check('cpg_initialize', self._cpg.cpg_initialize(ctypes.byref(handle), ctypes.byref(self._callbacks)))
                self._serve(handle)
            except Gone as gone:
                trouble('ordered delivery', gone)
            # What was under way will not come back; the wait for a message goes on.
            self._held_since = self._oldest or boot_us()
            self._under_way.clear()
            self._publish()
            if handle.value:
                self._cpg.cpg_finalize(handle)
            time.sleep(1)

    def _serve(self, handle):
        fd = ctypes.c_int()
        self._check('cpg_fd_get', self._cpg.cpg_fd_get(handle, ctypes.byref(fd)))
        name = Name(len(GROUP), GROUP)
        while self._check('cpg_join', self._cpg.cpg_join(handle, ctypes.byref(name))) == TRY_AGAIN:
            time.sleep(1)
        poll = select.poll()
        poll.register(fd.value, select.POLLIN)
        self._next_us = boot_us()
        while True:
            if poll.poll(max(0, self._next_us - boot_us()) / 1000):
                self._check('cpg_dispatch', self._cpg.cpg_dispatch(handle, DISPATCH_ALL))
            if boot_us() >= self._next_us:
                self._send(handle)

    def _send(self, handle):
        now = boot_us()
        if self._under_way:
            waited = now - self._under_way[-1][1]
            if len(self._under_way) >= UNDER_WAY_MAX or waited < PATIENCE_US:
                self._next_us = now + max(RETRY_US, PATIENCE_US - waited)
                return
        first = self._held_since = self._held_since or now
        self._publish()
        data = FORM.pack(MAGIC, self._node_id, self._life, self._seq)
        vector = Vector(ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p), len(data))
        if self._check('cpg_mcast_joined', self._cpg.cpg_mcast_joined(handle, AGREED, ctypes.byref(vector), 1)) == TRY_AGAIN:
            self._next_us = now + RETRY_US
            return
        self._under_way.append((self._seq, first))
        self._seq += 1
        self._held_since = 0
        self._next_us = now + PATIENCE_US
        self._publish()

    def _on_deliver(self, _handle, _group, node_id, _pid, data, length):
        if node_id != self._node_id or length != FORM.size:
            return
        magic, _, life, seq = FORM.unpack(ctypes.string_at(data, length))
        if magic != MAGIC or life != self._life:
            return
        works('ordered delivery')
        now = boot_us()
        while self._under_way and self._under_way[0][0] <= seq:
            mine, first = self._under_way.popleft()
            if mine == seq:
                self._returned.append((seq, now - first))
                # At the same moments of the wall clock on all nodes: each message has the token go round (harness/observer.ts).
                self._next_us = now + self._every_us - real_us() % self._every_us
            else:
                trouble('ordered delivery', f'message {mine} never came back, message {seq} did')
        self._publish()

    def _publish(self):
        self._oldest = self._under_way[0][1] if self._under_way else self._held_since

    def _check(self, call, status):
        if status not in (OK, TRY_AGAIN):
            raise Gone(f'{call} gave {status}')
        return status
