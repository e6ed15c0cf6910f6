"""Writes journal entries under the identifiers of the daemons that this stand-in plays.

The native protocol of systemd-journald: one datagram of FIELD=value lines
(https://systemd.io/JOURNAL_NATIVE_PROTOCOL/). Without journald the lines go to standard error.
"""

import os
import socket
import sys

ERROR, WARNING, NOTICE, INFO = 3, 4, 5, 6  # syslog(3)
CRITICAL = 2

SOCKET = '/run/systemd/journal/socket'


class Journal:
    """The journal as one identifier sees it."""

    def __init__(self, identifier, path=SOCKET):
        self.identifier = identifier
        self.path = path
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)

    def say(self, priority, text):
        line = ' '.join(text.split('\n')).rstrip()
        fields = f'MESSAGE={line}\nPRIORITY={priority}\nSYSLOG_IDENTIFIER={self.identifier}\nSYSLOG_PID={os.getpid()}\n'
        try:
            self.socket.sendto(fields.encode(), self.path)
        except OSError:
            print(f'{self.identifier}: {line}', file=sys.stderr, flush=True)

    def introduce(self, plays):
        """The first line of every process: nobody shall take its journal for that of PVE."""
        self.say(NOTICE, f'bondproof HA stand-in: plays {plays}, is not PVE')
