"""How the agent speaks: one JSON object a line on standard output, always whole, always in order, only from the main thread."""
import os
from collections import deque
from json import JSONEncoder

from stamps import boot_us, real_us

_encode = JSONEncoder(separators=(',', ':')).encode

# Appended to by any thread, emptied by the main one.
_later = deque()
_known_troubles = set()
_waiting = b''


def say(kind, at=None, **fields):
    """`at` is (bootUs, realUs) when the thing was seen at another time than now. Blocks while the reader is slow: nothing is dropped."""
    say_soon(kind, at, **fields)
    send()


def say_soon(kind, at=None, **fields):
    """Goes out with the next thing that is said, or with `send`: a packet for each line is what costs on the way."""
    global _waiting
    boot, real = at or (boot_us(), real_us())
    _waiting += (_encode({'kind': kind, 'bootUs': boot, 'realUs': real, **fields}) + '\n').encode()


def send():
    global _waiting
    rest, _waiting = memoryview(_waiting), b''
    while rest:
        rest = rest[os.write(1, rest):]


def say_later(kind, at=None, **fields):
    _later.append((kind, at or (boot_us(), real_us()), fields))


def flush():
    while _later:
        kind, at, fields = _later.popleft()
        say(kind, at, **fields)


def trouble(what, because):
    """Said once, until `what` worked again."""
    if what not in _known_troubles:
        _known_troubles.add(what)
        say_later('trouble', what=what, because=str(because))


def works(what):
    _known_troubles.discard(what)


def troubles_so_far():
    """For the hello, which carries what was wrong from the start; they are not said again."""
    entries = [_later.popleft() for _ in range(len(_later))]
    _later.extend(entry for entry in entries if entry[0] != 'trouble')
    return [f"{fields['what']}: {fields['because']}" for kind, _, fields in entries if kind == 'trouble']
