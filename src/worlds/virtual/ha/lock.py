"""Cluster locks as the HA daemons take them (get_pve_lock in PVE/HA/Env/PVE2.pm).

Daemons are generators: they yield what they want done, ('call', request) or ('sleep', seconds), and get the answer
back. The processes do it for real (client.py), the tests in virtual time.
"""

from store import LOCK_TIMEOUT_S

TRIES = 6  # get_protected_ha_agent_lock: the first try and five more
TRIES_S = 5

STRERROR = {'EACCES': 'Permission denied', 'EEXIST': 'File exists', 'ENOENT': 'No such file or directory', 'ENOTCONN': 'Transport endpoint is not connected'}


class Lock:
    def __init__(self, name, clock, log):
        self.name = name
        self.clock = clock
        self.log = log
        self.taken_at = 0
        self.held = False

    def take(self, ask=True):
        """One try to take or to refresh the lock; returns whether it is ours.

        `ask` for an expired lock of somebody else to be removed, so that a later try can have it.
        """
        now = int(self.clock())
        if now - self.taken_at < LOCK_TIMEOUT_S:
            answer = yield 'call', {'op': 'utime', 'lock': self.name, 'mtime': now}
            error = answer['error'] and f'cfs lock update failed - {STRERROR[answer["error"]]}'
        else:
            answer = yield 'call', {'op': 'mkdir', 'lock': self.name}
            error = answer['error'] and "can't get cfs lock"
            if error and ask:
                yield 'call', {'op': 'unlock', 'lock': self.name}
        self._note(error, now)
        return self.held

    def keep_trying(self):
        """Up to six tries, one second apart, for at most five seconds."""
        began = int(self.clock())
        for _ in range(TRIES):
            if (yield from self.take()):
                return True
            if int(self.clock()) - began > TRIES_S:
                return False
            yield 'sleep', 1
        return False

    def release(self):
        answer = yield 'call', {'op': 'rmdir', 'lock': self.name}
        self.held, self.taken_at = False, 0
        return not answer['error']

    def _note(self, error, now):
        held = not error
        if held:
            self.taken_at = now
        if held != self.held:
            # The closing quotation mark is missing in PVE's text too.
            self.log(*(('info', f"successfully acquired lock '{self.name}'") if held else ('err', f"lost lock '{self.name} - {error}")))
        self.held = held


def agent_lock(node):
    return f'ha_agent_{node}_lock'


def sleep_until(clock, end):
    """sleep_until() of PVE2.pm sleeps whole seconds until the whole seconds of the clock have reached the end."""
    now = clock()
    seconds = 0
    while int(now + seconds) < end:
        seconds += 1
    if seconds:
        yield 'sleep', seconds
