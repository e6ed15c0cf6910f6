// Ports of a managed switch in a form for a while, against scripted devices behind a real ssh: written down, armed, taken back, proven; and each way in which that ends early.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import ava from 'ava';

import { differingLines } from '../../src/harness/differing-lines.ts';
import { planForm, spareS, type FormPlan } from '../../src/harness/form-plan.ts';
import { recoverForms } from '../../src/harness/form-recovery.ts';
import { putInForm } from '../../src/harness/switch-form.ts';
import { reconcile } from '../../src/harness/reconciliation.ts';
import type { Devices } from '../../src/harness/devices.ts';
import { linesOf } from '../../src/model/conversation.ts';
import { exitCodes, Problem } from '../../src/model/problem.ts';
import type { PortsConfig } from '../../src/model/scenario.ts';
import { managedDialects } from '../../src/switches/index.ts';
import { aoscx, benchAt, eos, labAt, nxos, type FormBench, type FormDevice } from './form-devices.ts';

// One after the other: devices share this process and its machine.
const test = ava.serial;

const fast: PortsConfig = { kind: 'lacp', rate: 'fast' };
const planAt = (at: FormDevice, { lab }: Pick<FormBench, 'lab'>): FormPlan => planForm(lab, at.dialect, { ports: fast, forS: 60 });
const sentOf = (plan: FormPlan): readonly string[] => plan.arm.flatMap(linesOf);
const open = async ({ journal }: FormBench): Promise<number> => (await journal.read()).entries.length;
/** Gone, as by SIGKILL: its connections with it, and nothing of it goes on. */
const killed = (bench: FormBench): void => bench.device.cut();

test('written down first, then armed, then in force; taken back when told, the same lines as before, and nothing is confirmed', async (t) => {
  await using bench = await benchAt(eos);
  const plan = planAt(eos, bench);
  const { device } = bench;
  const inForce = await putInForm(plan, bench.order());
  t.is(bench.opened.length, 1);
  const { entry, heard } = bench.opened[0]!;
  // Only questions came before it; then what arms it, and whether it is armed.
  t.true(device.heard.slice(0, heard).every((line) => /^(?:show|terminal) /.test(line)), device.heard.join('\n'));
  t.deepEqual(device.heard.slice(heard, heard + sentOf(plan).length), sentOf(plan));
  t.is(sentOf(plan).at(-1), 'commit timer 00:04:00');
  t.notDeepEqual(device.state.running, eos.kind.before);
  t.is(device.state.deadMan?.atS, 60 + spareS);
  t.like(entry, { kind: 'form', revert: [{ device: 'sw1', command: { argv: ['configure session bondproof abort'] } }], form: { device: 'sw1', dialect: 'arista-eos', backBy: '2026-01-01T00:06:02.000Z' } });
  t.deepEqual((await inForce.aggregates()).map(({ name, rate }) => [name, rate]), [['Port-Channel11', 'fast'], ['Port-Channel12', 'fast']]);
  await inForce.takeBack();
  t.deepEqual(device.state.running, eos.kind.before);
  t.is(device.state.deadMan, null);
  t.is(await open(bench), 0);
  t.deepEqual(bench.slept, []);
  t.false(device.heard.some((line) => /commit$|confirm|^write|^copy/.test(line)));
});

test('what is written down has no secret of the configuration, and only its owner reads it', async (t) => {
  await using bench = await benchAt(eos);
  const inForce = await putInForm(planAt(eos, bench), bench.order());
  const [name = ''] = readdirSync(bench.folder);
  const text = readFileSync(join(bench.folder, name), 'utf8');
  t.true(text.includes('username admin privilege 15 secret …'), text);
  t.false(text.includes('hunter2'));
  await inForce.takeBack();
});

