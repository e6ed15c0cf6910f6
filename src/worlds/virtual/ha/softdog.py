"""The kernel's software watchdog: finding it, loading it as the mode wants it, opening it (Linux watchdog-api.rst)."""

import os
import struct
from fcntl import ioctl

IDENTITY = 'Software Watchdog'  # drivers/watchdog/softdog.c softdog_info
# linux/watchdog.h: _IOR('W', 0, struct watchdog_info), _IOR('W', 5, int), _IOWR('W', 6, int)
GETSUPPORT, KEEPALIVE, SETTIMEOUT = 0x80285700, 0x80045705, 0xC0045706
CLASS = '/sys/class/watchdog'
# Where a lab plays the watchdogs of nodes that share a kernel (the timewarp world), it reads here what a module's options would say.
PLAYED = '/dev/softdog-options'

# nowayout=0: with it a proper close could not stop the watchdog, and modes could not be changed.
# A User Mode Linux machine ends by a panic only: its restart hangs. Rehearsing, softdog says so and does nothing.
OPTIONS = {
    'armed': {'soft_noboot': 0, 'soft_panic': 1, 'soft_margin': 10, 'nowayout': 0},
    'idle': {'soft_noboot': 0, 'soft_panic': 1, 'soft_margin': 10, 'nowayout': 0},
    'rehearse': {'soft_noboot': 1, 'soft_panic': 0, 'soft_margin': 10, 'nowayout': 0},
}


def find(root=CLASS):
    """Name of softdog's device, such as `watchdog1`, or None.

    Without CONFIG_WATCHDOG_SYSFS the kernel shows no identity: then it is a device without hardware behind it.
    `open_device` looks again.
    """
    names = sorted(os.listdir(root)) if os.path.isdir(root) else []
    for name in names:
        try:
            with open(f'{root}/{name}/identity', encoding='utf-8') as file:
                if file.read().strip() == IDENTITY:
                    return name
        except FileNotFoundError:
            if '/virtual/' in os.path.realpath(f'{root}/{name}'):
                return name
    return None


def loaded_options(messages):
    """Options that softdog said when it was loaded last, from lines of the kernel's log; None if it did not."""
    for line in reversed(messages):
        if 'softdog: initialized.' in line:
            words = line.split('initialized.', 1)[1].replace('(', ' ').replace(')', ' ').split()
            return {key: int(value) for key, _, value in (word.partition('=') for word in words) if value.isdigit()}
    return None


def kernel_messages():
    """All lines of /dev/kmsg that are still there."""
    lines = []
    fd = os.open('/dev/kmsg', os.O_RDONLY | os.O_NONBLOCK)
    try:
        while True:
            try:
                lines.append(os.read(fd, 8192).decode(errors='replace').split('\n')[0])
            except BrokenPipeError:
                continue  # a line was overwritten before it was read
            except BlockingIOError:
                return lines
    finally:
        os.close(fd)


def prepare(mode, run):
    """Has softdog loaded with the options of the mode; `run(argv)` returns an exit code. Returns the device's name."""
    device = find()
    if device and os.path.exists(PLAYED):
        with open(PLAYED, 'w', encoding='utf-8') as file:
            file.write(' '.join(f'{key}={value}' for key, value in OPTIONS[mode].items()))
        return device
    if device and OPTIONS[mode].items() <= (loaded_options(kernel_messages()) or {}).items():
        return device
    # Unloading first: opening a watchdog that was loaded with nowayout=1 would start it for good.
    if device and run(['modprobe', '-r', 'softdog']):
        disarm(device)
        if run(['modprobe', '-r', 'softdog']):
            raise SystemExit('softdog cannot be loaded anew: another process holds its device, or it is built into this kernel')
    if run(['modprobe', 'softdog', *(f'{key}={value}' for key, value in OPTIONS[mode].items())]):
        raise SystemExit('modprobe softdog failed: is the module part of the image?')
    device = find()
    if not device:
        raise SystemExit(f'softdog is loaded, but no device in {CLASS} is its own')
    return device


def disarm(device):
    """Stops a watchdog that nobody feeds any more, as after a rehearsal that was cut short: opens it, closes it properly."""
    try:
        fd = os.open(f'/dev/{device}', os.O_WRONLY)
    except OSError:
        return
    close(fd)


def open_device(device, timeout_s):
    """Starts the watchdog. Returns its descriptor, its identity and its version."""
    fd = os.open(f'/dev/{device}', os.O_WRONLY | os.O_CLOEXEC)
    _options, version, identity = struct.unpack('II32s', ioctl(fd, GETSUPPORT, bytes(40)))
    identity = identity.split(b'\0')[0].decode()
    if identity != IDENTITY:
        close(fd)
        raise SystemExit(f'/dev/{device}: found the watchdog "{identity}", right would be "{IDENTITY}"')
    ioctl(fd, SETTIMEOUT, struct.pack('i', timeout_s))
    return fd, identity, version


def feed(fd):
    ioctl(fd, KEEPALIVE, 0)


def close(fd):
    """With the magic character the watchdog stops; a bare close leaves it running."""
    os.write(fd, b'V')
    os.close(fd)
