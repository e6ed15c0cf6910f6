import test from 'ava';

import { switchRateSlow } from '../../src/faults/switch-rate-slow.ts';
import { linux } from '../../src/switches/linux.ts';
import { openvswitch } from '../../src/switches/openvswitch.ts';
import { teamd } from '../../src/switches/teamd.ts';
import { paperDialect, paperLab, planOn, testFault } from './conformance.ts';

test('switch-rate-slow keeps what every fault keeps', (t) => testFault(t, switchRateSlow));

test('switch-rate-slow changes the rate of the port’s aggregate and brings it back, and touches no node', (t) => {
  const device = 'sw1';
  t.deepEqual(planOn(switchRateSlow, paperLab.links[3]!), {
    stage: [],
    apply: [{ device, command: { argv: ['rate', 'swp4', 'slow'] } }],
    revert: [{ device, command: { argv: ['rate', 'swp4', 'fast'] } }],
    traces: [{ device, command: { argv: ['rate', 'swp4'] } }],
  });
});

test('switch-rate-slow counts when the switch says so on the wire', (t) =>
  t.deepEqual(switchRateSlow.proof('netem'), { canary: null, drops: null, tx: 'moves', carrier: 1, asksFor: 'slow' }));

test('a switch whose LACP has the rate that it was made with cannot have it', (t) => {
  const { rate, ...elsewhere } = paperDialect;
  t.truthy(rate);
  t.deepEqual([linux, openvswitch, teamd, elsewhere, null].map((dialect) => switchRateSlow.possible!(dialect)), [true, true, false, false, false]);
  t.throws(() => switchRateSlow.plan(paperLab.links[0]!, { lab: paperLab, dialect: elsewhere, injector: 'netem' }), { message: 'a switch of dialect paper cannot change the rate of what is in use' });
});
