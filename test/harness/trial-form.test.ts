// A managed switch in a trial: synthetic switches behind a real ssh server of ours, and time that passes only while somebody sleeps.

import ava from 'ava';

import type { Bench } from '../../src/harness/bench.ts';
import { planTrialForm, trialForm } from '../../src/harness/trial-form.ts';
import type { Body } from '../../src/model/event.ts';
import { Problem } from '../../src/model/problem.ts';
import type { PortsConfig } from '../../src/model/scenario.ts';
import { aoscx, benchAt, eos, labAt, nxos, type FormBench, type FormDevice } from './form-devices.ts';

// One after the other: devices share this process and its machine.
const test = ava.serial;

const slow: PortsConfig = { kind: 'lacp', rate: 'slow' };

const trialAt = (bench: FormBench, { dialect }: FormDevice, ports: PortsConfig, run = 'run 1') => {
  const order = bench.order();
  const { journal, clock, signal } = order;
  const notes: Body[] = [];
  const trial = {
    run, journal, signal, scenario: { ports }, open: { clock }, tell: () => undefined, record: { nowUs: () => clock.nowUs(), note: (body: Body) => { notes.push(body); } },
    managed: { ...order, lab: bench.lab, dialect },
  } as unknown as Bench;
  return { notes, form: trialForm(trial) };
};

test('the ports have the form while the trial lasts, and are as before after it; the record says each', async (t) => {
  await using bench = await benchAt(eos);
  const before = bench.device.state.running;
  const { notes, form } = trialAt(bench, eos, slow);
  await form.give();
  t.not(bench.device.state.deadMan, null, 'armed');
  t.is((await bench.journal.read()).entries.length, 1, 'written down');
  await form.requireHeld();
  await form.takeBack();
  t.deepEqual(bench.device.state.running, before);
  t.deepEqual((await bench.journal.read()).entries, []);
  t.deepEqual(notes, [
    { type: 'ports-formed', device: 'sw1', dialect: 'arista-eos', proven: false, ports: slow },
    { type: 'ports-as-before', device: 'sw1' },
  ]);
});

test('the dead man waits as long as the nodes wait with their own', async (t) => {
  await using bench = await benchAt(eos);
  await trialAt(bench, eos, slow).form.give();
  t.is(bench.device.state.deadMan!.atS, 20 * 60);
});

test('what the switch says of its ports is in the record, and another form ends the trial', async (t) => {
  await using bench = await benchAt(eos);
  const { notes, form } = trialAt(bench, eos, slow);
  await form.give();
  // It goes on telling of fast ones, as it is written.
  await t.throwsAsync(form.see(), { name: 'TrialBroken', message: 'sw1 says of its port Ethernet1 another form than the scenario\'s' });
  const seen = notes.find(({ type }) => type === 'ports-seen');
  t.deepEqual(seen?.type === 'ports-seen' && seen.ports[0], { node: 'pve1', port: 'Ethernet1', aggregate: 'Port-Channel11', mode: 'lacp', rate: 'fast', inUse: true });
  await form.takeBack();
});

test('a form that was taken back in the middle of a trial ends it, whether the switch says so or only its time is over', async (t) => {
  for (const device of [eos, aoscx]) {
    await using bench = await benchAt(device);
    const { form } = trialAt(bench, device, slow);
    await form.give();
    await form.requireHeld();
    bench.device.pass(20 * 60 + 1);
    await t.throwsAsync(form.requireHeld(), { name: 'TrialBroken', message: 'sw1 took the form of its ports back while the trial was running' }, device.dialect.name);
  }
});

test('a run’s own configuration may be open, another’s not', async (t) => {
  for (const [of, ends] of [['run 1', true], ['run 0', false]] as const) {
    await using bench = await benchAt(eos);
    const { form } = trialAt(bench, eos, slow);
    await bench.journal.open({ format: 1, token: 'run-configuration', lab: bench.lab.name, kind: 'configuration', what: 'bonds', run: of, openedAt: '2026-01-01T00:00:00Z', revert: [] });
    if (ends) await t.notThrowsAsync(form.give());
    else await t.throwsAsync(form.give(), { instanceOf: Problem, message: /bonds by run run 0, and that was not taken back yet/ });
  }
});

test('a switch that will not have the lines: told, and as before', async (t) => {
  await using bench = await benchAt(eos, { kind: { ...eos.kind, act: (line, state) => (line.startsWith('lacp timer') ? null : eos.kind.act(line, state)) } });
  const { notes, form } = trialAt(bench, eos, slow);
  const before = bench.device.state.running;
  await t.throwsAsync(form.give(), { instanceOf: Problem, message: /put the ports of sw1 into form lacp slow: .*% Invalid input/s });
  await form.takeBack();
  t.deepEqual([notes, bench.device.state.running, (await bench.journal.read()).entries], [[], before, []]);
});

test('what the lab file says the ports are is not changed; what it does not allow is told before a trial', async (t) => {
  await using bench = await benchAt(nxos, { over: { allow: ['unproven', 'no-dead-man'], ports: slow } });
  const { notes, form } = trialAt(bench, nxos, slow);
  await form.give();
  await form.see();
  await form.takeBack();
  t.deepEqual([notes, bench.device.heard], [[], []]);
  t.throws(() => planTrialForm({ lab: labAt(eos, { allow: [] }), dialect: eos.dialect }, slow), { instanceOf: Problem, message: /say `allow: \[unproven\]`/ });
});
