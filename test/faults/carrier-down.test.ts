import test from 'ava';
import { carrierDown } from '../../src/faults/carrier-down.ts';
import { nicState } from '../../src/faults/netem.ts';
import { paperLab, planOn, testFault } from './conformance.ts';

test('carrier-down keeps what every fault keeps', (t) => testFault(t, carrierDown));

test('carrier-down takes the transceiver and the port of a virtual link down, and both up again', (t) => {
  t.deepEqual(planOn(carrierDown, paperLab.links[3]!), {
    stage: [],
    apply: [
      { device: 'pve2', command: { argv: ['ip', 'link', 'set', 'dev', 'eth2-phy', 'down'] } },
      { device: 'sw1', command: { argv: ['port', 'swp4', 'down'] } },
    ],
    revert: [
      { device: 'sw1', command: { argv: ['port', 'swp4', 'up'] } },
      { device: 'pve2', command: { argv: ['ip', 'link', 'set', 'dev', 'eth2-phy', 'up'] } },
    ],
    traces: [{ device: 'pve2', command: nicState('eth2') }],
  });
});

test('carrier-down of a real link takes the switch port alone down', (t) => {
  t.deepEqual(planOn(carrierDown, paperLab.links[4]!), {
    stage: [],
    apply: [{ device: 'sw1', command: { argv: ['port', 'swp5', 'down'] } }],
    revert: [{ device: 'sw1', command: { argv: ['port', 'swp5', 'up'] } }],
    traces: [{ device: 'pve3', command: nicState('eth1') }],
  });
});

test('carrier-down counts when the canary is lost and there is no carrier', (t) =>
  t.deepEqual(carrierDown.proof('netem'), { canary: 'lost', drops: null, tx: null, carrier: 0 }));
