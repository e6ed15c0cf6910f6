"""bondproof's reservation: this device is one run's, for as long as this process lives and hears of that run.

Two locks of the kernel's, gone with their processes and after a reset: `run.lock` belongs to the run, and its text says whose it is.
`acts.lock` is shared by all commands of the run that change something (reservation.ts). Its text is the number of the run that may, and whose
that is: a run that was away and comes back finds a greater one there and is refused, and no command of it is still at work when a new
one is let in.
"""
import fcntl
import json
import os
import select
import sys
import time

FOLDER = '/run/bondproof'  # a tmpfs: gone after a reset, as all that runs here is
FIRST_S = 20  # what we are to say follows the command at once
ACTS_S = 60  # so long may a command of an earlier run go on: no undo takes longer (guard.ts, TimeoutStopSec)
NAME_S = 1  # from the taking of the lock until its text is there


def main():
    line, rest = _read_line(FIRST_S)
    if line is None:
        return
    wanted = json.loads(line)
    os.makedirs(FOLDER, 0o700, exist_ok=True)
    lock = _open('run.lock')
    owner = _owner(lock)
    # Our own earlier reservation, whose connection was cut, ends when its time is up.
    patience = wanted['lapseMs'] / 1000 + 1 if owner is not None and owner['run'] == wanted['run'] else 0
    if not _take(lock, patience):
        return _say('busy', owner=_owner(lock, NAME_S))
    os.ftruncate(lock, 0)
    acts = _open('acts.lock')
    last, _, text = os.pread(acts, 4096, 0).decode().partition('\n')
    if wanted['number'] is not None and wanted['number'] < int(last or 0):
        return _say('late', owner=json.loads(text))
    number = wanted['number'] if wanted['number'] is not None else int(last or 0) + 1
    owner = {'run': wanted['run'], 'by': wanted['by'], 'since': wanted['since'], 'number': number}
    os.pwrite(lock, json.dumps(owner).encode(), 0)
    if not _take(acts, ACTS_S):
        return _say('busy', owner=json.loads(text) if text else None)
    os.ftruncate(acts, 0)
    os.pwrite(acts, f'{number}\n{json.dumps(owner)}'.encode(), 0)
    fcntl.flock(acts, fcntl.LOCK_UN)
    _say('mine', number=number)
    while True:
        line, rest = _read_line(wanted['lapseMs'] / 1000, rest)
        if line is None:
            return


def _read_line(patience_s, rest=b''):
    """A line and what came behind it; None at the end of the input, or when nothing was heard for so long."""
    while b'\n' not in rest:
        if not select.select([0], [], [], patience_s)[0]:
            return None, rest
        more = os.read(0, 65536)
        if not more:
            return None, rest
        rest += more
    line, _, rest = rest.partition(b'\n')
    return line, rest


def _open(name):
    return os.open(f'{FOLDER}/{name}', os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _take(lock, patience_s):
    until = time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() > until:
                return False
            time.sleep(0.1)


def _owner(lock, patience_s=0):
    until = time.monotonic() + patience_s
    while True:
        text = os.pread(lock, 4096, 0)
        if text or time.monotonic() > until:
            return json.loads(text) if text else None
        time.sleep(0.05)


def _say(said, **fields):
    sys.stdout.write(json.dumps({'said': said, **fields}) + '\n')
    sys.stdout.flush()


main()
