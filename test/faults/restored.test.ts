// What was on a NIC before a fault is there after it, byte for byte, or the fault is refused and nothing was touched: on this machine's kernel, with
// whatever qdiscs somebody may have left there, by bondproof's own survey, preflight and plan.
//
// A kernel without netem has tbf in its place, at the same handle by the same commands: what a root qdisc's coming and going leaves behind
// does not depend on its kind (net/sched/sch_api.c qdisc_graft, sch_generic.c dev_activate).

import ava from 'ava';

import { nodeChecks } from '../../src/harness/preflight.ts';
import { parseSurvey } from '../../src/harness/survey.ts';
import { localSession } from '../agent/local-session.ts';
import { paperLab } from '../harness/paper-lab.ts';
import { manyLayouts } from './layouts.ts';

const test = ava.serial;

/** A device in namespaces of its own: a shell that runs one script after the other. */
const device = localSession();
const holder = `mount -t sysfs none /sys; mount -t tmpfs none /run; echo $$; cat`;

test('whatever stood on a NIC stands there after the fault as it did, or the fault is refused and nothing was touched', async (t) => {
  t.timeout(300_000);
  const hold = await device.open({ argv: ['unshare', '-Urnm', '--kill-child', 'sh', '-euc', holder] });
  const first = await hold.lines[Symbol.asyncIterator]().next();
  if (first.done) {
    t.log(`LEFT OUT, no namespaces can be made here: ${(await hold.ended).stderr}`);
    t.pass();
    return;
  }
  const session = localSession(['nsenter', '-t', first.value, '-U', '-n', '-m', '--preserve-credentials'], { SSH_CONNECTION: '' });
  try {
    const tally = await manyLayouts(t, async (argv) => session.run({ argv }, { timeoutMs: 60_000 }), { from: 1, to: 40 });
    t.true(tally.restored >= 3 && tally['refused, and forced without effect'] >= 5, JSON.stringify(tally));
  } finally {
    await session[Symbol.asyncDispose]();
    hold.end();
    await hold.ended;
  }
});

test('a qdisc with bondproof’s own handle is refused: it is what a run left', (t) => {
  const survey = parseSurvey('\u001eqdisc\n[{"kind":"netem","handle":"b0d:","dev":"eth1","root":true}]\n', { bond: 'bond0', address: '10.10.10.1' });
  const check = nodeChecks(paperLab, paperLab.nodes[0]!, new Map([['pve1', survey]]), { today: '2026-11-25' }).find(({ what }) => what === 'qdisc')!;
  t.deepEqual([check.held, check.found], [false, 'eth1 has netem b0d:, which bondproof left (see `bondproof recover`)']);
});
