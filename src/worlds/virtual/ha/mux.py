"""The process that plays watchdog-mux: holds the kernel's watchdog for the HA daemons of this node."""

import os
import select
import signal
import socket
import struct
import sys
import time

import softdog
from cluster import read_mode
from journal import NOTICE, Journal
from multiplexer import TICK_S, WATCHDOG_TIMEOUT_S, Multiplexer

SOCKET = '/run/watchdog-mux.sock'
MARKER = '/run/watchdog-mux.active'


def run_program(argv):
    """Exit code of a program; nothing else of it is wanted, so the heavy module for that stays out."""
    pid = os.posix_spawnp(argv[0], argv, os.environ)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def sync_journal():
    """Does not wait: journald may be slow, and the watchdog is to be fed."""
    try:
        os.posix_spawnp('journalctl', ['journalctl', '--sync'], os.environ)
    except OSError:
        pass


def set_marker(active):
    try:
        if active:
            os.mkdir(MARKER, 0o600)
        else:
            os.rmdir(MARKER)
    except (FileExistsError, FileNotFoundError):
        pass


def peer_pid(connection):
    return struct.unpack('iII', connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]


def serve(mux, listener, wake):
    """The main loop. Returns when the multiplexer does not go on."""
    connections = {}
    going = True
    while going:
        poll = select.poll()
        for fd in (listener.fileno(), wake.fileno(), *connections):
            poll.register(fd, select.POLLIN)
        events = poll.poll(TICK_S * 1000)
        if not events:
            going = mux.on_tick()
        for fd, _ in events:
            if fd == wake.fileno():
                going = going and mux.on_terminate()
            elif fd == listener.fileno():
                connection, _address = listener.accept()
                connections[connection.fileno()] = connection
                going = going and mux.on_connect(connection.fileno(), peer_pid(connection))
            else:
                data = connections[fd].recv(4096)
                going = going and (mux.on_data(fd, data) if data else mux.on_hang_up(fd))
                if not data:
                    connections.pop(fd).close()


def listen(path):
    if os.path.exists(path):
        os.unlink(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    listener.bind(path)
    listener.listen(32)
    return listener


def main():
    journal = Journal('watchdog-mux')
    journal.introduce('watchdog-mux')

    def log(text):
        journal.say(NOTICE, text)

    if os.path.exists(MARKER):
        log('watchdog active - unable to restart watchdog-mux')
        sys.exit(1)
    try:
        device, identity, version = softdog.open_device(softdog.prepare(read_mode(), run_program), WATCHDOG_TIMEOUT_S)
    except SystemExit as problem:
        log(str(problem))
        raise
    log(f"Watchdog driver '{identity}', version {version:x}")
    # Signals become readable on a socket, so that they wake the loop like everything else; children reap themselves.
    wake, waker = socket.socketpair()
    waker.setblocking(False)
    signal.set_wakeup_fd(waker.fileno())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listener = listen(SOCKET)
    mux = Multiplexer(lambda: softdog.feed(device), sync_journal, set_marker, time.time, log)
    serve(mux, listener, wake)
    clean = mux.leave()
    if clean:
        softdog.close(device)
    os.unlink(SOCKET)
