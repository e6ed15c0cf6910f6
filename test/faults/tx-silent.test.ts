import test from 'ava';
import { nicState } from '../../src/faults/netem.ts';
import { txSilent } from '../../src/faults/tx-silent.ts';
import { paperLab, planOn, testFault } from './conformance.ts';

test('tx-silent keeps what every fault keeps', (t) => testFault(t, txSilent));

test('tx-silent stages a netem without loss, changes its loss to all, and takes both back only where they are', (t) => {
  const device = 'pve1';
  t.deepEqual(planOn(txSilent, paperLab.links[0]!), {
    stage: [{ device, command: { argv: ['tc', 'qdisc', 'add', 'dev', 'eth1', 'root', 'handle', 'b0d:', 'netem', 'loss', '0%'] } }],
    apply: [{ device, command: { argv: ['tc', 'qdisc', 'change', 'dev', 'eth1', 'root', 'handle', 'b0d:', 'netem', 'loss', '100%'] } }],
    revert: [
      { device, command: { argv: ['tc', 'qdisc', 'change', 'dev', 'eth1', 'root', 'handle', 'b0d:', 'netem', 'loss', '0%'] }, accept: [0, 2] },
      { device, command: { argv: ['tc', 'qdisc', 'del', 'dev', 'eth1', 'root', 'handle', 'b0d:'] }, accept: [0, 2] },
    ],
    traces: [{ device, command: nicState('eth1') }],
  });
});

test('tx-silent counts when nothing leaves, drops are counted and the carrier is up', (t) =>
  t.deepEqual(txSilent.proof, { canary: 'lost', drops: 'rise', tx: 'still', carrier: 1 }));
