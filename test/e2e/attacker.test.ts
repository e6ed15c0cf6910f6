// As an attacker would, or a tired administrator: each time nothing happens to the nodes, and one clear message says why.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import test, { type ExecutionContext } from 'ava';

import { asHardware, placeMarkers } from './as-hardware.ts';
import { deviceIds } from '../../src/model/lab.ts';
import type { Session } from '../../src/model/session.ts';
import { openLab } from '../../src/worlds/virtual/world.ts';
import { clone, withHome } from './command.ts';

/** What a run could have changed on the machines: what lies in /run/bondproof, qdiscs, how the bonds are set up. */
const stateOf = async (machines: ReadonlyMap<string, Session>): Promise<string> => {
  const look = 'exec 2>&1; ls -lR --time-style=full-iso /run/bondproof; tc qdisc show; cat /etc/network/interfaces; cat /proc/sys/kernel/random/boot_id';
  return (await Promise.all([...machines.values()].map(async (session) => say(session, look)))).join('\n');
};

const say = async (session: Session, command: string): Promise<string> => (await session.run({ argv: ['sh', '-c', command] }, { timeoutMs: 60_000 })).stdout;

const hasControls = (text: string): boolean => /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(text);

test.serial('management paths, foreign clusters, copied markers, changed host keys and hostile lab files are refused, and no node is touched', async (t: ExecutionContext) => withHome(async (home) => {
  t.is((await home.run('up', join(clone, 'labs', 'virtual.yaml'))).code, 0);
  using hardware = await asHardware(home);
  const { file, text, running } = hardware;
  await placeMarkers(home, file);
  await using open = openLab(running);
  const machines = new Map<string, Session>();
  for (const device of deviceIds(open.lab)) machines.set(device, await open.session(device, { timeoutMs: 60_000 }));
  const on = async (node: string, command: string): Promise<string> => say(machines.get(node)!, command);
  t.is((await home.run('check', file)).code, 0, 'all is well before');
  const before = await stateOf(machines);

  const refused = async (what: string, exitCode: number, words: RegExp): Promise<void> => {
    const { code, output } = await home.run('run', file, '--scenario', '802.3ad/fast-fast', '--reports', join(home.folder, 'reports'));
    t.is(code, exitCode, `${what}: ${output}`);
    t.regex(output, words, what);
    t.false(hasControls(output), `${what}: control characters on the terminal`);
    t.notRegex(output, /^\s+at /m, `${what}: a stack trace`);
    t.notRegex(output, /What it means/, `${what}: a report of nothing`);
    t.false(existsSync(join(home.folder, 'reports')) && readdirSync(join(home.folder, 'reports')).length > 0, `${what}: a folder of nothing`);
    // A lab file that is refused leads to no connection; all of them are looked after in the end.
    if (exitCode !== 2) t.is(await stateOf(machines), before, `${what}: something was changed`);
  };

  // Where marks lead nobody can foresee: the way back may be the bond.
  await on('pve1', 'ip route add default dev bond0 table 100; ip rule add fwmark 1 lookup 100');
  await refused('a policy rule that leads back over the bond', 4, /pve1 management: bond0, eth1, eth2 carry the management connection/);
  await on('pve1', 'ip rule del fwmark 1; ip route flush table 100');
  hardware.write(text.replace('nic: eth1', 'nic: mgmt0'));
  await refused('the management NIC as a slave', 4, /pve1 (?:bond|management): .*mgmt0/);

  hardware.write(text.replace(`cluster: ${running.record.lab.cluster}`, 'cluster: production'));
  await refused('another cluster', 4, /pve1 cluster: /);

  hardware.write(text);
  const marker = await on('pve2', 'cat /etc/bondproof/lab.json');
  await on('pve1', `cp -a /etc/bondproof/lab.json /etc/bondproof/own.json; printf %s '${marker.trim()}' > /etc/bondproof/lab.json`);
  await refused('the marker of another node', 4, /pve1 marker: .*machine/);
  await on('pve1', 'mv /etc/bondproof/own.json /etc/bondproof/lab.json');
  await on('pve1', 'cp -a /etc/bondproof/lab.json /etc/bondproof/own.json; sed -i s/as-hardware/production/ /etc/bondproof/lab.json');
  await refused('the marker of another lab', 4, /pve1 marker: a marker of lab production/);
  await on('pve1', 'mv /etc/bondproof/own.json /etc/bondproof/lab.json; chmod o+w /etc/bondproof/lab.json');
  await refused('a marker that anybody can write', 4, /pve1 marker: /);
  await on('pve1', 'chmod o-w /etc/bondproof/lab.json');

  hardware.write(text.replace(running.record.hostKeys['pve2']!, `SHA256:${'A'.repeat(43)}`));
  await refused('a changed host key', 4, /host key/);

  for (const [what, hostile] of [
    ['a command in a name', text.replace('name: pve1', 'name: "pve1; reboot"')],
    ['a substitution in a NIC', text.replace('nic: eth1', 'nic: "$(reboot)"')],
    ['an option as a host', text.replace('host: 127.0.0.1', 'host: -oProxyCommand=reboot')],
    ['a newline in a bond', text.replace('bond: bond0', 'bond: "bond0\\nup reboot"')],
    ['escapes in a name', text.replace('name: as-hardware', 'name: "\\e]52;c;cmVib290\\a\\e[2J"')],
    ['a bidirectional override in a cluster', text.replace(`cluster: ${running.record.lab.cluster}`, 'cluster: "a\\u202eb"')],
    ['an unknown key full of escapes', `${text}"\\e[31mreboot": true\n`],
    ['a tag', text.replace('fencing: true', 'fencing: !!js/function "reboot"')],
  ] as const) {
    hardware.write(hostile);
    await refused(what, 2, /as-hardware\.yaml:\d+:\d+/);
  }

  hardware.write(text);
  t.is(await stateOf(machines), before, 'something was changed');
  t.is((await home.run('check', file)).code, 0, 'and all is well after');
}));