test('when the time is up the switch has taken it back by itself, and taking it back is no harm', async (t) => {
  await using bench = await benchAt(eos);
  const inForce = await putInForm(planAt(eos, bench), bench.order());
  bench.device.pass(60 + spareS);
  t.deepEqual(bench.device.state.running, eos.kind.before);
  await inForce.takeBack();
  t.deepEqual(bench.device.state.running, eos.kind.before);
  t.is(await open(bench), 0);
});

for (const [when, passes] of [['before the time is up', 30], ['when the time is up', 10_000]] as const) {
  test(`killed while it is in force, recovered ${when}: as before, and closed`, async (t) => {
    await using bench = await benchAt(eos);
    await putInForm(planAt(eos, bench), bench.order());
    killed(bench);
    bench.device.pass(passes);
    t.is(await open(bench), 1);
    t.deepEqual((await recoverForms(bench.lab, eos.dialect, bench.order())).map(({ what }) => what), ['the ports of sw1 were put into form lacp fast']);
    t.deepEqual(bench.device.state.running, eos.kind.before);
    t.is(await open(bench), 0);
    t.deepEqual(bench.slept, []);
    t.deepEqual(await recoverForms(bench.lab, eos.dialect, bench.order()), []);
  });
}

for (const at of [eos, aoscx]) {
  test(`${at.dialect.name}: killed after the first of its lines, half or all but the last, recovery sees it taken back, and closes`, async (t) => {
    const lines = sentOf(planForm(labAt(at), at.dialect, { ports: fast, forS: 60 }));
    for (const count of [1, lines.length >> 1, lines.length - 1]) {
      await using bench = await benchAt(at);
      const inForce = await putInForm(planAt(at, bench), bench.order());
      const { entry } = bench.opened[0]!;
      await inForce.takeBack();
      const session = await bench.device.session(at.dialect.conversation!);
      const nowMs = Date.UTC(2026, 0, 1) + bench.device.state.nowS * 1000;
      await bench.journal.open({ ...entry, openedAt: new Date(nowMs).toISOString(), form: { ...entry.form!, backBy: new Date(nowMs + 420_000).toISOString() } });
      for (const line of lines.slice(0, count)) await session.run({ argv: [line] }, { timeoutMs: 60_000 });
      killed(bench);
      await recoverForms(bench.lab, at.dialect, bench.order());
      t.deepEqual(bench.device.state.running, at.kind.before, `after ${count} of ${lines.length} lines`);
      t.is(await open(bench), 0);
    }
  });
}

test('a switch that cannot be told to hurry: one waits until its time is up, and looks then', async (t) => {
  await using bench = await benchAt(aoscx);
  const plan = planAt(aoscx, bench);
  t.is(plan.arm[0]!.argv[0], 'checkpoint auto 4');
  t.deepEqual(plan.back, []);
  const inForce = await putInForm(plan, bench.order());
  await inForce.takeBack();
  t.deepEqual(bench.device.state.running, aoscx.kind.before);
  // The time for arming, of the dead man, and by which that may be late.
  t.is(bench.slept.reduce((sum, ms) => sum + ms, 0), (120 + 240 + 60) * 1000);
  t.is(bench.device.heard.filter((line) => line === 'show running-config').length, 2);
  t.regex(bench.told.join('\n'), /sw1 takes it back by itself, within 420 s/);
});

