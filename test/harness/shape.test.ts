import test from 'ava';

import { requireShapes, shapeWrong } from '../../src/harness/shape.ts';
import type { NodeSurvey } from '../../src/model/event.ts';
import { chooseMacs } from '../../src/model/macs.ts';
import { faultClasses, type AddressOn, type FaultClass, type LabShape, type LinkMode, type SecondLink, type WayToQDevice } from '../../src/model/lab.ts';
import type { BondConfig, Scenario } from '../../src/model/scenario.ts';
import { paperLab, paperScenario } from './paper-lab.ts';
import { surveysOf } from './paper-survey.ts';

const xor: BondConfig = { mode: 'balance-xor', xmitHashPolicy: 'layer2', miimonMs: 100 };
const wanting = (lab: LabShape, bond: BondConfig = xor): Scenario => paperScenario({ name: 'balance-xor/mine', bond, lab });

type Totem = NodeSurvey['totem'];

/** The paper lab with addresses chosen for a class. */
const surveys = (made: FaultClass, totemOf: (node: string) => Totem = () => null): ReadonlyMap<string, NodeSurvey> => {
  const macs = chooseMacs({ nodes: paperLab.nodes, victim: 'pve1', class: made, policy: 'layer2' });
  return new Map([...surveysOf(paperLab)].map(([name, { node }]) => [name, { ...node, totem: totemOf(name), bond: { ...node.bond, mac: macs[name]![0]! } }]));
};

for (const made of faultClasses) {
  for (const wanted of faultClasses) {
    test(`addresses for ${made} ${made === wanted ? 'are' : 'are not'} ${wanted}`, (t) => t.is(shapeWrong(paperLab, surveys(made), wanting({ class: wanted })),
      made === wanted ? null : `class ${made} is what layer2 makes of the addresses, the scenario wants ${wanted}`));
  }
}

test('where the class does not come of the addresses by layer2, none is foretold', (t) => {
  for (const bond of [{ ...xor, xmitHashPolicy: 'layer3+4' }, { ...xor, mode: 'balance-rr' }, { ...xor, mode: 'active-backup' }] satisfies readonly BondConfig[]) {
    t.is(shapeWrong(paperLab, surveys('none'), wanting({ class: 'isolated' }, bond)), null);
  }
});

const old = { tokenMs: 3650, consensusMs: 4380, twoNodesTokenMs: 3000, tokenCoefficientMs: 650 };

const tokens: readonly (readonly [what: string, totem: Totem, wrong: string | null])[] = [
  ['as it is wanted', old, null],
  ['of another base', { ...old, tokenMs: 10_650, twoNodesTokenMs: 10_000 }, null],
  ['of a newer cluster', { ...old, tokenMs: 3125, tokenCoefficientMs: 125 }, 'pve2 has token_coefficient 125, the scenario wants 650'],
  ['that is written down and not in use', { ...old, tokenMs: 3125 }, 'pve2 has a token of 3125 ms in use, where 3 nodes and token_coefficient 650 make 3650'],
  ['that nobody knows', null, 'pve2 has an unknown token_coefficient, the scenario wants 650'],
  ['of an older record', { tokenMs: 3650, consensusMs: 4380 }, 'pve2 has an unknown token_coefficient, the scenario wants 650'],
];

for (const [what, totem, wrong] of tokens) {
  test(`a token ${what} ${wrong === null ? 'will do' : 'is told'}`, (t) => t.is(shapeWrong(paperLab, surveys('partial', (node) => (node === 'pve2' ? totem : old)), wanting({ tokenCoefficientMs: 650 })), wrong));
}

const linkModesSeen: readonly (readonly [totem: Totem, wanted: LinkMode, wrong: string | null])[] = [
  [old, 'passive', null], [{ ...old, linkMode: 'rr' }, 'rr', null],
  [old, 'active', 'pve1 has link_mode passive, the scenario wants active'],
  [{ ...old, linkMode: 'rr' }, 'passive', 'pve1 has link_mode rr, the scenario wants passive'],
  [null, 'passive', 'pve1 has link_mode unknown, the scenario wants passive'],
];

