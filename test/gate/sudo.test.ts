// The real sudo with the rule and the gate that `bondproof gate` prints: a plain user's session does all that bondproof needs, and nothing else.

import ava, { type ExecutionContext } from 'ava';

import { startAgent } from '../../src/agent/agent.ts';
import { HoldLost, startHold } from '../../src/agent/holder.ts';
import { nicState, planNetem } from '../../src/faults/netem.ts';
import { gateOf, placing, type Gate } from '../../src/gate/gate.ts';
import { writeInterfaces } from '../../src/harness/configuration.ts';
import { disarmUndo, undoText } from '../../src/harness/guard.ts';
import { holdPlan } from '../../src/harness/injection.ts';
import { agentConfig } from '../../src/harness/observer.ts';
import { undoTraces } from '../../src/harness/recovery.ts';
import { surveyOf } from '../../src/harness/survey.ts';
import type { Command } from '../../src/model/command.ts';
import { exitCodes, Problem } from '../../src/model/problem.ts';
import { SessionError, type Session } from '../../src/model/session.ts';
import { publicLine } from '../../src/transport/key.ts';
import { shellText } from '../../src/transport/quote.ts';
import { gatePath } from '../../src/transport/sudo.ts';
import { realClock } from '../../src/worlds/real-clock.ts';
import { simulatedLab as lab } from '../simulated/world.ts';
import { connectTo, long } from '../transport/connecting.ts';
import { generateKey, type ServedSsh } from '../transport/served-ssh.ts';
import { asRoot, openDevice, type PrivateDevice } from './private-device.ts';

// One device at a time: each is a whole set of namespaces.
const test = ava.serial;

const user = 'bondproof';
const pve1 = lab.nodes[0]!;
const gate = gateOf(lab, 'pve1');
const interfaces = 'auto bond0\niface bond0 inet static\n\taddress 10.10.10.1/24\n\tbond-slaves eth1 eth2\n\tbond-miimon 100\n\tbond-mode active-backup\n';

/** Does what `bondproof gate` tells an administrator to do. */
const place = async (device: PrivateDevice, { publicKey = null, what = gate }: { readonly publicKey?: string | null; readonly what?: Gate } = {}): Promise<void> => {
  await asRoot(device, placing(what, { user, publicKey }));
};

const onDevice = async (t: ExecutionContext, body: (device: PrivateDevice) => Promise<void>): Promise<void> => {
  const device = await openDevice();
  if (typeof device === 'string') {
    t.log(`LEFT OUT, this machine cannot do it: ${device}`);
    t.pass();
    return;
  }
  await using open = device;
  await asRoot(open, `printf %s ${shellText([interfaces])} > /etc/network/interfaces`);
  await body(open);
};

const connected = (served: ServedSsh, name = gate.name): Promise<Session> => connectTo(served, { login: { ...served.login, user }, gate: name });

const exitOf = async (session: Session, command: Command): Promise<number | null> => (await session.run(command, long)).exitCode;

test('visudo accepts the rule, and all that was placed is root’s, in a second time too', async (t) => onDevice(t, async (device) => {
  const publicKey = publicLine(generateKey())!;
  for (let time = 0; time < 2; time += 1) await place(device, { publicKey });
  t.regex(await asRoot(device, 'visudo -c'), /\/etc\/sudoers.d\/bondproof: parsed OK/);
  t.is(await asRoot(device, `stat -c '%U %G %a %n' ${gatePath} /etc/sudoers.d/bondproof ~${user} ~${user}/.ssh ~${user}/.ssh/authorized_keys`), [
    `root root 755 ${gatePath}`, 'root root 440 /etc/sudoers.d/bondproof', 'root root 755 /var/lib/bondproof', 'root root 755 /var/lib/bondproof/.ssh', 'root root 644 /var/lib/bondproof/.ssh/authorized_keys',
  ].join('\n'));
  t.is(await asRoot(device, `cat ~${user}/.ssh/authorized_keys`), `restrict,command="sudo -n -- ${gatePath} ssh" ${publicKey}`);
}));

