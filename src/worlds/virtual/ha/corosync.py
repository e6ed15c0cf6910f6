"""libcpg and libquorum by ctypes: cpg_overview(3), quorum_overview(3).

Callbacks only take notes; `dispatch()` hands the notes out afterwards, in order, so that nothing calls corosync from
within one of its callbacks.
"""

import ctypes
from ctypes import CFUNCTYPE, POINTER, Structure, byref, c_char, c_int, c_size_t, c_uint32, c_uint64, c_void_p

OK, LIBRARY, TRY_AGAIN, BAD_HANDLE = 1, 2, 6, 9  # corotypes.h cs_error_t
DISPATCH_ALL = 2  # corotypes.h cs_dispatch_flags_t
TRACK_CURRENT, TRACK_CHANGES = 1, 2  # corotypes.h
TYPE_AGREED = 2  # cpg.h cpg_guarantee_t
NAME_LENGTH = 128  # cpg.h CPG_MAX_NAME_LENGTH


class Address(Structure):
    _fields_ = [('nodeid', c_uint32), ('pid', c_uint32), ('reason', c_uint32)]


class Name(Structure):
    _fields_ = [('length', c_uint32), ('value', c_char * NAME_LENGTH)]


class Iovec(Structure):
    _fields_ = [('base', c_void_p), ('length', c_size_t)]


LIST = POINTER(Address)
DELIVER = CFUNCTYPE(None, c_uint64, POINTER(Name), c_uint32, c_uint32, c_void_p, c_size_t)
CONFCHG = CFUNCTYPE(None, c_uint64, POINTER(Name), LIST, c_size_t, LIST, c_size_t, LIST, c_size_t)
NOTIFY = CFUNCTYPE(None, c_uint64, c_uint32, c_uint64, c_uint32, POINTER(c_uint32))


class CpgCallbacks(Structure):
    _fields_ = [('deliver', DELIVER), ('confchg', CONFCHG)]


class QuorumCallbacks(Structure):
    _fields_ = [('notify', NOTIFY)]


def declare(library, functions):
    """Arguments after the handle. The handle is 64 bits wide; undeclared, ctypes would pass it as an int."""
    for name, arguments in functions.items():
        getattr(library, name).argtypes = [c_uint64, *arguments]


class Cpg:
    """One connection. Notes are ('confchg', members, joined) and ('message', sender, data)."""

    def __init__(self, group):
        self.library = ctypes.CDLL('libcpg.so.4')
        declare(self.library, {
            'cpg_finalize': [],
            'cpg_fd_get': [c_void_p],
            'cpg_local_get': [c_void_p],
            'cpg_dispatch': [c_int],
            'cpg_join': [c_void_p],
            'cpg_leave': [c_void_p],
            'cpg_mcast_joined': [c_int, c_void_p, c_int],
        })
        self.name = Name(len(group), group.encode())
        self.notes = []
        self.callbacks = CpgCallbacks(DELIVER(self._deliver), CONFCHG(self._confchg))
        self.handle = None
        self.fd = None
        self.node_id = None

    def open(self):
        """Returns OK or the cs_error_t of the call that failed."""
        if self.handle is not None:
            return OK
        handle, fd, node_id = c_uint64(), c_int(-1), c_uint32()
        code = self.library.cpg_initialize(byref(handle), byref(self.callbacks))
        if code != OK:
            return code
        for call, argument in ((self.library.cpg_local_get, node_id), (self.library.cpg_fd_get, fd)):
            code = call(handle, byref(argument))
            if code != OK:
                self.library.cpg_finalize(handle)
                return code
        self.handle, self.fd, self.node_id = handle, fd.value, node_id.value
        return OK

    def close(self):
        if self.handle is not None:
            self.library.cpg_finalize(self.handle)
        self.handle = self.fd = None
        self.notes = []

    def join(self):
        return self.library.cpg_join(self.handle, byref(self.name))

    def leave(self):
        return self.library.cpg_leave(self.handle, byref(self.name))

    def send(self, data):
        if self.handle is None:
            return BAD_HANDLE
        buffer = ctypes.create_string_buffer(data, len(data))
        vector = Iovec(ctypes.cast(buffer, c_void_p), len(data))
        return self.library.cpg_mcast_joined(self.handle, TYPE_AGREED, byref(vector), 1)

    def dispatch(self):
        """(cs_error_t, notes)"""
        code = self.library.cpg_dispatch(self.handle, DISPATCH_ALL)
        notes, self.notes = self.notes, []
        return code, notes

    def _deliver(self, _handle, _group, node_id, pid, data, length):
        self.notes.append(('message', (node_id, pid), ctypes.string_at(data, length)))

    def _confchg(self, _handle, _group, members, count, _left, _left_count, _joined, joined_count):
        self.notes.append(('confchg', [(members[i].nodeid, members[i].pid) for i in range(count)], joined_count > 0))


class Quorum:
    """One connection that tracks whether this node is quorate."""

    def __init__(self):
        self.library = ctypes.CDLL('libquorum.so.5')
        declare(self.library, {'quorum_finalize': [], 'quorum_fd_get': [c_void_p], 'quorum_dispatch': [c_int], 'quorum_trackstart': [c_uint32]})
        self.quorate = False
        self.callbacks = QuorumCallbacks(NOTIFY(self._notify))
        self.handle = None
        self.fd = None

    def open(self):
        if self.handle is not None:
            return OK
        handle, fd, kind = c_uint64(), c_int(-1), c_uint32()
        code = self.library.quorum_initialize(byref(handle), byref(self.callbacks), byref(kind))
        if code != OK:
            return code
        code = self.library.quorum_trackstart(handle, TRACK_CURRENT | TRACK_CHANGES)
        if code == OK:
            code = self.library.quorum_fd_get(handle, byref(fd))
        if code != OK:
            self.library.quorum_finalize(handle)
            return code
        self.handle, self.fd = handle, fd.value
        return OK

    def close(self):
        if self.handle is not None:
            self.library.quorum_finalize(self.handle)
        self.handle = self.fd = None
        self.quorate = False

    def dispatch(self):
        """cs_error_t; look at `quorate` afterwards."""
        return self.library.quorum_dispatch(self.handle, DISPATCH_ALL)

    def _notify(self, _handle, quorate, _ring, _count, _view):
        self.quorate = bool(quorate)
