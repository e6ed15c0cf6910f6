import test from 'ava';
import { nicState } from '../../src/faults/netem.ts';
import { switchTxSilent } from '../../src/faults/switch-tx-silent.ts';
import { linux } from '../../src/switches/linux.ts';
import { paperDialect, paperLab, planOn, testFault } from './conformance.ts';

test('switch-tx-silent keeps what every fault keeps', (t) => testFault(t, switchTxSilent));

test('switch-tx-silent does to the switch’s port what tx-silent does to a NIC, and touches no node', (t) => {
  const device = 'sw1';
  t.deepEqual(planOn(switchTxSilent, paperLab.links[3]!), {
    stage: [{ device, command: { argv: ['tc', 'qdisc', 'add', 'dev', 'swp4', 'root', 'handle', 'b0d:', 'netem', 'loss', '0%'] } }],
    apply: [{ device, command: { argv: ['tc', 'qdisc', 'change', 'dev', 'swp4', 'root', 'handle', 'b0d:', 'netem', 'loss', '100%'] } }],
    revert: [
      { device, command: { argv: ['tc', 'qdisc', 'change', 'dev', 'swp4', 'root', 'handle', 'b0d:', 'netem', 'loss', '0%'] }, accept: [0, 2] },
      { device, command: { argv: ['tc', 'qdisc', 'del', 'dev', 'swp4', 'root', 'handle', 'b0d:'] }, accept: [0, 2] },
    ],
    traces: [{ device, command: nicState('swp4') }],
  });
});

test('switch-tx-silent counts when nothing comes to the NIC, and canaries arrive until LACP acts', (t) =>
  t.deepEqual(switchTxSilent.proof('netem'), { canary: 'kept-in-use', drops: null, tx: 'moves', carrier: 1, rx: 'still' }));

test('a switch that is no Linux machine cannot have it', (t) => {
  const { netdev, ...elsewhere } = paperDialect;
  t.is(netdev!('swp1'), 'swp1');
  t.deepEqual([linux, elsewhere].map((dialect) => switchTxSilent.possible!(dialect)), [true, false]);
  t.throws(() => switchTxSilent.plan(paperLab.links[0]!, { lab: paperLab, dialect: elsewhere, injector: 'netem' }), { message: 'a switch of dialect paper cannot hold a fault' });
});
