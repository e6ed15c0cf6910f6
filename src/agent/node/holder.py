"""bondproof's holder: a fault is on this device only while somebody far away keeps saying so.

It is the main process of a transient service (holder.ts) whose ExecStopPost= is the undo. Whatever ends this process - the end of its
standard input, a signal, a beat that stays away for longer than the lease (WatchdogSec=), the service's RuntimeMaxSec= - the service
manager runs the undo. The fault's own commands run here and nowhere else: no command that was late on its way finds its lease gone and
the undo already over.

A fault that is a lease of the kernel's (Lease, in nft.py, sent in front of this text) needs no service: then this is the channel's own
command, and there is no undo.
"""
import fcntl
import json
import os
import select
import signal
import socket
import sys
import time

FOLDER = '/run/bondproof'  # a tmpfs: gone after a reset, as the fault is
PLAN_S = 20  # the plan follows the command at once; the service manager waits as long (holder.ts, TimeoutStartSec=)


class Busy(Exception):
    pass


class Holder:
    def __init__(self, plan):
        self.plan = plan
        self.undo = f'{FOLDER}/{plan["token"]}.undo'
        self.lock = _take_lock(plan)
        if plan['undo']:
            _put(self.undo, plan['undo'])
        self.kernel = None
        self.cap = time.monotonic() + plan['capMs'] / 1000
        self.lease_ms = plan['leaseMs']
        self.ends = time.monotonic() + self.lease_ms / 1000

    def obey(self, order):
        """False when it is time to go."""
        what = order['order']
        if what == 'beat':
            if not self._renew():
                return False
            _say('beat', n=order['n'])
        elif what == 'lease':
            # sd_notify(3): resets the watchdog's time at run time; it counts from the next WATCHDOG=1.
            _notify(f'WATCHDOG_USEC={order["ms"] * 1000}')
            self.lease_ms = order['ms']
            if not self._renew():
                return False
            _say('lease', ms=order['ms'])
        elif what == 'do':
            since = _boot_us()
            _say('done', part=order['part'], sinceUs=since, steps=[self._step(argv) for argv in self.plan['parts'][order['part']]])
        return what != 'go'

    def _renew(self):
        """False when the kernel's lease was over before the beat came."""
        self.ends = min(time.monotonic() + self.lease_ms / 1000, self.cap)
        _notify('WATCHDOG=1')
        return self.kernel is None or self.kernel.renew(self.lease_ms)[0] == 0

    def _step(self, argv):
        """A program of the device's, or one of: lease stage NIC, lease apply NIC LOSS."""
        if argv[0] != 'lease':
            return _run(argv)
        if argv[1] == 'stage':
            try:
                self.kernel = Lease(argv[2])
            except OSError as error:
                return [1, str(error)]
            return self.kernel.stage()
        return self.kernel.apply(self.lease_ms, *argv[3:])


def main():
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    if len(sys.argv) > 1:
        # A service has no standard input of ours: the channel's two ends come by FIFOs (holder.ts).
        os.dup2(os.open(sys.argv[1], os.O_RDONLY), 0)
        os.dup2(os.open(sys.argv[2], os.O_WRONLY), 1)
    plan_by = time.monotonic() + PLAN_S
    holder = None
    rest = b''
    while True:
        *lines, rest = rest.split(b'\n')
        for line in lines:
            order = json.loads(line)
            if holder is None:
                try:
                    holder = Holder(order)
                except Busy as busy:
                    _say('busy', holder=str(busy))
                    return
                _notify('READY=1\nWATCHDOG=1')
                _say('armed')
            # A lease that was over stays over: what lay here while we were stopped is not carried out.
            elif time.monotonic() > holder.ends or not holder.obey(order):
                return
        # A cut that nobody is told of leaves the input open for ever.
        left = (holder.ends if holder else plan_by) - time.monotonic()
        more = select.select([0], [], [], max(left, 0))[0] and os.read(0, 65536)
        if not more:
            return
        rest += more


def _run(argv):
    """[exit code, what it said]: without a shell, and without a pipe that a child of its could keep open."""
    out = f'{FOLDER}/said.{os.getpid()}'
    try:
        pid = os.posix_spawnp(argv[0], argv, os.environ, file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, '/dev/null', os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ])
    except OSError as error:
        return [127, str(error)]
    _, status = os.waitpid(pid, 0)
    with open(out, errors='replace', encoding='utf-8') as file:
        said = file.read(4096)
    os.unlink(out)
    return [os.waitstatus_to_exitcode(status), said]


def _take_lock(plan):
    """One fault at a time on one device, for as long as the kernel has this process: nothing to clear after a death or a reset."""
    os.makedirs(FOLDER, 0o700, exist_ok=True)
    lock = os.open(f'{FOLDER}/fault.lock', os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Busy(os.pread(lock, 4096, 0).decode(errors='replace')) from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, json.dumps({'token': plan['token'], 'what': plan['what'], 'since': plan['since']}).encode(), 0)
    return lock


def _put(path, text):
    with open(path + '.new', 'w', encoding='utf-8') as file:
        file.write(text)
    os.rename(path + '.new', path)


def _notify(text):
    if 'NOTIFY_SOCKET' not in os.environ:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as manager:
        address = os.environ['NOTIFY_SOCKET']
        manager.sendto(text.encode(), '\0' + address[1:] if address.startswith('@') else address)


def _boot_us():
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000


def _say(said, **fields):
    sys.stdout.write(json.dumps({'said': said, 'bootUs': _boot_us(), **fields}) + '\n')
    sys.stdout.flush()
