import test from 'ava';
import { endLease, leaseState } from '../../src/faults/lease.ts';
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

test('by a lease, tx-silent orders it of the holder, and its end needs no holder', (t) => {
  const device = 'pve1';
  t.deepEqual(planOn(txSilent, paperLab.links[0]!, 'lease'), {
    stage: [{ device, command: { argv: ['lease', 'stage', 'eth1'] } }],
    apply: [{ device, command: { argv: ['lease', 'apply', 'eth1', '100%'] } }],
    revert: [{ device, command: endLease('eth1') }],
    traces: [{ device, command: nicState('eth1') }, { device, command: leaseState }],
  });
});

test('by the cable, tx-silent is told to nobody at its ends', (t) => {
  const act = (...argv: readonly string[]) => [{ device: 'cables', command: { argv: ['cable', ...argv] } }];
  t.deepEqual(planOn(txSilent, paperLab.links[0]!, 'cable'), { stage: act('stage', 'pve1-eth1'), apply: act('cut', 'pve1-eth1', 'to-switch'), revert: act('mend', 'pve1-eth1'), traces: act('show', 'pve1-eth1') });
});

test('tx-silent counts when nothing leaves, the carrier is up and, of a qdisc, drops are counted', (t) => {
  t.deepEqual(txSilent.proof('netem'), { canary: 'lost', drops: 'rise', tx: 'still', carrier: 1 });
  t.deepEqual(txSilent.proof('lease'), { canary: 'lost', drops: null, tx: 'still', carrier: 1 });
  t.deepEqual(txSilent.proof('cable'), { canary: 'lost', drops: null, tx: 'moves', carrier: 1 }, 'the NIC has sent what its cable loses');
});
