// The script that gives a bond its form, run on files and links of its own. `ifup` is a stand-in here; trials run the real one.

import { spawnSync } from 'node:child_process';

import test from 'ava';

import { writeInterfaces } from '../../src/harness/configuration.ts';
import type { Node } from '../../src/model/lab.ts';
import { simulatedLab as lab } from '../simulated/world.ts';

/** `before` and `after` surround the script; `ifup` makes the bond unless somebody has ifupdown2's lock, as the real one does. */
const ran = (text: string, { before, after, addressOn }: { readonly before: string; readonly after: string } & Pick<Node, 'addressOn'>): string => {
  const { command } = writeInterfaces({ ...lab.nodes[0]!, ...addressOn !== undefined && { addressOn } }, text);
  const around = `
set -eu
mount -t tmpfs none /sys && mount -t sysfs none /sys
mount -t tmpfs none /etc && mkdir /etc/network
mount -t tmpfs none /run && mkdir /run/network
mkdir /run/bin; PATH=/run/bin:$PATH
cat > /run/bin/ifup <<'IFUP'
#!/bin/sh
flock --nonblock /run/network/.lock true || { echo "Another instance of this program is already running." >&2; exit 89; }
for name; do [ -e "/sys/class/net/$name" ] || ip link add "$name" type veth peer name "far-$name"; done; echo "ifup $*"
IFUP
chmod +x /run/bin/ifup
${before}
"$@"
${after}
`;
  const { status, stdout, stderr } = spawnSync('unshare', ['--user', '--map-root-user', '--mount', '--net', 'sh', '-c', around, 'around', ...command.argv], { input: command.stdin, encoding: 'utf8' });
  return status === 0 ? stdout : `exit ${status}: ${stderr}`;
};

const bond = 'ip link add bond0 type veth peer name far-bond0';
const after = 'cat /etc/network/interfaces; ls /etc/network; ls -d /sys/class/net/bond0';
const left = 'new\ninterfaces\n/sys/class/net/bond0\n';

test('a bond of another form is made anew, and one that is right is left alone', (t) => {
  t.is(ran('new\n', { before: `echo old > /etc/network/interfaces; ${bond}`, after }), `ifup bond0\n${left}`);
  t.is(ran('new\n', { before: `echo new > /etc/network/interfaces; ${bond}`, after }), left);
});

test('a bond that is missing is made although the file is right', (t) => {
  t.is(ran('new\n', { before: 'echo new > /etc/network/interfaces', after }), `ifup bond0\n${left}`);
});

test('what has the address in place of the bond is made with it, and where that alone is missing', (t) => {
  const with51 = `${after} /sys/class/net/bond0.51`;
  const addressOn = 'bond0.51';
  const both = `${left}/sys/class/net/bond0.51\n`;
  t.is(ran('new\n', { before: `echo old > /etc/network/interfaces; ${bond}`, after: with51, addressOn }), `ifup bond0 bond0.51\n${both}`);
  t.is(ran('new\n', { before: `echo new > /etc/network/interfaces; ${bond}`, after: with51, addressOn }), `ifup bond0 bond0.51\n${both}`);
  t.is(ran('new\n', { before: `echo new > /etc/network/interfaces; ${bond}; ip link add bond0.51 type veth peer name far`, after: with51, addressOn }), both);
});

test('it waits until ifupdown2 has finished elsewhere, and takes nothing away before', (t) => {
  const before = `echo old > /etc/network/interfaces; ${bond}
flock /run/network/.lock sh -c 'echo locked; sleep 0.5; [ -e /sys/class/net/bond0 ] && echo "there until the end"' & until ! flock --nonblock /run/network/.lock true; do :; done`;
  t.is(ran('new\n', { before, after }), `locked\nthere until the end\nifup bond0\n${left}`);
});
