"""The process that plays pmxcfs's lock path: corosync on one side, the HA daemons of this node on the other.

One thread, woken by corosync, by a client or by a timer that is due; when nothing happens it sleeps.
Clients speak one JSON object a line over SOCKET and get one back for each.
"""

import json
import os
import select
import signal
import socket
import time

from cluster import RUN
from corosync import BAD_HANDLE, LIBRARY, OK, TRY_AGAIN, Cpg, Quorum
from filesystem import Filesystem
from journal import CRITICAL, NOTICE, Journal

SOCKET = f'{RUN}/pmxcfs.sock'
GROUP = 'bondproof_ha_dcdb'
QUORUM_RETRY_S = 2
LEVELS = {'notice': NOTICE, 'crit': CRITICAL}


class Port:
    """Filesystem's way to corosync."""

    def __init__(self, cpg, log):
        self.cpg = cpg
        self.log = log
        self.join, self.leave, self.send, self.close = cpg.join, cpg.leave, cpg.send, cpg.close

    def open(self):
        code = self.cpg.open()
        if code != OK:
            self.log('dcdb', 'crit', f'cpg_initialize failed: {code}')
            return None
        return self.cpg.node_id, os.getpid()


class Server:
    """All file descriptors of the process and what they are for."""

    def __init__(self, journal, path=SOCKET):
        self.log = lambda domain, level, text: journal.say(LEVELS[level], f'[{domain}] {level}: {text}')
        self.cpg, self.quorum = Cpg(GROUP), Quorum()
        # The wall clock, as pmxcfs does: locks carry its seconds.
        self.filesystem = Filesystem(Port(self.cpg, self.log), self.reply, time.time, self.log)
        self.quorum_at = time.time()
        self.clients = {}  # fd -> [socket, bytes of an unfinished line]
        self.listener = listen(path)

    def run(self):
        while True:
            for fd in self._wait():
                self._ready(fd)
            if self.quorum.fd is None and time.time() >= self.quorum_at:
                self.quorum_at = time.time() + QUORUM_RETRY_S
                self.quorum.open()
            self.filesystem.on_time()

    def reply(self, fd, answer):
        client = self.clients.get(fd)
        if client:
            try:
                client[0].sendall(json.dumps(answer).encode() + b'\n')
            except OSError:
                self._hang_up(fd)

    def _ready(self, fd):
        if fd in (self.quorum.fd, self.cpg.fd):
            # Quorum first: a write that comes after quorum was lost must meet a node that knows it.
            self._dispatch_quorum()
            if self.cpg.fd is not None:
                self._dispatch_cpg()
        elif fd == self.listener.fileno():
            connection, _ = self.listener.accept()
            self.clients[connection.fileno()] = [connection, b'']
        elif fd in self.clients:
            self._read(fd)

    def _dispatch_quorum(self):
        if self.quorum.fd is not None and self.quorum.dispatch() != OK:
            self.quorum.close()
        self.filesystem.on_quorum(self.quorum.quorate)

    def _dispatch_cpg(self):
        code, notes = self.cpg.dispatch()
        for kind, first, second in notes:
            {'confchg': self.filesystem.on_confchg, 'message': self.filesystem.on_message}[kind](first, second)
        if code in (LIBRARY, BAD_HANDLE):
            self.filesystem.on_disconnected(code)
        elif code not in (OK, TRY_AGAIN):
            self.log('dcdb', 'crit', f'cpg_dispatch failed: {code}')

    def _read(self, fd):
        client = self.clients[fd]
        try:
            data = client[0].recv(65536)
        except OSError:
            data = b''
        if not data:
            self._hang_up(fd)
            return
        *lines, client[1] = (client[1] + data).split(b'\n')
        for line in lines:
            self.filesystem.request(fd, json.loads(line))

    def _hang_up(self, fd):
        self.filesystem.forget(fd)
        self.clients.pop(fd)[0].close()

    def _wait(self):
        """Descriptors that are ready; none when a timer is due."""
        poll = select.poll()
        for fd in (self.quorum.fd, self.cpg.fd, self.listener.fileno(), *self.clients):
            if fd is not None:
                poll.register(fd, select.POLLIN)
        wakes = [self.filesystem.next_wake(), self.quorum_at if self.quorum.fd is None else None]
        wakes = [wake for wake in wakes if wake is not None]
        timeout_ms = max(0, int((min(wakes) - time.time()) * 1000) + 1) if wakes else None
        return [fd for fd, _events in poll.poll(timeout_ms)]


def listen(path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.exists(path):
        os.unlink(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    listener.bind(path)
    os.chmod(path, 0o600)
    listener.listen(16)
    return listener


def main():
    journal = Journal('pmxcfs')
    journal.introduce("pmxcfs's locks")
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    Server(journal).run()
