import test from 'ava';

import { portUnready, slaveUnready } from '../../src/harness/ports-ready.ts';
import type { PortsConfig } from '../../src/model/scenario.ts';

const one: { readonly ports: PortsConfig } = { ports: { kind: 'lacp', rate: 'fast' } };
const two: { readonly ports: PortsConfig } = { ports: { kind: 'lacp', rate: 'fast', switches: 2 } };

const used = { actor: 0x3f, partner: 0x3f };
/** The other aggregator's port, as a lab's kernel (7.2) has it. */
const standby = { actor: 0x07, partner: 0x0f };
const expired = { actor: 0x87, partner: 0x0f };
const unheard = { actor: 0x45, partner: 0x02 };

const slaves: readonly (readonly [what: string, lacp: Parameters<typeof slaveUnready>[1], onOne: string | null, onTwo: string | null])[] = [
  ['both in use', { eth1: used, eth2: used }, null, null],
  ['one in use, the other ready', { eth1: used, eth2: standby }, 'eth2', null],
  ['the second in use, the first ready', { eth1: standby, eth2: used }, 'eth1', null],
  ['none in use', { eth1: standby, eth2: standby }, 'eth1', 'eth1'],
  ['one in use, the other not ready', { eth1: used, eth2: expired }, 'eth2', 'eth2'],
  ['one in use, the other without a partner', { eth1: used, eth2: unheard }, 'eth2', 'eth2'],
  ['one not seen', { eth1: used }, 'eth2', 'eth2'],
];

test('a switch whose LACPDUs ask for another rate is not as the scenario wants it', (t) => {
  const slow = { actor: 0x3f, partner: 0x3d };
  t.is(slaveUnready(['eth1', 'eth2'], { eth1: used, eth2: slow }, one), 'eth2');
  t.is(slaveUnready(['eth1', 'eth2'], { eth1: slow, eth2: slow }, { ports: { kind: 'lacp', rate: 'slow' } }), null);
  t.is(slaveUnready(['eth1', 'eth2'], { eth1: slow, eth2: used }, { ports: { kind: 'lacp', rate: 'slow' } }), 'eth2');
});

for (const [what, lacp, onOne, onTwo] of slaves) {
  test(`slaves, ${what}`, (t) => t.deepEqual([slaveUnready(['eth1', 'eth2'], lacp, one), slaveUnready(['eth1', 'eth2'], lacp, two)], [onOne, onTwo]));
}

const groups = [{ name: 'pve1', ports: ['swp1', 'swp2'] }, { name: 'pve2', ports: ['swp3', 'swp4'] }];
const healthOf = (states: string): Parameters<typeof portUnready>[1] => states.split(' ').map((state, at) => ({ port: `swp${at + 1}`, up: state !== 'd', inUse: state === 'u' }));

const ports: readonly (readonly [states: string, onOne: string | null, onTwo: string | null])[] = [
  ['u u u u', null, null], ['u r u u', 'swp2', null], ['u r r u', 'swp2', null], ['r r u u', 'swp1', 'swp1'], ['u u u d', 'swp4', 'swp4'], ['u r r r', 'swp2', 'swp3'],
];

for (const [states, onOne, onTwo] of ports) {
  test(`ports ${states} (used, ready, down)`, (t) => t.deepEqual([portUnready(groups, healthOf(states), one)?.port ?? null, portUnready(groups, healthOf(states), two)?.port ?? null], [onOne, onTwo]));
}
