// A device in namespaces of its own on this machine: a plain user's ssh, the real sudo, and a root whose files are not this machine's.

import type { Command } from '../../src/model/command.ts';
import type { Session } from '../../src/model/session.ts';
import { localSession } from '../agent/local-session.ts';
import { serveSsh, type ServedSsh } from '../transport/served-ssh.ts';

export interface PrivateDevice extends AsyncDisposable {
  /** Root's own session, past ssh and sudo. */
  readonly root: Session;
  /** An ssh server that runs what it is told as the user, by the forced command of the user's key where that has one. */
  serve(user: string): Promise<ServedSsh>;
}

/** Everything that the device's root may write to lies in a tmpfs; who is set up there does not exist on this machine. */
const build = `
set -e
upper=/mnt
mount -t tmpfs none $upper
for folder in etc usr/local var/lib; do
  mkdir -p $upper/$folder/new $upper/$folder/work
  mount -t overlay none -o "lowerdir=/$folder,upperdir=$upper/$folder/new,workdir=$upper/$folder/work" "/$folder"
done
mount -t tmpfs none /run
mount -t sysfs none /sys
mkdir -p /etc/network
for nic in eth1 eth2; do ip link add $nic type veth peer name far-$nic; ip link set $nic up; ip link set far-$nic up; done
# What sites have: both would be in the way.
echo 'Defaults requiretty, use_pty' > /etc/sudoers.d/site
chmod 440 /etc/sudoers.d/site
visudo -q -c
echo $$
cat
`;

/** A reason in words where this machine cannot: no root, no sudo, no namespaces. */
export const openDevice = async (): Promise<PrivateDevice | string> => {
  if (process.getuid?.() !== 0) return 'only root may let sudo act in namespaces of its own';
  const holder = await localSession().open({ argv: ['unshare', '-mn', '--kill-child', 'sh', '-c', build] });
  const first = await holder.lines[Symbol.asyncIterator]().next();
  if (first.done) return (await holder.ended).stderr.trim() || 'unshare ended without a word';
  const enter = ['nsenter', '-t', first.value, '-m', '-n', '--'];
  const root = localSession(enter);
  return {
    root,
    async serve(user) {
      const keys = await root.run({ argv: ['sh', '-c', 'cat /var/lib/bondproof/.ssh/authorized_keys 2> /dev/null || true'] }, { timeoutMs: 60_000 });
      const forced = /command="([^"]*)"/.exec(keys.stdout)?.[1];
      return serveSsh({
        shell: (line) => [
          'nsenter', ...enter.slice(1), 'setpriv', '--reuid', user, '--regid', user, '--clear-groups', '--',
          // As sshd sets it up: sshd(8), LOGIN PROCESS; the forced command instead of the line.
          'env', '-i', 'PATH=/usr/local/bin:/usr/bin:/bin', 'SSH_CONNECTION=192.0.2.1 50000 192.0.2.11 22', ...forced === undefined ? [] : [`SSH_ORIGINAL_COMMAND=${line}`], 'sh', '-c', forced ?? line,
        ],
      });
    },
    async [Symbol.asyncDispose]() {
      await root[Symbol.asyncDispose]();
      holder.end();
      await holder.ended;
    },
  };
};

/** Root's command on the device; throws what it said when it failed. */
export const asRoot = async ({ root }: PrivateDevice, text: string): Promise<string> => {
  const command: Command = { argv: ['sh', '-euc', text] };
  const { exitCode, stdout, stderr } = await root.run(command, { timeoutMs: 60_000 });
  if (exitCode !== 0) throw new Error(`${text.slice(0, 200)}: exit ${exitCode}: ${stderr}`);
  return stdout;
};
