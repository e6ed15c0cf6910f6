"""What a played watchdog answers and when it ends, on a clock of paper. Prints JSON."""

import json
import os
import struct
import sys
import types

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), *['..'] * 3, 'src', 'worlds', 'timewarp', 'guest'))

import watchdog  # noqa: E402

now = [100]
watchdog.time = types.SimpleNamespace(CLOCK_MONOTONIC=1, clock_gettime_ns=lambda _: now[0] * 1_000_000_000)
device = object.__new__(watchdog.Watchdog)
device.name = 'watchdog-pve1'
device.stop()
said = []


def ends():
    return None if device.ends_ns is None else device.ends_ns // 1_000_000_000 - 100


def do(what, op, body=b''):
    error, answer = device.do(op, body)
    said.append([what, error, len(answer), ends(), device.due_ns() <= watchdog.time.clock_gettime_ns(watchdog.time.CLOCK_MONOTONIC)])
    return answer


def write(text):
    return struct.pack('<QQIIQII', 0, 0, len(text), 0, 0, 0, 0) + text


def ioctl(command, data=b''):
    return struct.pack('<QIIQII', 0, 0, command, 0, len(data), 0) + data


init = do('init', watchdog.INIT, struct.pack('<IIII', 7, 39, 0, 0))
do('open', watchdog.OPEN)
do('open by another', watchdog.OPEN)
support = do('support', watchdog.IOCTL, ioctl(watchdog.GETSUPPORT))
now[0] += 3
timeout = do('set 20 s', watchdog.IOCTL, ioctl(watchdog.SETTIMEOUT, struct.pack('<i', 20)))
now[0] += 5
do('keepalive', watchdog.IOCTL, ioctl(watchdog.KEEPALIVE))
now[0] += 1
do('write', watchdog.WRITE, write(b'x'))
do('close without V', watchdog.RELEASE)
now[0] += 20
do('unknown', watchdog.IOCTL, ioctl(0x5401))
device.stop()
do('open again', watchdog.OPEN)
do('V', watchdog.WRITE, write(b'V'))
do('close with V', watchdog.RELEASE)
print(json.dumps({'said': said, 'init': init[40 + 32:].decode(), 'identity': support[16 + 8:].rstrip(b'\0').decode(), 'timeout': struct.unpack_from('<i', timeout, 16)[0]}))
