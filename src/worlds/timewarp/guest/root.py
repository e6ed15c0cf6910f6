"""From a node's fresh namespaces to its first program, which is the virtual world's (lib/bondproof/boot of its image): a root of its own over the common
one, the devices and file systems that a kernel of its own would have brought, and its own boot id.

System calls, and no programs: each program that starts here costs some ten milliseconds of the host's, and there were thirty for each boot.
"""

import ctypes
import os
import stat

# linux/mount.h
NOSUID, NODEV, NOEXEC, BIND, REC, PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18
DETACH = 2
SYS_PIVOT_ROOT = 155  # arch/x86/entry/syscalls/syscall_64.tbl: the C library has no function for it

_libc = ctypes.CDLL(None, use_errno=True)

# Name, mode, major, minor (Documentation/admin-guide/devices.txt). The kernel's log is the whole lab's: in a node's journal another node's bond would speak.
DEVICES = [
    ('null', 0o666, 1, 3), ('zero', 0o666, 1, 5), ('full', 0o666, 1, 7), ('random', 0o666, 1, 8), ('urandom', 0o666, 1, 9),
    ('kmsg', 0o644, 1, 3), ('tty', 0o666, 5, 0), ('console', 0o600, 1, 3), ('net/tun', 0o666, 10, 200),
]


def become(place, name, files, watchdog):
    """Does not return. `files`: what is to be the machine's own disk; `watchdog`: its major and minor number."""
    root = f'{place}/root'
    for folder in ('over', 'spare', 'root'):
        os.makedirs(f'{place}/{folder}', exist_ok=True)
    _mount('none', '/', None, REC | PRIVATE)
    _mount('node', root, 'overlay', 0, f'lowerdir=/,upperdir={place}/over,workdir={place}/spare')
    _mount('sys', f'{root}/sys', 'sysfs', NOSUID | NODEV | NOEXEC)
    _mount('cgroup', f'{root}/sys/fs/cgroup', 'cgroup2', NOSUID | NODEV | NOEXEC)
    _mount('dev', f'{root}/dev', 'tmpfs', NOSUID, 'mode=755')
    for folder in ('net', 'pts', 'shm'):
        os.mkdir(f'{root}/dev/{folder}')
    os.umask(0)
    for path, mode, major, minor in (*DEVICES, ('watchdog0', 0o600, *watchdog)):
        os.mknod(f'{root}/dev/{path}', stat.S_IFCHR | mode, os.makedev(major, minor))
    os.umask(0o022)
    for path in ('softdog-options', 'ubdb'):
        os.close(os.open(f'{root}/dev/{path}', os.O_WRONLY | os.O_CREAT, 0o644))
    _mount('devpts', f'{root}/dev/pts', 'devpts', NOSUID | NOEXEC, 'newinstance,ptmxmode=0666,mode=620')
    _mount('shm', f'{root}/dev/shm', 'tmpfs', NOSUID | NODEV, 'mode=1777')
    os.symlink('pts/ptmx', f'{root}/dev/ptmx')
    os.symlink('/proc/self/fd', f'{root}/dev/fd')
    _mount(files, f'{root}/dev/ubdb', None, BIND)
    _mount('proc', f'{root}/proc', 'proc', NOSUID | NODEV | NOEXEC)
    _mount(f'{place}/boot_id', f'{root}/proc/sys/kernel/random/boot_id', None, BIND)
    with open('/proc/sys/kernel/hostname', 'w', encoding='ascii') as file:
        file.write(name)
    os.chdir(root)
    os.makedirs('mnt', exist_ok=True)
    _done('pivot_root', _libc.syscall(SYS_PIVOT_ROOT, b'.', b'mnt'))
    _done('umount /mnt', _libc.umount2(b'/mnt', DETACH))
    null = os.open('/dev/null', os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    os.execve('/usr/lib/bondproof/boot', ['/usr/lib/bondproof/boot'], {'container': 'bondproof', 'PATH': '/usr/sbin:/usr/bin'})


def _mount(source, target, kind, flags, options=None):
    text = [None if each is None else each.encode() for each in (source, target, kind, options)]
    _done(f'mount {source} on {target}', _libc.mount(text[0], text[1], text[2], ctypes.c_ulong(flags), text[3]))


def _done(what, result):
    if result != 0:
        raise OSError(ctypes.get_errno(), what)
