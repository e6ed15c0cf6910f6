"""The LRM's status file: a new timestamp in it is a refresh of the watchdog. A thread of its own, because a hung /etc/pve hangs who reads it."""
import json
import os
import time

from speech import say_later, trouble, works
from stamps import boot_from_real, boot_us, real_us

LOOK_EVERY_S = 1


def watch(path):
    known = said = None
    first = True
    while True:
        looked_us = real_us()
        try:
            seen = os.stat(path)
            key = (seen.st_mtime_ns, seen.st_size, seen.st_ino)
            if key != known:
                state, timestamp = _read(path)
                known = key
                at = _written(seen.st_mtime_ns // 1000, looked_us, first)
                if at and (state, timestamp) != said:
                    say_later('lrm', at, state=state, timestamp=timestamp)
                said = (state, timestamp)
            works('lrm')
        except FileNotFoundError:
            known = None  # no HA on this node, or not yet
        except (OSError, ValueError, KeyError, TypeError, ArithmeticError, RecursionError) as error:
            trouble('lrm', f'{path}: {error}')
        first = False
        time.sleep(LOOK_EVERY_S)


def _read(path):
    with open(path, encoding='utf-8') as file:
        status = json.load(file)
    return str(status['state']), int(status['timestamp'])


def _written(changed_us, looked_us, first):
    """The file's own time where it fits with what was seen; PVE's files have whole seconds, and then it is the time of looking."""
    boot = boot_from_real(changed_us)
    if first:
        # Of an earlier boot: says nothing about this one.
        return (boot, changed_us) if 0 <= boot <= boot_us() else None
    if looked_us - (LOOK_EVERY_S + 0.5) * 1e6 <= changed_us <= real_us():
        return boot, changed_us
    return boot_us(), real_us()