test('a configuration that does not come back: the lines are told without secrets, it stays open, and is closed when somebody has mended it', async (t) => {
  await using bench = await benchAt(eos);
  const inForce = await putInForm(planAt(eos, bench), bench.order());
  const { state } = bench.device;
  const changed = [...eos.kind.before.filter(({ line }) => line !== 'description node'), { where: 'interface Ethernet9', line: 'shutdown' }, { where: '', line: 'snmp-server community hunter2 rw' }];
  Object.assign(state, { deadMan: { before: changed, atS: state.deadMan!.atS } });
  const problem = await t.throwsAsync(inForce.takeBack(), { instanceOf: Problem });
  t.is(problem.parts.exitCode, exitCodes.device);
  t.regex(problem.message, /- interface Port-Channel11 > description node\n/);
  t.regex(problem.message, /\+ interface Ethernet9 > shutdown/);
  t.regex(problem.message, /\+ snmp-server community … rw/);
  t.false(problem.message.includes('hunter2'));
  t.is(await open(bench), 1);
  // Nothing else is begun.
  const refused = await t.throwsAsync(putInForm(planAt(eos, bench), bench.order()), { instanceOf: Problem });
  t.is(refused.parts.exitCode, exitCodes.busy);
  await t.throwsAsync(recoverForms(bench.lab, eos.dialect, bench.order()), { instanceOf: Problem });
  Object.assign(state, { running: eos.kind.before });
  await recoverForms(bench.lab, eos.dialect, bench.order());
  t.is(await open(bench), 0);
});

test('a secret that is another: that is told, and neither', async (t) => {
  await using bench = await benchAt(eos);
  const inForce = await putInForm(planAt(eos, bench), bench.order());
  const { state } = bench.device;
  Object.assign(state, { deadMan: { ...state.deadMan!, before: eos.kind.before.map((entry) => ({ ...entry, line: entry.line.replace('hunter2', 'hunter3') })) } });
  const problem = await t.throwsAsync(inForce.takeBack(), { instanceOf: Problem });
  t.regex(problem.message, /something that is secret, and not shown/);
  t.false(problem.message.includes('hunter'));
});

test('a line that the switch refuses in the middle: what was done is taken back, and the line is told', async (t) => {
  const kind = { ...aoscx.kind, act: (line: string, state: Parameters<typeof aoscx.kind.act>[1]) => (line === 'lacp rate fast' ? null : aoscx.kind.act(line, state)) };
  await using bench = await benchAt(aoscx, { kind });
  const problem = await t.throwsAsync(putInForm(planAt(aoscx, bench), bench.order()), { instanceOf: Problem });
  t.regex(problem.message, /lacp rate fast[^]*Invalid input: lacp[^]*taken back, and the configuration is what it was before/);
  t.deepEqual(bench.device.state.running, aoscx.kind.before);
  t.is(await open(bench), 0);
});

test('a switch that does not say that a change waits: taken back', async (t) => {
  const kind = { ...eos.kind, shows: { ...eos.kind.shows, 'show configuration sessions detail | json': '{"sessions": {}}' } };
  await using bench = await benchAt(eos, { kind });
  const problem = await t.throwsAsync(putInForm(planAt(eos, bench), bench.order()), { instanceOf: Problem });
  t.regex(problem.message, /does not say that a change waits/);
  t.deepEqual(bench.device.state.running, eos.kind.before);
  t.is(await open(bench), 0);
});

test('interrupted while it is armed: taken back', async (t) => {
  await using bench = await benchAt(aoscx);
  const controller = new AbortController();
  const order = bench.order({ signal: controller.signal });
  const { devices } = order;
  const session = await devices.session('sw1');
  const listening = { ...session, run: async (...what: Parameters<typeof session.run>) => {
    if (what[0].argv[0] === 'lacp mode active') controller.abort(new Error('interrupted by SIGINT'));
    return session.run(...what);
  } };
  const problem = await t.throwsAsync(putInForm(planAt(aoscx, bench), { ...order, devices: { run: devices.run.bind(devices), session: async () => Promise.resolve(listening) } }), { instanceOf: Problem });
  t.is(problem.parts.exitCode, exitCodes.interrupted);
  t.deepEqual(bench.device.state.running, aoscx.kind.before);
  t.is(await open(bench), 0);
});