for (const [totem, wanted, wrong] of linkModesSeen) {
  test(`link_mode ${wanted} where ${totem === null ? 'nobody knows' : totem.linkMode ?? 'nothing is said'}`, (t) => t.is(shapeWrong(paperLab, surveys('partial', () => totem), wanting({ linkMode: wanted })), wrong));
}

type Links = NodeSurvey['corosyncLinks'];

const ring = (id: number, device: string | null, { connected = 2, below = null }: { readonly connected?: number; readonly below?: string | null } = {}): NonNullable<Links>[number] => ({ id, device, below, connected });

const secondLinksSeen: readonly (readonly [what: string, wanted: SecondLink, links: Links, wrong: string | null])[] = [
  ['on a NIC of its own', 'own-nic', [ring(0, 'bond0'), ring(1, 'eth3')], null],
  ['on the bond', 'same-bond', [ring(0, 'bond0'), ring(1, 'bond0')], null],
  ['on a VLAN of the bond', 'same-bond', [ring(0, 'bond0'), ring(1, 'bond0.7', { below: 'bond0' })], null],
  ['on the bond in place of a NIC', 'own-nic', [ring(0, 'bond0'), ring(1, 'bond0')], 'pve1 has link 0 of corosync on bond0 and link 1 on bond0, the scenario wants own-nic'],
  ['on a NIC in place of the bond', 'same-bond', [ring(0, 'bond0'), ring(1, 'eth3')], 'pve1 has link 0 of corosync on bond0 and link 1 on eth3, the scenario wants same-bond'],
  ['on nobody knows what', 'own-nic', [ring(0, 'bond0'), ring(1, null)], 'pve1 has link 0 of corosync on bond0 and link 1 on no device that is known, the scenario wants own-nic'],
  ['on a bridge over the bond', 'same-bond', [ring(0, 'bond0'), ring(1, 'vmbr1', { below: 'bond0' })], null],
  ['over the bond, where the first has a NIC of its own', 'own-nic-first', [ring(0, 'eth3'), ring(1, 'bond0')], null],
  ['over the bond, where the first has a NIC of its own and not the other way round', 'own-nic', [ring(0, 'eth3'), ring(1, 'bond0')], 'pve1 has link 0 of corosync on eth3 and link 1 on bond0, the scenario wants own-nic'],
  ['over the bond, where the first has a NIC of its own and not the bond', 'same-bond', [ring(0, 'eth3'), ring(1, 'bond0')], 'pve1 has link 0 of corosync on eth3 and link 1 on bond0, the scenario wants same-bond'],
  ['that has a NIC, where the first has one, too', 'own-nic-first', [ring(0, 'eth3'), ring(1, 'eth4')], 'pve1 has link 0 of corosync on eth3 and link 1 on eth4, the scenario wants own-nic-first'],
  ['on a slave', 'own-nic', [ring(0, 'bond0'), ring(1, 'eth2')], 'pve1 has link 0 of corosync on bond0 and link 1 on eth2, the scenario wants own-nic'],
  ['that reaches not all', 'own-nic', [ring(0, 'bond0'), ring(1, 'eth3', { connected: 1 })], 'pve1 has no link 1 of corosync that is connected to all others'],
  ['that is not there', 'own-nic', [ring(0, 'bond0')], 'pve1 has no link 1 of corosync that is connected to all others'],
  ['where none was seen', 'own-nic', undefined, 'pve1 has no link 0 of corosync that is connected to all others'],
];

for (const [what, wanted, corosyncLinks, wrong] of secondLinksSeen) {
  test(`a second link ${what} ${wrong === null ? 'is' : 'is not'} ${wanted}`, (t) => {
    const found = new Map([...surveys('partial')].map(([name, node]) => [name, { ...node, corosyncLinks: corosyncLinks ?? [] }]));
    t.is(shapeWrong(paperLab, found, wanting({ secondLink: wanted })), wrong);
  });
}

