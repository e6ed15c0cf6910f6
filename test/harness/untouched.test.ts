// A look touches nothing: each command that `check` and `recover` ask a device with, on real kernels, twice over.
//
// First without the right or the means to change anything: as a root without capabilities, every file system read-only. The answer is
// the one that a root with all rights gets, so nothing that a look could change does it need. That alone would miss an attempt that
// fails quietly, or one that the look makes only where it may. So, second, traced: no file is opened for writing but /dev/null, nothing
// is made, moved, removed or given other rights, and nothing but questions (RTM_GET*) goes to rtnetlink. Where corosync or systemd run,
// their own tools talk with them over their sockets, and corosync's over shared memory below /dev/shm; that is theirs, and not looked at.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import test from 'ava';
import type { ExecutionContext } from 'ava';

import { nicState } from '../../src/faults/netem.ts';
import { preflight } from '../../src/harness/preflight.ts';
import { tracesOf } from '../../src/harness/recovery.ts';
import type { Command, Query } from '../../src/model/command.ts';
import { localSession } from '../agent/local-session.ts';
import { paperLab } from './paper-lab.ts';
import { sectionsOf, textOf } from './paper-survey.ts';

/** Everything that a look asks, by name: what preflight sends to a node and to the switch, and what recovery and the comparison ask. */
const looks = async (): Promise<ReadonlyMap<string, Command>> => {
  const asked = new Map<string, Command>();
  const nameOf = ({ argv }: Command): string => argv.find((word) => word.startsWith('bondproof-')) ?? argv.join(' ');
  const ask = async <Answer>(device: string, query: Query<Answer>): Promise<Answer> => {
    asked.set(nameOf(query.command), query.command);
    const node = paperLab.nodes.find(({ name }) => name === device);
    return Promise.resolve(query.parse(node ? textOf(sectionsOf(paperLab, node)) : JSON.stringify(paperLab.links.map(({ port }) => ({ ifname: port, flags: ['UP', 'LOWER_UP'] })))));
  };
  await preflight(paperLab, { ask }, null, { today: '2026-11-25' });
  for (const command of [tracesOf.command, nicState('eth1')]) asked.set(nameOf(command), command);
  return asked;
};

/** A device with NICs, a root qdisc of somebody's, and a way back, the same each time. Its /run is its own. */
const device = `
mount -t sysfs none /sys
mount -t tmpfs none /run
for n in 1 2; do
  ip link add name eth$n address 02:00:00:00:00:0$n type veth peer name far$n address 02:00:00:00:00:1$n
  for nic in eth$n far$n; do ip link set $nic addrgenmode none; ip link set $nic up; done
done
ip link set lo up
ip addr add 10.7.0.1/24 dev eth1
tc qdisc add dev eth2 root handle 7: htb default 1
`;

const session = localSession(['unshare', '-Urnm', 'sh', '-euc', `${device}\nexec "$@"`, 'sh'], { SSH_CONNECTION: '10.7.0.2 50022 10.7.0.1 22', LC_ALL: 'C' });

const powerless = `
while read -r _ _ _ _ place _; do mount -o bind,remount,ro "$place" 2> /dev/null || :; done < /proc/self/mountinfo
if true 2> /dev/null > /run/x; then echo 'still writable'; exit 1; fi
exec setpriv --bounding-set=-all --inh-caps=-all --ambient-caps=-all --no-new-privs "$@"
`;

const run = async (argv: readonly string[]): Promise<{ readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }> => session.run({ argv }, { timeoutMs: 60_000 });

/** Where namespaces cannot be made, or a program is not there, the test says so and is left out. */
const unlessMissing = async (t: ExecutionContext, program: string, body: () => Promise<void>): Promise<void> => {
  const { exitCode, stderr } = await run(['sh', '-c', `command -v ${program}`]);
  if (exitCode === 0) return body();
  t.log(`LEFT OUT, this machine cannot do it: ${stderr || `there is no ${program}`}`);
  t.pass();
};

test.serial('without capabilities and with nothing that can be written, a look sees the same', async (t) => unlessMissing(t, 'setpriv', async () => {
  const bare = await run(['sh', '-euc', powerless, 'sh', 'ip', 'link', 'set', 'eth1', 'down']);
  t.not(bare.exitCode, 0);
  t.regex(bare.stderr, /Operation not permitted/);
  for (const [name, { argv }] of await looks()) {
    const [free, bound] = [await run(argv), await run(['sh', '-euc', powerless, 'sh', ...argv])];
    t.deepEqual([bound.exitCode, bound.stdout], [free.exitCode, free.stdout], name);
    if (name === 'bondproof-survey') t.true(free.stdout.includes('"kind":"htb"') && free.stdout.includes('"prefsrc":"10.7.0.1"'), free.stdout);
  }
}));