test('a machine that slept while it armed sends none of what was left: the dead man has done its work by then', async (t) => {
  await using bench = await benchAt(aoscx);
  let slept = 0;
  const order = bench.order({ wallMs: () => Date.UTC(2026, 0, 1) + bench.device.state.nowS * 1000 + slept });
  const { devices } = order;
  const session = await devices.session('sw1');
  const sleepy = { ...session, run: async (...what: Parameters<typeof session.run>) => {
    const completed = await session.run(...what);
    if (what[0].argv[0] === 'configure terminal') {
      slept = 3_600_000;
      bench.device.pass(300);
    }
    return completed;
  } };
  await t.throwsAsync(putInForm(planAt(aoscx, bench), { ...order, devices: { run: devices.run.bind(devices), session: async () => Promise.resolve(sleepy) } }), { message: /could not be sent within 120 s/ });
  t.false(bench.device.heard.some((line) => line.startsWith('interface')));
  t.deepEqual(bench.device.state.running, aoscx.kind.before);
});

const noDeadMan = { allow: ['unproven', 'no-dead-man'], ports: { kind: 'lacp', rate: 'slow' } } as const;

test('without a dead man, allowed by name: taken back by the form that the lab file says, proven the same way', async (t) => {
  await using bench = await benchAt(nxos, { over: noDeadMan });
  const inForce = await putInForm(planAt(nxos, bench), bench.order());
  t.true(bench.device.state.running.some(({ line }) => line === 'lacp rate fast'));
  t.like(bench.opened[0]!.entry, { form: { backBy: null } });
  await inForce.takeBack();
  t.deepEqual([...bench.device.state.running].map(({ where, line }) => `${where} ${line}`).sort(), nxos.kind.before.map(({ where, line }) => `${where} ${line}`).sort());
  t.is(await open(bench), 0);
});

test('without a dead man, killed: it stays until recovery takes it back', async (t) => {
  await using bench = await benchAt(nxos, { over: noDeadMan });
  await putInForm(planAt(nxos, bench), bench.order());
  killed(bench);
  bench.device.pass(100_000);
  t.true(bench.device.state.running.some(({ line }) => line === 'lacp rate fast'));
  await recoverForms(bench.lab, nxos.dialect, bench.order());
  t.false(bench.device.state.running.some(({ line }) => line === 'lacp rate fast'));
  t.is(await open(bench), 0);
});

test('without a dead man, killed before the first line: recovery changes nothing', async (t) => {
  await using bench = await benchAt(nxos, { over: noDeadMan });
  await putInForm(planAt(nxos, bench), bench.order());
  Object.assign(bench.device.state, { running: nxos.kind.before });
  const heard = bench.device.heard.length;
  await recoverForms(bench.lab, nxos.dialect, bench.order());
  t.true(bench.device.heard.slice(heard).every((line) => /^(?:show|terminal) /.test(line)), bench.device.heard.slice(heard).join('\n'));
  t.is(await open(bench), 0);
});

for (const [what, at, over, words] of [
  ['an unproven dialect', eos, { allow: [] }, /met no real device[^]*`allow: \[unproven\]`/],
  ['no dead man', nxos, {}, /no way to take a change back by itself[^]*`allow: \[unproven, no-dead-man\]`[^]*`ports:`/],
] as const) {
  test(`${what} is refused unless the lab file allows it by name, and nothing is sent`, async (t) => {
    await using bench = await benchAt(at, { over });
    const problem = await t.throwsAsync(putInForm(planAt(at, bench), bench.order()), { instanceOf: Problem });
    t.is(problem.parts.exitCode, exitCodes.usage);
    t.regex(problem.message, words);
    t.deepEqual(bench.device.heard, []);
    t.is(await open(bench), 0);
  });
}

test('every dialect without a dead man is refused, and every one that is unproven', (t) => {
  for (const dialect of managedDialects) {
    const groups = { dialect, kind: eos.kind, ports: [], aggregates: [] };
    const lab = { ...labAt(groups, { allow: [] }), nodes: [], links: [] };
    const plan = planForm(lab, dialect, { ports: fast, forS: 60 });
    t.deepEqual(plan.lacking, [...dialect.proven ? [] : ['unproven'], ...dialect.deadMan === null ? ['no-dead-man'] : []], dialect.name);
    // Nothing is ever saved for the next start.
    const lines = [...plan.arm, ...plan.back].flatMap(linesOf).join('\n');
    t.notRegex(lines, /\bwrite\b|\bcopy\b|startup|\bsave\b|write_memory/, dialect.name);
  }
});

