"""The journal lines of corosync, HA, watchdog and kernel, followed by one long-lived journalctl.

A quiet cluster logs nothing, and nor does a journal that is not followed any more. So the agent logs a line of its own now and then, which comes
back to it behind all that was logged before: an echo.
"""
import json
import os
import signal
import socket

from speech import say, trouble, works
from stamps import boot_from_monotonic, boot_us, real_us

IDENTIFIERS = ('corosync', 'corosync-qdevice', 'pmxcfs', 'pve-ha-lrm', 'pve-ha-crm', 'watchdog-mux', 'kernel', 'bondproof-echo')
FIELDS = 'SYSLOG_IDENTIFIER,MESSAGE,PRIORITY,_BOOT_ID,_SOURCE_REALTIME_TIMESTAMP'
RESTART_EVERY_US = 5_000_000
LATE_US = 60_000_000  # a busy journald was seen to be 14 s late; a wall clock that is set is off by anything
JOURNALD = '/run/systemd/journal/socket'
ECHO = b'MESSAGE=bondproof looks whether its journal is followed\nPRIORITY=7\nSYSLOG_IDENTIFIER=bondproof-echo\n'  # systemd.io/JOURNAL_NATIVE_PROTOCOL
PR_SET_PDEATHSIG = 1  # uapi/linux/prctl.h


class Journal:
    def __init__(self, boot_id, libc):
        self._boot_id = boot_id.replace('-', '')
        self._libc = libc
        # From now on, not from when journalctl is ready: that takes a second on a slow machine.
        self._since = [f'--since=@{real_us() / 1e6:.6f}']
        self._not_before_us = 0
        self._pid = None
        self._fd = None
        self._rest = b''
        self._journald = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.mend()

    def fileno(self):
        return self._fd

    def mend(self):
        if self._pid is not None or boot_us() < self._not_before_us:
            return
        self._not_before_us = boot_us() + RESTART_EVERY_US
        names = [word for name in IDENTIFIERS for word in ('-t', name)]
        argv = ['journalctl', '-f', '-q', '-a', '-o', 'json', f'--output-fields={FIELDS}', *self._since, *names]
        reading, writing = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            _become(argv, writing, self._libc)
        os.close(writing)
        os.set_blocking(reading, False)
        self._fd = reading

    def call(self):
        try:
            self._journald.sendto(ECHO, JOURNALD)
            works('echo')
        except OSError as error:
            trouble('echo', error)

    def receive(self):
        try:
            data = os.read(self._fd, 65536)
        except BlockingIOError:
            return
        if not data:
            self.stop()
            trouble('journal', 'journalctl ended; it is started again')
            return
        *lines, self._rest = (self._rest + data).split(b'\n')
        for line in lines:
            self._read(line)

    def stop(self):
        if self._pid is not None:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            os.close(self._fd)
        self._pid = self._fd = None
        self._rest = b''

    def _read(self, line):
        try:
            entry = json.loads(line)
            at = _logged_at(entry)
            boot_id = entry['_BOOT_ID']
            fields = {'identifier': _text(entry.get('SYSLOG_IDENTIFIER')), 'text': _text(entry.get('MESSAGE')), 'priority': _number(entry.get('PRIORITY'))}
            self._since = [f"--after-cursor={entry['__CURSOR']}"]
        except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
            trouble('journal', f'not understood: {error}: {line[:200]!r}')
            return
        works('journal')
        if boot_id == self._boot_id:
            say('journal', at, **fields)


def _become(argv, output, libc):
    """The child's side of the fork. Whatever ends the agent ends it too."""
    try:
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        os.dup2(os.open('/dev/null', os.O_RDWR), 0)
        os.dup2(output, 1)
        os.execvp(argv[0], argv)
    except OSError as error:
        os.write(2, f'journalctl: {error}\n'.encode())
    finally:
        os._exit(127)


def _logged_at(entry):
    """When it was sent, by the kernel's stamp of the datagram (systemd.journal-fields(7), _SOURCE_REALTIME_TIMESTAMP), where journald took it late."""
    boot, real = boot_from_monotonic(int(entry['__MONOTONIC_TIMESTAMP'])), int(entry['__REALTIME_TIMESTAMP'])
    late = real - int(entry.get('_SOURCE_REALTIME_TIMESTAMP', real))
    return (boot - late, real - late) if 0 < late < LATE_US else (boot, real)


def _text(value):
    """journalctl gives bytes that are no UTF-8 as a list of numbers, and a field that came twice as a list of texts."""
    if isinstance(value, list):
        if all(isinstance(item, int) for item in value):
            return bytes(value).decode(errors='replace')
        return ' '.join(_text(item) for item in value)
    return value if isinstance(value, str) else ''


def _number(value):
    return int(value) if isinstance(value, str) and len(value) == 1 and value in '01234567' else 6  # syslog's "informational"