const addresses: readonly (readonly [kind: string, wanted: AddressOn, wrong: string | null])[] = [
  ['bond', 'bond', null], ['bridge', 'bridge', null], ['vlan', 'vlan', null],
  ['bond', 'bridge', 'pve1 has 10.10.10.1 on the bond itself, the scenario wants it on a bridge'],
  ['bridge', 'vlan', 'pve1 has 10.10.10.1 on br7, a bridge, the scenario wants it on a vlan'],
  ['nic', 'bond', 'pve1 has 10.10.10.1 on br7, a nic, the scenario wants it on a bond'],
];

for (const [kind, wanted, wrong] of addresses) {
  test(`an address on a ${kind} ${wrong === null ? 'is' : 'is not'} on a ${wanted}`, (t) => {
    const found = new Map([...surveys('partial')].map(([name, node]) => [name, kind === 'bond' ? node : { ...node, addressOn: { device: 'br7', kind, mac: node.bond.mac, vlan: null } }]));
    t.is(shapeWrong(paperLab, found, wanting({ addressOn: wanted })), wrong);
  });
}

test('addresses of the other IP version are told', (t) => {
  t.is(shapeWrong(paperLab, surveys('partial'), wanting({ ipVersion: 'ipv4' })), null);
  t.is(shapeWrong(paperLab, surveys('partial'), wanting({ ipVersion: 'ipv6' })), 'pve1 has 10.10.10.1, the scenario wants IPv6');
  const lab = { ...paperLab, nodes: paperLab.nodes.map((node) => ({ ...node, address: `fd00::${node.id}` })) };
  t.is(shapeWrong(lab, surveys('partial'), wanting({ ipVersion: 'ipv6' })), null);
  t.is(shapeWrong(lab, surveys('partial'), wanting({ ipVersion: 'ipv4' })), 'pve1 has fd00::1, the scenario wants IPv4');
});

const qdevices: readonly (readonly [what: string, qdevice: NodeSurvey['qdevice'], made: WayToQDevice | undefined, wanted: WayToQDevice, wrong: string | null])[] = [
  ['as it is wanted', 'votes', 'reached', 'reached', null],
  ['that is not there', undefined, undefined, 'reached', 'pve1 has no QDevice, the scenario wants one'],
  ['that does not vote', 'silent', 'reached', 'reached', 'pve1 has a QDevice that does not vote, the scenario wants one'],
  ['that is reached otherwise', 'votes', 'unreached', 'reached', 'pve1 has a QDevice, unreached, the scenario wants it reached'],
  ['of a cluster that is there', 'votes', undefined, 'unreached', 'pve1 has a QDevice, and nobody can tell whether the victim is cut off from its host, the scenario wants it unreached'],
];

for (const [what, qdevice, made, wanted, wrong] of qdevices) {
  test(`a QDevice ${what} ${wrong === null ? 'will do' : 'is told'}`, (t) => {
    const found = new Map([...surveys('partial')].map(([name, node]) => [name, { ...node, ...qdevice !== undefined && { qdevice } }]));
    const lab = { ...paperLab, ...made !== undefined && { qdevice: made } };
    t.is(shapeWrong(lab, found, wanting({ qdevice: wanted })), wrong);
    t.is(shapeWrong(lab, found, wanting({})), null);
  });
}

test('a lab that is there is refused before anything is begun, for any of the scenarios', (t) => {
  const found = surveys('partial', () => old);
  t.notThrows(() => { requireShapes(paperLab, found, [paperScenario(), wanting({ tokenCoefficientMs: 650, class: 'partial' })]); });
  t.throws(() => { requireShapes(paperLab, found, [paperScenario(), wanting({ tokenCoefficientMs: 125 })]); }, {
    name: 'Problem', message: 'run balance-xor/mine on lab paper: pve1 has token_coefficient 650, the scenario wants 125\n  right would be: a lab of the shape that the scenario is for\n  what to do: leave the scenario out: bondproof changes no cluster',
  });
});