/** System calls that make, move, remove or change a file, load a module, or change what is the machine's. */
const changing = [
  'creat', 'mkdir', 'mkdirat', 'rmdir', 'unlink', 'unlinkat', 'rename', 'renameat', 'renameat2', 'link', 'linkat', 'symlink', 'symlinkat', 'mknod', 'mknodat', 'truncate', 'ftruncate',
  'chmod', 'fchmod', 'fchmodat', 'chown', 'fchown', 'lchown', 'fchownat', 'utime', 'utimes', 'futimesat', 'utimensat', 'setxattr', 'lsetxattr', 'fsetxattr', 'removexattr', 'lremovexattr',
  'mount', 'umount2', 'move_mount', 'mount_setattr', 'pivot_root', 'init_module', 'finit_module', 'delete_module', 'bpf', 'kexec_load', 'reboot', 'sethostname', 'setdomainname',
  'settimeofday', 'clock_settime', 'adjtimex', 'clock_adjtime', 'swapon', 'swapoff', 'kill', 'tgkill', 'ptrace',
] as const;
const looked = ['open', 'openat', 'openat2', 'write', 'writev', 'pwrite64', 'pwritev', 'sendfile', 'splice', 'sendto', 'sendmsg', 'sendmmsg', 'ioctl', 'execve', 'execveat'] as const;

const readers = ['sh', 'ip', 'tc', 'uname', 'sed', 'grep', 'cat', 'zcat', 'gzip', 'stat', 'modprobe', 'kmod', 'corosync', 'corosync-cmapctl', 'corosync-quorumtool', 'systemctl'];

/** What in a trace (strace -f -yy) is no look; none for a good one. */
const touches = (trace: string): readonly string[] => {
  const programs = new Map<string, string>();
  return trace.split('\n').flatMap((line): readonly string[] => {
    const [, pid = '', call = '', args = ''] = /^(\d+) +(\w+)\((.*)/s.exec(line) ?? [];
    if (call === '') return []; // a call that goes on, or the end of a process
    const said = `${programs.get(pid) ?? '?'}: ${line.slice(0, 300)}`;
    if (call.startsWith('exec')) {
      const program = /"([^"]*)"/.exec(args)?.[1]?.split('/').at(-1) ?? '';
      programs.set(pid, program);
      return readers.includes(program) || program === 'bash' || program === 'dash' ? [] : [said];
    }
    if ((changing as readonly string[]).includes(call)) return [said];
    if (call.startsWith('open')) return /\bO_(?:WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)\b/.test(args) && !/, "\/dev\/null",/.test(args) ? [said] : [];
    if (call === 'ioctl') return /, (?:TCGETS|TIOCG\w+|SIOCG\w+|FION\w+)\b/.test(args) ? [] : [said];
    const fd = /^\d+<(.*?)[:>]/.exec(args)?.[1] ?? '';
    if (call.startsWith('send') && call !== 'sendfile') {
      if (fd.startsWith('UNIX')) return /^(?:corosync-\w+|systemctl)$/.test(programs.get(pid) ?? '') ? [] : [said];
      // iproute2 sends zeros behind some questions, which the kernel takes for no message (netlink(7), NLMSG_OK).
      const kinds = [...args.matchAll(/nlmsg_len=(\d+), nlmsg_type=(\w+)/g)].filter(([, length]) => length !== '0').map(([, , kind]) => kind!);
      return fd === 'NETLINK' && kinds.length > 0 && kinds.every((kind) => /^RTM_GET[A-Z]+$/.test(kind)) ? [] : [said];
    }
    return /^(?:pipe|UNIX|UNIX-STREAM|\/dev\/null)/.test(fd) ? [] : [said];
  });
};

const traced = async (argv: readonly string[]): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), 'bondproof-trace-'));
  const file = join(folder, 'trace');
  try {
    const { stderr } = await run(['strace', '-f', '-qq', '-yy', '-s', '64', '-e', 'signal=none', '-e', `trace=${[...changing, ...looked].map((name) => `?${name}`).join(',')}`, '-o', file, ...argv]);
    if (!existsSync(file) || readFileSync(file, 'utf8') === '') throw new Error(`nothing was traced: ${stderr}`);
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
};

test.serial('traced, a look opens nothing for writing and sends the kernel nothing but questions', async (t) => unlessMissing(t, 'strace', async () => {
  let calls = 0;
  let questions = 0;
  for (const [name, { argv }] of await looks()) {
    const trace = await traced(argv);
    calls += trace.split('\n').length;
    questions += [...trace.matchAll(/nlmsg_type=RTM_GET/g)].length;
    t.deepEqual(touches(trace), [], name);
  }
  t.true(questions > 10);
  t.log(`${calls} system calls looked at, ${questions} questions to rtnetlink, no touch`);
}));

const hands: Readonly<Record<string, string>> = {
  'a file is written': 'echo x > /run/x',
  'a file is written at its end': ': >> /run/x',
  'a folder is made': 'mkdir /run/x',
  'a file is removed that is not there': 'rm -f /nonexistent/x; unlink /nonexistent/x',
  'a link is changed': 'ip link set lo down',
  'a qdisc is made': 'tc qdisc add dev eth1 root handle b0d: pfifo',
  'a qdisc is made that cannot be': 'tc qdisc add dev nowhere root pfifo; tc qdisc add dev eth1 root nonsense; tc qdisc del dev lo root',
  'an address is added': 'ip addr add 10.9.9.9/32 dev lo',
  'a link is shown in the way that begins with RTM_NEWLINK': 'ip link show',
  'another program runs': 'env true',
  'somebody is told to end': 'kill -0 $$',
};

test.serial('whatever does touch is seen by the same eyes', async (t) => unlessMissing(t, 'strace', async () => {
  for (const [what, script] of Object.entries(hands)) t.not(touches(await traced(['sh', '-c', script])).length, 0, what);
}));
