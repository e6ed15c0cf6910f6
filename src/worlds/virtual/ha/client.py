"""Runs an HA daemon for real: its calls go to pmxcfs's socket and block, its sleeps are sleeps."""

import json
import os
import signal
import socket
import time

from cluster import RUN, read_cluster, read_mode
from journal import ERROR, INFO, NOTICE, WARNING, Journal

PMXCFS = f'{RUN}/pmxcfs.sock'
MUX = '/run/watchdog-mux.sock'
STATUS = '/etc/pve/nodes/{}/lrm_status'
LEVELS = {'err': ERROR, 'warning': WARNING, 'notice': NOTICE, 'info': INFO}
# A daemon that is told to stop does not hang along with its cluster; systemd would kill it, and a kill resets the node.
STOP_S = 3


class Told(Exception):
    """A signal came; raised wherever the daemon happens to be, also within a write that hangs."""


class Pmxcfs:
    """A connection to the file system stand-in. Calls wait for ever, unless there is a time limit."""

    def __init__(self, path=PMXCFS, timeout_s=None):
        self.path = path
        self.timeout_s = timeout_s
        self.socket = None
        self.buffer = b''

    def call(self, request):
        try:
            if not self.socket:
                self.socket = connect(self.path, self.timeout_s)
            self.socket.sendall(json.dumps(request).encode() + b'\n')
            while b'\n' not in self.buffer:
                data = self.socket.recv(65536)
                if not data:
                    raise ConnectionError
                self.buffer += data
        except OSError:
            self.close()
            return {'error': 'ENOTCONN'}
        line, self.buffer = self.buffer.split(b'\n', 1)
        return json.loads(line)

    def close(self):
        if self.socket:
            self.socket.close()
        self.socket, self.buffer = None, b''


class Watchdog:
    """A client of watchdog-mux (PVE/HA/Env/PVE2.pm watchdog_open, _update, _close)."""

    def __init__(self, log, path=MUX):
        self.log = log
        self.path = path
        self.socket = None

    @property
    def is_open(self):
        return self.socket is not None

    def open(self):
        try:
            self.socket = connect(self.path)
        except OSError as error:
            self.log('err', f'unable to open watchdog socket - {error.strerror}')
            return
        self.log('info', 'watchdog active')

    def update(self):
        self._write(b'\0')

    def close(self):
        self._write(b'V')
        self.socket.close()
        self.socket = None
        self.log('info', 'watchdog closed (disabled)')

    def _write(self, data):
        try:
            self.socket.sendall(data)
        except OSError as error:
            self.log('err', f'watchdog update failed - {error.strerror}')


class Host:
    """What a daemon has of the machine that it runs on."""

    def __init__(self, journal, node):
        self.clock = time.time
        self.log = lambda level, text: journal.say(LEVELS[level], text)
        self.watchdog = Watchdog(self.log)
        self.status_path = STATUS.format(node)

    def forget_status(self):
        """The status of an earlier life of this node says nothing about this one."""
        try:
            os.unlink(self.status_path)
        except FileNotFoundError:
            pass

    def write_status(self, status):
        """Atomically: a reader sees the old status or the new one."""
        os.makedirs(os.path.dirname(self.status_path), exist_ok=True)
        with open(self.status_path + '.tmp', 'w', encoding='utf-8') as file:
            json.dump(status, file)
        os.rename(self.status_path + '.tmp', self.status_path)


def connect(path, timeout_s=None):
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    connection.settimeout(timeout_s)
    try:
        connection.connect(path)
    except OSError:
        connection.close()
        raise
    return connection


def drive(daemon, pmxcfs):
    """Does what the generator yields until it ends."""
    answer = None
    while True:
        try:
            what, argument = daemon.send(answer)
        except StopIteration:
            return
        answer = pmxcfs.call(argument) if what == 'call' else time.sleep(argument)


def take_order(name):
    """Whether set-mode left this order for the next start; it is carried out once."""
    try:
        os.unlink(f'{RUN}/order-{name}')
    except FileNotFoundError:
        return False
    return True


def run_daemon(identifier, make):
    """`make(host, cluster, mode)` returns an object with the generators run() and stop().

    SIGTERM ends it, SIGHUP has it begin anew with the mode that is written down now. Either interrupts whatever the daemon
    does, but not its clean end.
    """
    told = []
    running = False

    def tell(number, _):
        nonlocal running
        told.append(number)
        if running:
            running = False  # a second signal is not to meet what the first one began
            raise Told

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, tell)
    journal = Journal(identifier)
    journal.introduce(identifier)
    cluster = read_cluster()
    while signal.SIGTERM not in told:
        while signal.SIGHUP in told:
            told.remove(signal.SIGHUP)  # the mode is read after it; a SIGTERM that comes here stays
        daemon = make(Host(journal, cluster.name), cluster, read_mode())
        pmxcfs = Pmxcfs()
        try:
            running = True
            if not told:
                drive(daemon.run(), pmxcfs)
        except Told:
            pass
        pmxcfs.close()
        drive(daemon.stop(), Pmxcfs(timeout_s=STOP_S))