for (const [what, publicKey] of [['a shell', null], ['a key that is forced to the gate', publicLine(generateKey())]] as const) {
  test(`a user with ${what} asks and changes what a trial needs`, async (t) => onDevice(t, async (device) => {
    await place(device, { publicKey });
    await using served = await device.serve(user);
    await using session = await connected(served);

    const survey = surveyOf({ bond: 'bond0', address: '10.10.10.1' });
    const seen = survey.parse((await session.run(survey.command, long)).stdout);
    t.is(seen.interfaces, interfaces);
    t.is(seen.wayBack.local, '192.0.2.11', 'it knows how it is reached');
    t.true(seen.links.some(({ ifname }) => ifname === 'eth2'));

    t.is(await exitOf(session, nicState('eth1')), 0);
    for (const { command, accept } of [...planNetem({ ...lab.links[0]! }, 100).revert, ...undoTraces('pve1', { tokens: ['x'], nics: ['eth1'], ingress: ['eth1'], lease: [] })]) {
      t.true((accept ?? [0]).includes((await exitOf(session, command))!), command.argv.join(' '));
    }
    t.is(await exitOf(session, disarmUndo('x')), 0);

    const hook = await session.run(writeInterfaces(pve1, `${interfaces}\tup id\n`).command, long);
    t.like(hook, { exitCode: 126, stdout: '' });
    t.regex(hook.stderr, /^bondproof-gate: refused: \/etc\/network\/interfaces would differ in more than options of bond0: /);
    t.is(await asRoot(device, 'cat /etc/network/interfaces; echo .'), `${interfaces}.`);
    const other = interfaces.replace('active-backup', 'balance-rr');
    await session.run(writeInterfaces(pve1, other).command, long); // whether ifup is here or not
    t.is(await asRoot(device, 'cat /etc/network/interfaces; echo .'), `${other}.`);
  }));
}

test('the agent runs behind the gate, and ends with its session', async (t) => onDevice(t, async (device) => {
  await place(device);
  await using served = await device.serve(user);
  const session = await connected(served);
  const agent = await startAgent(session, agentConfig(lab, pve1));
  t.like(agent.hello, { kind: 'hello' });
  agent.order({ order: 'ping', id: 7 });
  for await (const message of agent.messages) if (message.kind === 'pong') {
    t.is(message.id, 7);
    break;
  }
  const pids = `[ -e /proc/${agent.hello.pid} ] && echo runs || echo over`;
  t.is(await asRoot(device, pids), 'runs');
  await session[Symbol.asyncDispose]();
  served.cut();
  const end = Date.now() + 20_000;
  while (await asRoot(device, pids) !== 'over' && Date.now() < end);
  t.is(await asRoot(device, pids), 'over');
}));

test('the holder runs behind the gate, and what it holds goes with its session', async (t) => onDevice(t, async (device) => {
  const missing = await device.root.run({ argv: ['sh', '-euc', 'exec 3<> /dev/net/tun; nft "create table netdev x; add chain netdev x out { type filter hook egress device eth1 priority 0; }; delete table netdev x"'] }, long);
  if (missing.exitCode !== 0) {
    t.log(`LEFT OUT, this machine cannot do it: ${missing.stderr}`);
    t.pass();
    return;
  }
  await place(device);
  await using served = await device.serve(user);
  await using session = await connected(served);
  const parts = { stage: [['lease', 'stage', 'eth1']], apply: [['lease', 'apply', 'eth1', '100%']] };
  const plan = { token: 'test', what: 'lease of eth1', since: 'now', undo: '', parts };
  const hold = await startHold(session, plan, { clock: realClock, leaseMs: 20_000, capMs: 60_000, manager: 'kernel' });
  for (const part of ['stage', 'apply']) t.deepEqual((await hold.run(part)).map(({ exitCode, said }) => [exitCode, said]), [[0, '']]);
  t.regex(await asRoot(device, 'nft list set netdev bondproof lease'), /"eth1" (?:timeout|expires)/);
  await hold.answers({ timeoutMs: 20_000 });
  await hold[Symbol.asyncDispose]();
  const end = Date.now() + 20_000;
  while (await asRoot(device, 'nft list tables') !== '' && Date.now() < end);
  t.is(await asRoot(device, 'nft list tables'), '');

  const elsewhere = startHold(session, { ...plan, parts: { ...parts, stage: [['lease', 'stage', 'lo']] } }, { clock: realClock, leaseMs: 20_000, capMs: 60_000, manager: 'kernel' });
  await t.throwsAsync(elsewhere, { message: /bondproof-gate: refused: the plan of a fault is none of bondproof for this lab/ });
}));

