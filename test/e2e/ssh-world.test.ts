// The machines of a virtual lab that is up, described as real ones: the same trial code, over TCP and ssh.

import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';

import test from 'ava';
import { stringify } from 'yaml';

import type { DeviceId } from '../../src/model/lab.ts';
import { findUp, type RunningLab } from '../../src/worlds/virtual/up.ts';
import { clone, onlyRun, resultOf, withHome, type Home } from './command.ts';

/** A loopback port that leads to a machine's sshd. */
const forward = async (socket: string): Promise<Server> => {
  const server = createServer((near) => {
    const far = connect(socket);
    near.pipe(far).pipe(near);
    for (const each of [near, far]) each.on('error', () => { near.destroy(); far.destroy(); });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
};

const labText = ({ folder, record: { lab, hostKeys } }: RunningLab, ports: ReadonlyMap<DeviceId, number>): string => {
  const reach = (name: DeviceId): object => ({ host: '127.0.0.1', port: ports.get(name), keyFile: join(folder, 'id_ed25519'), hostKey: hostKeys[name] });
  const port = (node: string, nic: string): string => lab.links.find((link) => link.node === node && link.nic === nic)!.port;
  return stringify({
    name: 'as-hardware', world: 'ssh', cluster: lab.cluster, fencing: true, victim: lab.victim,
    nodes: lab.nodes.map(({ name, id, address, bond, slaves }) => ({ name, id, ...reach(name), address, bond, slaves: slaves.map((nic) => ({ nic, port: port(name, nic) })) })),
    switch: { name: lab.switch.name, dialect: 'linux', ...reach(lab.switch.name) },
  });
};

/** Does what `bondproof marker` tells an administrator to do. */
const placeMarkers = async (home: Home, file: string): Promise<void> => {
  const { output } = await home.run('marker', file, '--fencing');
  for (const [, node, command] of output.matchAll(/^# on (\S+) .*\n(.+)$/gm)) await home.run('ssh', 'virtual', node!, command!);
};

test.serial('the same machines as an ssh lab: a trial sees nothing but what answers, and leaves them as they were', async (t) => withHome(async (home) => {
  t.is((await home.run('up', join(clone, 'labs', 'virtual.yaml'))).code, 0);
  const running = (await findUp({ cacheDir: '', runDir: join(home.folder, 'run'), uid: process.getuid!(), nodeBinary: process.execPath, randomBytes: () => Buffer.alloc(0) }, 'virtual'))!;
  const servers = new Map<DeviceId, Server>();
  try {
    for (const device of ['sw1', 'pve1', 'pve2', 'pve3']) servers.set(device, await forward(join(running.folder, `${device}.ssh`)));
    const file = join(home.folder, 'as-hardware.yaml');
    const text = labText(running, new Map([...servers].map(([device, server]) => [device, (server.address() as AddressInfo).port])));
    writeFileSync(file, text);

    const foreign = await home.run('check', file);
    t.is(foreign.code, 4, foreign.output);
    t.regex(foreign.output, /WRONG pve1 +marker +a marker of lab virtual/);
    await placeMarkers(home, file);

    const checked = await home.run('check', file);
    t.is(checked.code, 0, checked.output);

    writeFileSync(file, text.replace(running.record.hostKeys['pve2']!, `SHA256:${'A'.repeat(43)}`));
    const refused = await home.run('check', file);
    t.is(refused.code, 4, refused.output);
    t.regex(refused.output, /host key/);
    writeFileSync(file, text);

    const reports = join(home.folder, 'reports');
    const { code, output } = await home.run('run', file, '--scenario', '802.3ad/slow-fast', '--reports', reports);
    t.is(code, 0, output);
    const result = resultOf(onlyRun(reports));
    const trial = result.trials.at(-1)!;
    t.like(trial, { scenario: '802.3ad/slow-fast', valid: true, outcome: 'disturbed', fenced: [] }, trial.reason);
    t.is(result.world, 'ssh');
    t.true(result.simulated.some((text) => text.includes('stand-in')), 'told although no world said so');
    t.regex((await home.run('ssh', 'virtual', 'pve1', 'cat', '/etc/network/interfaces')).output, /bond-mode active-backup/);
  } finally {
    for (const server of servers.values()) server.close();
  }
}));
