// What one crash needs: a node and its peer with a canary between them, and, far away behind a cable, the orchestrator's place.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import type { Session } from '../../src/model/session.ts';
import { fingerprint } from '../../src/transport/key.ts';
import { startCanary } from '../../test/agent/canary.ts';
import type { Canary } from '../../test/agent/canary.ts';
import { networkOf } from '../../test/agent/inhabitants.ts';
import { localSession } from '../../test/agent/local-session.ts';

export interface Rig extends AsyncDisposable {
  readonly node: Session;
  /** The node's network namespace, as /proc names it. */
  readonly network: string;
  readonly canary: Canary;
  readonly sshdPid: number;
  /** In front of a command, for the orchestrator's place. */
  readonly far: readonly string[];
  readonly login: { readonly hostKey: string; readonly privateKeyFile: string };
  /** Where node keeps what it compiled: an orchestrator starts for each crash. */
  readonly compileCache: string;
  /** Pulls the cable to the orchestrator, or puts it back. Neither end is told: no FIN, no RST. */
  cable(state: 'up' | 'down'): Promise<void>;
}

/** Node Debian's sshd reads: it wants a user of its own, and its folder in /run. Neighbours stand, or a fault would be learnt as theirs. */
const build = `
set -e
mount -t sysfs none /sys
mount -t tmpfs none /run
mkdir /run/sshd
mount --bind $1/passwd /etc/passwd
ip link set lo up
for place in there far; do ip netns add $place; done
ip link add eth1 type veth peer name eth1 netns there
ip link add mgmt type veth peer name mgmt netns far
ip addr add 10.7.0.1/24 dev eth1
ip addr add 10.8.0.1/24 dev mgmt
ip -n there addr add 10.7.0.2/24 dev eth1
ip -n far addr add 10.8.0.2/24 dev mgmt
for nic in eth1 mgmt; do ip link set $nic up; done
ip -n there link set eth1 up
ip -n far link set mgmt up
ip neigh replace 10.7.0.2 lladdr $(ip netns exec there cat /sys/class/net/eth1/address) dev eth1 nud permanent
echo $$
cat
`;

const sshdConfig = (folder: string): string => `
ListenAddress 10.8.0.1
HostKey ${folder}/host
AuthorizedKeysFile ${folder}/user.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
`;

const path = '/usr/sbin:/usr/bin:/sbin:/bin';
const limit = { timeoutMs: 10_000 };

/** Wants root: sshd separates its privileges, so it needs more than one user. `sshd` is the program's path. */
export const openRig = async (sshd: string): Promise<Rig> => {
  const folder = mkdtempSync(join(tmpdir(), 'bondproof-crash-'));
  const here = localSession([], { PATH: path });
  writeFileSync(join(folder, 'passwd'), 'root:x:0:0:root:/:/bin/sh\nsshd:x:100:65534::/run/sshd:/usr/sbin/nologin\n');
  writeFileSync(join(folder, 'sshd_config'), sshdConfig(folder));
  for (const key of ['host', 'user']) await here.run({ argv: ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', join(folder, key)] }, limit);
  const holder = await here.open({ argv: ['unshare', '-nm', '--kill-child', 'sh', '-c', build, 'rig', folder] });
  const first = await holder.lines[Symbol.asyncIterator]().next();
  if (first.done) throw new Error(`no namespaces can be made here: ${(await holder.ended).stderr}`);
  // What lives in the rig dies with this program, however that ends.
  const enter = ['setpriv', '--pdeathsig', 'KILL', 'nsenter', '-t', first.value, '-n', '-m'];
  const [node, peer] = [localSession(enter, { PATH: path }), localSession([...enter, 'ip', 'netns', 'exec', 'there'], { PATH: path })];
  const server = spawn('setpriv', [...enter.slice(1), sshd, '-D', '-e', '-f', join(folder, 'sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, PATH: path } });
  await listening(server.stderr);
  const canary = await startCanary(node, peer, { address: '10.7.0.2', hz: 200 }); // so a hole is seen to 5 ms
  const hand = await node.open({ argv: ['ip', '-n', 'far', '-o', '-batch', '-'] }); // started before, so that it pulls at once
  const pulled = hand.lines[Symbol.asyncIterator]();
  return {
    node,
    network: await networkOf(node),
    canary,
    sshdPid: server.pid ?? NaN,
    far: [...enter, 'ip', 'netns', 'exec', 'far'],
    login: { hostKey: hostKey(folder), privateKeyFile: join(folder, 'user') },
    compileCache: join(folder, 'compiled'),
    async cable(state) {
      hand.write(`link set mgmt ${state}\nlink show mgmt\n`);
      const seen = await pulled.next();
      if (seen.done || !seen.value.includes(`state ${state.toUpperCase()}`)) throw new Error(`the cable is not ${state}: ${String(seen.value)}`);
    },
    async [Symbol.asyncDispose]() {
      server.kill('SIGKILL');
      await canary[Symbol.asyncDispose]();
      for (const session of [node, peer]) await session[Symbol.asyncDispose]();
      holder.end();
      await holder.ended;
      rmSync(folder, { recursive: true });
    },
  };
};

const hostKey = (folder: string): string => fingerprint(Buffer.from(readFileSync(join(folder, 'host.pub'), 'utf8').split(' ')[1] ?? '', 'base64'));

const listening = async (said: NodeJS.ReadableStream): Promise<void> => {
  const heard: string[] = [];
  const lines = createInterface({ input: said });
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      heard.push(line);
      if (line.includes('listening on')) resolve();
    });
    lines.on('close', () => reject(new Error(`sshd did not start: ${heard.join('\n')}`)));
  });
};