test('a holder under a service manager gets through the gate with its whole plan, and is over where there is no such manager', async (t) => onDevice(t, async (device) => {
  await place(device);
  await using served = await device.serve(user);
  await using session = await connected(served);
  const change = planNetem(lab.links[0]!, 100);
  const plan = { ...holdPlan({ token: 'test', what: 'x', openedAt: 'now' }, change, { device: 'pve1', undo: undoText('test', change.revert) }) };
  const holding = { clock: realClock, leaseMs: 5000, capMs: 60_000 };
  const held = await t.throwsAsync(startHold(session, plan, holding), { instanceOf: HoldLost });
  t.regex(held.message, /its holder did not start: .*(?:systemd|bus)/i); // /run is empty here: no service manager can be reached
  const without = await t.throwsAsync(startHold(session, { ...plan, undo: '' }, holding), { instanceOf: HoldLost });
  t.regex(without.message, /its holder did not start: bondproof-gate: refused: the plan of a fault is none of bondproof for this lab/);
}));

test('a command that hangs is ended on the device, as root’s', async (t) => onDevice(t, async (device) => {
  await place(device);
  await asRoot(device, 'mkdir -m 700 /run/bondproof; echo "echo \\$\\$ > /run/bondproof/pid; exec sleep 1000" > /run/bondproof/hangs.undo');
  await using served = await device.serve(user);
  await using session = await connected(served);
  const [hangs] = undoTraces('pve1', { tokens: ['hangs'], nics: [], ingress: [], lease: [] });
  await t.throwsAsync(session.run(hangs!.command, { timeoutMs: 3000 }), { instanceOf: SessionError, message: /did not end within 3000 ms$/ });
  const over = 'pid=$(cat /run/bondproof/pid); [ -e /proc/$pid ] && echo runs || echo over';
  const end = Date.now() + 20_000;
  while (await asRoot(device, over) !== 'over' && Date.now() < end);
  t.is(await asRoot(device, over), 'over');
}));

const notAllowed: readonly string[] = [
  'sudo -n sh -c id', 'sudo -n python3 -c 1', 'sudo -n tc qdisc show', 'sudo -n -i', 'sudo -n -s id', 'sudo -n -l sh', 'sudo -n -u nobody GATE about', 'sudo -n -g root GATE about', 'sudo -n -E GATE about',
  'sudo -n PYTHONPATH=/tmp GATE about', 'sudo -n LD_PRELOAD=/tmp/x GATE about', 'sudo -n PATH=/tmp GATE about', 'sudo -n -C 9 GATE about', 'sudo -n -D /tmp GATE about', 'sudo -n -R /tmp GATE about',
  'sudo -n -e /etc/shadow', 'ln -s GATE /tmp/bondproof-link; sudo -n /tmp/bondproof-link about; c=$?; rm /tmp/bondproof-link; exit $c', 'cp GATE /tmp/bondproof-copy; sudo -n /tmp/bondproof-copy about; c=$?; rm /tmp/bondproof-copy; exit $c',
];

