import test from 'ava';
import { none } from '../../src/faults/none.ts';
import { txSilent } from '../../src/faults/tx-silent.ts';
import { paperLab, planOn, testFault } from './conformance.ts';

test('none keeps what every fault keeps', (t) => testFault(t, none));

test('none does what tx-silent does, with a loss of nothing', (t) => {
  for (const link of paperLab.links) {
    const plan = planOn(none, link);
    t.deepEqual(plan.apply, [{ device: link.node, command: { argv: ['tc', 'qdisc', 'change', 'dev', link.nic, 'root', 'handle', 'b0d:', 'netem', 'loss', '0%'] } }]);
    t.deepEqual({ ...plan, apply: [] }, { ...planOn(txSilent, link), apply: [] });
  }
});

test('by a lease it does what tx-silent does as well, with a loss of nothing', (t) => {
  for (const link of paperLab.links) {
    const plan = planOn(none, link, 'lease');
    t.deepEqual(plan.apply, [{ device: link.node, command: { argv: ['lease', 'apply', link.nic, '0%'] } }]);
    t.deepEqual({ ...plan, apply: [] }, { ...planOn(txSilent, link, 'lease'), apply: [] });
  }
});

test('by the cable as well', (t) => {
  for (const link of paperLab.links) {
    const plan = planOn(none, link, 'cable');
    t.deepEqual(plan.apply, [{ device: 'cables', command: { argv: ['cable', 'cut', link.id, 'nothing'] } }]);
    t.deepEqual({ ...plan, apply: [] }, { ...planOn(txSilent, link, 'cable'), apply: [] });
  }
});

test('none counts when the canary arrives and nothing is dropped', (t) => {
  t.deepEqual(none.proof('netem'), { canary: 'kept', drops: 'still', tx: 'moves', carrier: 1 });
  for (const injector of ['lease', 'cable'] as const) t.deepEqual(none.proof(injector), { canary: 'kept', drops: null, tx: 'moves', carrier: 1 });
});
