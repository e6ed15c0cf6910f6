#!/bin/sh
# From a node's fresh namespaces to its first program, which is the virtual world's (guest/root/usr/lib/bondproof/boot): a root of its own over the common
# one, the devices and file systems that a kernel of its own would have brought, and its own boot id.
# Usage: node.sh PLACE NAME FILES MAJOR MINOR   (the last two: the watchdog's)
set -eu
place=$1 name=$2 files=$3
root=$place/root
mkdir -p "$place/over" "$place/work" "$root"
mount --make-rprivate /
mount -t overlay -o "lowerdir=/,upperdir=$place/over,workdir=$place/work" node "$root"
mount -t sysfs -o nosuid,nodev,noexec sys "$root/sys"
mount -t cgroup2 -o nosuid,nodev,noexec cgroup "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755,nosuid dev "$root/dev"
mknod -m 666 "$root/dev/null" c 1 3
mknod -m 666 "$root/dev/zero" c 1 5
mknod -m 666 "$root/dev/full" c 1 7
mknod -m 666 "$root/dev/random" c 1 8
mknod -m 666 "$root/dev/urandom" c 1 9
# The kernel's log is the whole lab's: in a node's journal another node's bond would speak.
mknod -m 644 "$root/dev/kmsg" c 1 3
: > "$root/dev/softdog-options"
mknod -m 666 "$root/dev/tty" c 5 0
mknod -m 600 "$root/dev/console" c 1 3
mknod -m 600 "$root/dev/watchdog0" c "$4" "$5"
mkdir "$root/dev/net"
mknod -m 666 "$root/dev/net/tun" c 10 200
mkdir -p "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
mount -t tmpfs -o mode=1777,nosuid,nodev shm "$root/dev/shm"
ln -s /proc/self/fd "$root/dev/fd"
: > "$root/dev/ubdb"
mount --bind "$files" "$root/dev/ubdb"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
mount --bind "$place/boot_id" "$root/proc/sys/kernel/random/boot_id"
echo "$name" > /proc/sys/kernel/hostname
cd "$root"
mkdir -p mnt
pivot_root . mnt
export container=bondproof PATH=/usr/sbin:/usr/bin
umount -l /mnt
exec /usr/lib/bondproof/boot < /dev/null > /dev/null 2>&1