const refusedByGate: readonly string[] = ['', 'sh -c id', 'tc qdisc show', "python3 -c 'print(1)'", 'about about', 'ssh', 'timeout -k 1 5 sh', "sh -c 'corosync-quorumtool -si; [ $? -le 2 ]' x", 'tc qdisc del dev lo root handle b0d:', 'tc qdisc add dev eth1 root handle b0d: netem loss 0%'];

test('everything else is refused, by sudo or by the gate', async (t) => onDevice(t, async (device) => {
  await place(device);
  await using served = await device.serve(user);
  await using session = await connectTo(served, { login: { ...served.login, user } }); // a thief's: the shell itself
  const shell = async (text: string): Promise<{ readonly exitCode: number | null; readonly stderr: string }> => session.run({ argv: ['sh', '-c', text.replaceAll('GATE', gatePath)] }, long);
  t.is((await shell(`sudo -n GATE about`)).exitCode, 0);
  for (const text of notAllowed) {
    const { exitCode, stderr } = await shell(text);
    t.true(exitCode !== 0 && /^sudo: |^usage: /m.test(stderr) && !stderr.includes('bondproof-gate: '), `${text}: exit ${exitCode}: ${stderr}`);
  }
  for (const text of refusedByGate) {
    const { exitCode, stderr } = await shell(`sudo -n -- GATE ${text}`);
    t.is(exitCode, 126, text);
    t.regex(stderr, /^bondproof-gate: refused: no command of bondproof for this lab: .*\n$/, text);
  }
  t.is(await asRoot(device, 'tc qdisc show dev eth1 | grep -c b0d || true'), '0');
}));

test('a forced key gives no shell, and takes a line for nothing but a command of the gate', async (t) => onDevice(t, async (device) => {
  await place(device, { publicKey: publicLine(generateKey()) });
  await using served = await device.serve(user);
  await using thief = await connectTo(served, { login: { ...served.login, user } });
  for (const argv of [['id'], ['sh'], ['sudo', '-n', '--', gatePath, 'sh'], ['sh', '-c', `LC_ALL=C exec sudo -n -- ${gatePath} about`]]) {
    t.is(await exitOf(thief, { argv }), 126, argv.join(' '));
  }
}));

const amiss: readonly (readonly [what: string, spoil: (device: PrivateDevice) => Promise<unknown>, found: RegExp])[] = [
  ['no rule', async (device) => asRoot(device, 'rm /etc/sudoers.d/bondproof'), /^sudo: sorry, you must have a tty to run sudo: \/etc\/sudoers.d\/bondproof has no rule for this user/],
  ['no gate', async (device) => asRoot(device, `rm ${gatePath}`), /^sudo: a password is required: .* is not there/],
  ['a gate with one letter changed', async (device) => asRoot(device, `sed -i 's/126/127/' ${gatePath}`), /^sudo: a password is required: .* not the one that the rule names$/],
  ['the gate of another lab', async (device) => place(device, { what: gateOf({ ...lab, cluster: 'other', nodes: lab.nodes.map((node) => ({ ...node, bond: 'bond7' })) }, 'pve1') }), /^the gate there is of another lab file, or of another version of bondproof$/],
  ['no sudo', async (device) => asRoot(device, 'mount --bind /dev/null /usr/bin/sudo'), /^it ended with exit code 12[67]: /],
];
for (const [what, spoil, found] of amiss) {
  test(`one problem that says what to do: ${what}`, async (t) => onDevice(t, async (device) => {
    await place(device);
    await using served = await device.serve(user);
    await (await connected(served))[Symbol.asyncDispose]();
    await spoil(device);
    const error = await t.throwsAsync(connected(served), { instanceOf: Problem });
    t.is(error.parts.asked, `connect to pve1 (bondproof@127.0.0.1:${served.port}) and run commands through sudo`);
    t.regex(error.parts.found, found);
    t.is(error.parts.todo, 'as root on pve1, run what `bondproof gate` with this lab file and pve1 prints');
    t.is(error.parts.exitCode, exitCodes.device);
  }));
}
