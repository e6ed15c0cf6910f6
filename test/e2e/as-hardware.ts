// The machines of a virtual lab that is up, described as real ones: reached over TCP and ssh, by a lab file of world ssh.

import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';

import { stringify } from 'yaml';

import { deviceIds, type DeviceId } from '../../src/model/lab.ts';
import { findUp, type RunningLab } from '../../src/worlds/virtual/up.ts';
import type { Home } from './command.ts';

export interface Hardware extends Disposable {
  readonly file: string;
  readonly text: string;
  readonly running: RunningLab;
  /** Another text for the same file. */
  write(text: string): void;
}

export const asHardware = async (home: Home): Promise<Hardware> => {
  const running = (await findUp({ cacheDir: '', runDir: join(home.folder, 'run'), uid: process.getuid!(), nodeBinary: process.execPath, randomBytes: () => Buffer.alloc(0) }, 'virtual'))!;
  const servers = new Map<DeviceId, Server>();
  for (const device of deviceIds(running.record.lab)) servers.set(device, await forward(join(running.folder, `${device}.ssh`)));
  const file = join(home.folder, 'as-hardware.yaml');
  const text = labText(running, new Map([...servers].map(([device, server]) => [device, (server.address() as AddressInfo).port])));
  writeFileSync(file, text);
  return {
    file, text, running,
    write: (other) => { writeFileSync(file, other); },
    [Symbol.dispose]: () => { for (const server of servers.values()) server.close(); },
  };
};

/** Does what `bondproof marker` tells an administrator to do. */
export const placeMarkers = async (home: Home, file: string): Promise<void> => {
  const { output } = await home.run('marker', file, '--fencing');
  for (const [, node, command] of output.matchAll(/^# on (\S+) .*\n(.+)$/gm)) await home.run('ssh', 'virtual', node!, command!);
};

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
