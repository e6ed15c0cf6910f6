import test from 'ava';
import { nicState } from '../../src/faults/netem.ts';
import { txDataSilent } from '../../src/faults/tx-data-silent.ts';
import { paperLab, planOn, testFault } from './conformance.ts';

test('tx-data-silent keeps what every fault keeps', (t) => testFault(t, txDataSilent));

test('tx-data-silent stages bands that lose nothing, changes the loss of the band of data, and takes the root away with all below it', (t) => {
  const device = 'pve1';
  const netem = (verb: string, loss: string) => ({ device, command: { argv: ['tc', 'qdisc', verb, 'dev', 'eth1', 'parent', 'b0d:2', 'handle', 'b0e:', 'netem', 'loss', loss] } });
  t.deepEqual(planOn(txDataSilent, paperLab.links[0]!), {
    stage: [
      { device, command: { argv: ['tc', 'qdisc', 'add', 'dev', 'eth1', 'root', 'handle', 'b0d:', 'prio', 'bands', '2', 'priomap', '1', '1', '1', '1', '1', '1', '1', '1', '1', '1', '1', '1', '1', '1', '1', '1'] } },
      { device, command: { argv: ['tc', 'filter', 'add', 'dev', 'eth1', 'parent', 'b0d:', 'protocol', '0x8809', 'pref', '1', 'matchall', 'classid', 'b0d:1'] } },
      netem('add', '0%'),
    ],
    apply: [netem('change', '100%')],
    revert: [
      { ...netem('change', '0%'), accept: [0, 2] },
      { device, command: { argv: ['tc', 'qdisc', 'del', 'dev', 'eth1', 'root', 'handle', 'b0d:'] }, accept: [0, 2] },
    ],
    traces: [{ device, command: nicState('eth1') }],
  });
});

test('tx-data-silent counts when no canary leaves, LACPDUs do, and drops are counted', (t) =>
  t.deepEqual(txDataSilent.proof('netem'), { canary: 'lost', drops: 'rise', tx: null, carrier: 1, lacpdus: 'kept' }));
