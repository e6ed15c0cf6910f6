// Sessions that run their commands on this machine, bare or in a pair of network namespaces, for tests of the real agent.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

import type { Command, Completed } from '../../src/model/command.ts';
import type { Channel, Session } from '../../src/model/session.ts';

/** A device's, not this machine's: npm puts the programs of packages first, and one of those (of @vercel/nft, which AVA needs) is called nft. */
const pathOfDevices = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** `within` goes in front of every command. Disposal kills what still runs. */
export const localSession = (within: readonly string[] = [], environment: Readonly<Record<string, string>> = {}): Session => {
  const children = new Set<ChildProcess>();
  const open = (command: Command): Promise<Channel> => {
    const [program = '', ...args] = [...within, ...command.argv];
    const child = spawn(program, args, { stdio: 'pipe', env: { ...process.env, PATH: pathOfDevices, ...environment } });
    children.add(child);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
    child.stdin.on('error', () => undefined); // It is gone; `ended` tells.
    const ended = new Promise<Completed>((resolve) => {
      const settle = (exitCode: number | null): void => {
        children.delete(child);
        resolve({ command, exitCode, stdout: '', stderr, elapsedMs: 0 });
      };
      child.on('close', settle);
      child.on('error', (error) => {
        stderr += error.message;
        settle(127);
      });
    });
    return Promise.resolve({
      lines: createInterface({ input: child.stdout }),
      write: (text) => void child.stdin.write(text),
      end: () => void child.stdin.end(),
      ended,
      [Symbol.asyncDispose]: async () => {
        child.kill('SIGKILL');
        await ended;
      },
    });
  };
  return {
    device: 'here',
    open,
    run: async (command) => {
      const channel = await open(command);
      channel.end();
      const lines: string[] = [];
      for await (const line of channel.lines) lines.push(line);
      return { ...(await channel.ended), stdout: lines.join('\n') };
    },
    closed: new Promise(() => undefined),
    [Symbol.asyncDispose]: () => {
      for (const child of children) child.kill('SIGKILL');
      return Promise.resolve();
    },
  };
};

export interface Pair extends AsyncDisposable {
  readonly here: Session;
  readonly there: Session;
}

/** Two namespaces with two cables, eth1 and eth2; `here` is 10.7.0.1 and fd07::1, and `there` 10.7.0.2 and fd07::2, on eth1. */
const build = `
set -e
mount -t sysfs none /sys
mount -t tmpfs none /run
ip netns add there
for nic in eth1 eth2; do
  ip link add $nic type veth peer name $nic netns there
  ip link set $nic up
  ip -n there link set $nic up
done
ip addr add 10.7.0.1/24 dev eth1
ip -n there addr add 10.7.0.2/24 dev eth1
ip addr add fd07::1/64 dev eth1
ip -n there addr add fd07::2/64 dev eth1
echo $$
cat
`;

/** A reason in words where this machine lets nobody make namespaces. They live as long as their holder, which ends with its input. */
export const openPair = async (): Promise<Pair | string> => {
  const holder = await localSession().open({ argv: ['unshare', '-Urnm', '--kill-child', 'sh', '-c', build] });
  const first = await holder.lines[Symbol.asyncIterator]().next();
  if (first.done) return (await holder.ended).stderr.trim() || 'unshare ended without a word';
  const enter = ['nsenter', '-t', first.value, '-U', '-n', '-m', '--preserve-credentials'];
  const [here, there] = [localSession(enter), localSession([...enter, 'ip', 'netns', 'exec', 'there'])];
  return {
    here,
    there,
    [Symbol.asyncDispose]: async () => {
      await here[Symbol.asyncDispose]();
      await there[Symbol.asyncDispose]();
      holder.end();
      await holder.ended;
    },
  };
};