test('a change of somebody that waits there is left alone, and nothing is written down', async (t) => {
  await using bench = await benchAt(eos);
  Object.assign(bench.device.state, { deadMan: { before: [], atS: 1000 } });
  const problem = await t.throwsAsync(putInForm(planAt(eos, bench), bench.order()), { instanceOf: Problem });
  t.regex(problem.message, /a change waits on sw1[^]*nothing was changed/);
  t.is(problem.parts.exitCode, exitCodes.busy);
  t.deepEqual(bench.opened, []);
  t.is(bench.device.state.deadMan?.atS, 1000);
});

test('what waits there when our own time is long over is another’s: recovery does not take it back', async (t) => {
  await using bench = await benchAt(eos);
  await putInForm(planAt(eos, bench), bench.order());
  killed(bench);
  bench.device.pass(10_000);
  Object.assign(bench.device.state, { deadMan: { before: [], atS: 20_000 } });
  const problem = await t.throwsAsync(recoverForms(bench.lab, eos.dialect, bench.order()), { instanceOf: Problem });
  t.regex(problem.message, /a change still waits/);
  t.false(bench.device.heard.includes('configure session bondproof abort'));
  t.is(await open(bench), 1);
});

test('a form for longer than the dead man can wait is refused before anything is sent', (t) => {
  const problem = t.throws(() => planForm(labAt(aoscx), aoscx.dialect, { ports: fast, forS: 3421 }), { instanceOf: Problem });
  t.regex(problem.message, /can be set to 3600 s at most[^]*3420 s or less/);
  t.is(planForm(labAt(aoscx), aoscx.dialect, { ports: fast, forS: 3420 }).afterS, 3600);
});

test('names that the dialect does not know are a mistake in the lab file', (t) => {
  const problem = t.throws(() => planForm(labAt({ ...eos, aggregates: ['Po11', 'Po12'] }), eos.dialect, { ports: fast, forS: 60 }), { instanceOf: Problem });
  t.is(problem.parts.exitCode, exitCodes.usage);
  t.regex(problem.message, /Po11/);
});

test('whoever cannot talk to the switch begins nothing while its form is open, and says what does', async (t) => {
  await using bench = await benchAt(eos);
  await putInForm(planAt(eos, bench), bench.order());
  const problem = await t.throwsAsync(reconcile(bench.order().devices as Devices, bench.journal), { instanceOf: Problem });
  t.regex(problem.message, /form lacp fast[^]*bondproof recover LAB[^]*dialect: arista-eos/);
  t.is(problem.parts.exitCode, exitCodes.busy);
});

test('recovery wants the switch that it was', async (t) => {
  await using bench = await benchAt(eos);
  await putInForm(planAt(eos, bench), bench.order());
  const problem = await t.throwsAsync(recoverForms(bench.lab, aoscx.dialect, bench.order()), { instanceOf: Problem });
  t.regex(problem.message, /sw1 of dialect arista-eos, as it was then/);
});

test('differing lines stand below what they belong to; the order counts, and braces do not', (t) => {
  t.deepEqual(differingLines('a\n  b\nc\n  b', 'a\n  b\nc\n  b'), []);
  t.deepEqual(differingLines('a\n  b\nc\n  b', 'a\nc\n  b\n  d'), ['- a > b', '+ c > d']);
  t.deepEqual(differingLines('a\nb', 'b\na'), ['the same lines in another order']);
  t.deepEqual(differingLines('{\n  "a": 1\n}', '{\n  "a": 2\n}'), ['- "a": 1', '+ "a": 2']);
  t.deepEqual(differingLines('b\nb', 'b'), ['- b']);
});
