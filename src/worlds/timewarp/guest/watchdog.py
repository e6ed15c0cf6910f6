"""A watchdog for each node, played by the box: a kernel has one softdog, and it would reset the whole lab.

It behaves as drivers/watchdog/softdog.c and watchdog_dev.c do with soft_margin=10 and nowayout=0: opening starts it, writing and WDIOC_KEEPALIVE feed it, a
close without the letter V before it leaves it running, one process may have it open. The kernel's CUSE makes a real character device of that
(include/uapi/linux/fuse.h, fs/fuse/cuse.c).
"""

import errno
import os
import struct
import time

IN_HEADER = struct.Struct('<IIQQIIIHH')
OUT_HEADER = struct.Struct('<IiQ')
INIT, OPEN, WRITE, RELEASE, IOCTL, INTERRUPT = 4096, 14, 16, 18, 39, 36
# linux/watchdog.h
GETSUPPORT, GETSTATUS, GETBOOTSTATUS, KEEPALIVE, SETTIMEOUT, GETTIMEOUT = 0x80285700, 0x80045701, 0x80045702, 0x80045705, 0xC0045706, 0x80045707
# WDIOF_SETTIMEOUT | WDIOF_KEEPALIVEPING | WDIOF_MAGICCLOSE, as softdog has them
OPTIONS = 0x0080 | 0x8000 | 0x0100
MARGIN_S = 10


class Watchdog:
    def __init__(self, name):
        self.name = name
        self.fd = os.open('/dev/cuse', os.O_RDWR | os.O_CLOEXEC | os.O_NONBLOCK)
        self.device = None
        self.stop()

    def stop(self):
        self.opened = self.magic = False
        self.timeout_s, self.ends_ns = MARGIN_S, None

    def feed(self):
        self.ends_ns = time.clock_gettime_ns(time.CLOCK_MONOTONIC) + self.timeout_s * 1_000_000_000

    def due_ns(self):
        return self.ends_ns if self.ends_ns is not None else 1 << 62

    def answer(self):
        """Answers what is asked of the device, until nothing more is."""
        while True:
            try:
                asked = os.read(self.fd, 1 << 17)
            except BlockingIOError:
                return
            _length, op, unique = IN_HEADER.unpack_from(asked)[:3]
            if op == INTERRUPT:
                continue
            error, body = self.do(op, asked[IN_HEADER.size:])
            os.write(self.fd, OUT_HEADER.pack(OUT_HEADER.size + len(body), -error, unique) + body)
            if op == INIT:
                with open(f'/sys/class/cuse/{self.name}/dev', encoding='utf-8') as file:
                    self.device = file.read().strip()

    def do(self, op, body):
        """An error number and the answer."""
        if op == INIT:
            major, minor = struct.unpack_from('<II', body)
            return 0, struct.pack('<IIIIIIII40x', major, minor, 0, 0, 4096, 4096, 0, 0) + f'DEVNAME={self.name}\0'.encode()
        if op == OPEN:
            if self.opened:
                return errno.EBUSY, b''
            self.opened, self.magic = True, False
            self.feed()
            return 0, struct.pack('<QII', 0, 0, 0)
        if op == WRITE:
            size = struct.unpack_from('<QQI', body)[2]
            self.magic = b'V' in body[40:40 + size]
            self.feed()
            return 0, struct.pack('<II', size, 0)
        if op == RELEASE:
            self.opened = False
            if self.magic:
                self.ends_ns = None
            else:
                self.feed()
            return 0, b''
        if op == IOCTL:
            return self.control(struct.unpack_from('<QIIQII', body)[2], body[32:])
        return errno.ENOSYS, b''

    def control(self, command, given):
        said = lambda data: (0, struct.pack('<iIII', 0, 0, 0, 0) + data)
        if command == GETSUPPORT:
            return said(struct.pack('<II32s', OPTIONS, 0, b'Software Watchdog'))
        if command in (GETSTATUS, GETBOOTSTATUS):
            return said(struct.pack('<i', 0))
        if command == KEEPALIVE:
            self.feed()
            return said(b'')  # whatever its number says, nothing is written (watchdog_dev.c, watchdog_ioctl)
        if command == SETTIMEOUT:
            self.timeout_s = struct.unpack_from('<i', given)[0]
            self.feed()
            return said(struct.pack('<i', self.timeout_s))
        if command == GETTIMEOUT:
            return said(struct.pack('<i', self.timeout_s))
        return errno.ENOTTY, b''
