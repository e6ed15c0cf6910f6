#!/bin/sh
# Turns a fresh Debian root into the disk of a lab machine. Runs as root, or as root of a user namespace.
# Usage: assemble.sh ROOT KERNEL GUEST HA DISK DISK_MB
#   ROOT    folder that mmdebstrap filled     KERNEL  modules.list, modules.builtin, modules.order and the .ko files by their path
#   GUEST   files laid over the root          HA      the HA stand-in
set -eu
root=$1 kernel=$2 guest=$3 ha=$4 disk=$5 disk_mb=$6
units=$root/etc/systemd/system
vendor=$root/usr/lib/systemd/system

# Nothing starts but what is named below: systemd's own programs for real hardware cost more than all the rest of the boot.
# Safe to run twice: the kernel of another suite is tried on the same root when the first one does not run here.
rm -rf "$vendor"/*.wants "$units"/*.wants "$units/sshd.service" "$root"/usr/lib/systemd/system-generators/*
cp -R "$guest/." "$root/"
ln -sfn /dev/null "$units/tmp.mount"
ln -sfn /usr/lib/systemd/system/multi-user.target "$units/default.target"
start() { # TARGET UNIT
  mkdir -p "$units/$1.wants"
  if [ -e "$units/$2" ]; then ln -sfn "/etc/systemd/system/$2" "$units/$1.wants/$2"; else test -e "$vendor/$2"; ln -sfn "/usr/lib/systemd/system/$2" "$units/$1.wants/$2"; fi
}
start sockets.target systemd-journald.socket
start sockets.target systemd-journald-dev-log.socket
start sysinit.target systemd-journald.service
start multi-user.target ssh.service
start multi-user.target networking.service
start multi-user.target corosync.service
# These two where the lab's files ask for them (guest/root, corosync-*.service.d).
start multi-user.target corosync-qdevice.service
start multi-user.target corosync-qnetd.service

mkdir -p "$root/usr/lib/bondproof/ha"
cp "$ha"/*.py "$ha"/set-mode "$root/usr/lib/bondproof/ha/"
for unit in "$ha"/units/*.service; do
  name=${unit##*/}
  cp "$unit" "$units/$name"
  start multi-user.target "$name"
done

# The kernel's modules.
version=$(cat "$kernel/version")
rm -rf "$root/usr/lib/modules"
mkdir -p "$root/usr/lib/modules/$version"
cp -R "$kernel/modules/." "$root/usr/lib/modules/$version/"
chroot "$root" depmod "$version"

# Bytecode once here instead of at each start of each machine.
chroot "$root" python3 -m compileall -q /usr/lib/bondproof/ha
mkdir -p "$root/etc/iproute2/rt_tables.d" "$root/var/log/journal" "$root/run/network"

# What belongs to the machine that built this, or to no machine in particular.
rm -f "$root/etc/hostname" "$root/etc/resolv.conf" "$root/etc/machine-id" "$root/etc/network/interfaces" "$root/etc/corosync/corosync.conf" "$root"/etc/ssh/ssh_host_*
# corosync-qnetd made keys when it was installed, which no lab uses: its QDevice speaks without TLS.
rm -rf "$root/etc/corosync/qnetd/nssdb"
rm -rf "$root/etc/apt" "$root"/var/cache/* "$root"/var/lib/apt "$root"/var/log/*.log "$root"/var/log/apt "$root"/tmp/* "$root"/usr/share/doc "$root"/usr/share/man "$root"/usr/share/locale "$root"/usr/share/info "$root"/usr/share/lintian "$root"/usr/share/bug
mkdir -p "$root/var/cache" "$root/var/log/journal"
chmod -R u=rwX,go=rX "$root/usr/lib/bondproof"
chmod 755 "$root/usr/lib/bondproof/boot" "$root/usr/lib/bondproof/proof" "$root/usr/lib/bondproof/ha/set-mode"

# Inode tables are complete from the start: no thread of the guest fills them in later, into every machine's own file.
truncate -s "${disk_mb}M" "$disk"
mke2fs -q -F -t ext4 -m 0 -N 32768 -J size=16 -E lazy_itable_init=0,nodiscard,root_owner=0:0 -d "$root" "$disk"
