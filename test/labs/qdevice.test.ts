import test from 'ava';

import { loadLab } from '../../src/labs/lab-file.ts';
import { loadScenario } from '../../src/labs/scenario-file.ts';
import { shapedLab } from '../../src/labs/virtual-lab.ts';
import type { LabShape } from '../../src/model/lab.ts';

const load = (more: string): ReturnType<typeof loadLab> => loadLab(`{name: x, world: virtual, class: isolated, qdevice: reached${more}}`, { file: 'x', home: '/', dialects: [] });
const messageOf = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
};

test('two nodes may have a QDevice, and four, in both embedded worlds', (t) => {
  t.is(load(', nodes: 2').qdevice, 'reached');
  t.is(load(', nodes: 4').qdevice, 'reached');
  t.is(loadLab('{name: x, world: timewarp, nodes: 2, class: none, qdevice: unreached}', { file: 'x', home: '/', dialects: [] }).qdevice, 'unreached');
  t.is(loadLab('{name: x, world: virtual}', { file: 'x', home: '/', dialects: [] }).qdevice, undefined);
});

const evenRule = 'an even number of nodes: with an odd one `pvecm qdevice setup` refuses';
const refused: readonly (readonly [more: string, found: string])[] = [
  ['', `qdevice with 3 nodes\n  right would be: ${evenRule}`],
  [', nodes: 5', `qdevice with 5 nodes\n  right would be: ${evenRule}`],
  [', nodes: 2, ipVersion: ipv6', 'qdevice with ipVersion ipv6\n  right would be: ipVersion ipv4: the switch, which is the QDevice’s host, has no other address'],
  [', nodes: 2, switch: cumulus', 'qdevice with switch cumulus\n  right would be: switch linux, openvswitch or teamd: with cumulus nobody can tell by which NIC its host is reached'],
  [', nodes: 2, addressOn: vlan, switch: openvswitch', 'qdevice with addressOn vlan and switch openvswitch\n  right would be: another of the two: with Open vSwitch the QDevice’s host is in no VLAN'],
];

for (const [more, found] of refused) {
  test(`no lab file has a QDevice with${more || ' the default number of nodes'}`, (t) => t.is(messageOf(() => load(more)), `x:1:53: ${found}`));
}

test('with each of the two engines that have its host in a VLAN it goes', (t) => {
  for (const engine of ['linux', 'teamd']) t.is(messageOf(() => load(`, nodes: 2, addressOn: vlan, switch: ${engine}`)), 'accepted');
  t.is(messageOf(() => load(', nodes: 2, switch: openvswitch')), 'accepted');
});

test('a strange value is told', (t) => t.regex(messageOf(() => loadLab('{name: x, world: virtual, nodes: 2, class: none, qdevice: true}', { file: 'x', home: '/', dialects: [] })), /^x:1:59: qdevice is true\n {2}right would be: a QDevice of the cluster, /));

test('a lab file of a real lab says nothing of a QDevice: bondproof makes no cluster there', (t) => t.regex(messageOf(() => loadLab('{name: x, world: ssh, qdevice: reached}', { file: 'x', home: '/', dialects: [] })), /unknown key "qdevice"/));

test('a scenario’s shape has one, under the same rules', (t) => {
  const three = loadLab('{name: x, world: virtual}', { file: 'x', home: '/', dialects: [] });
  const shape: LabShape = { nodes: 2, class: 'isolated', qdevice: 'unreached' };
  t.deepEqual(shapedLab(three, shape), loadLab('{name: x, world: virtual, nodes: 2, class: isolated, qdevice: unreached}', { file: 'x', home: '/', dialects: [] }));
  t.is(messageOf(() => shapedLab(three, { qdevice: 'reached' }, 'mine')), `lab x with 3 nodes for scenario mine: qdevice with 3 nodes\n  right would be: ${evenRule}`);
  t.regex(messageOf(() => shapedLab(load(', nodes: 2'), { nodes: 5 }, 'mine')), /qdevice with 5 nodes/);
  t.regex(messageOf(() => shapedLab(load(', nodes: 2'), { ipVersion: 'ipv6' })), /qdevice with ipVersion ipv6/);
});

test('a scenario file that no lab can follow is refused', (t) => {
  const scenario = (lab: string): string => messageOf(() => loadScenario(`name: balance-xor/mine\nsummary: x\nbond: {mode: balance-xor}\nfault: tx-silent\nlab: ${lab}\n`, { file: 'x', faults: ['tx-silent'] }));
  t.is(scenario('{nodes: 2, class: none, qdevice: reached}'), 'accepted');
  t.is(scenario('{qdevice: reached}'), 'accepted');
  t.is(scenario('{nodes: 3, qdevice: reached}'), `x:5:26: qdevice with 3 nodes\n  right would be: ${evenRule}`);
  t.regex(scenario('{nodes: 2, class: none, qdevice: reached, ipVersion: ipv6}'), /^x:5:39: qdevice with ipVersion ipv6/);
});
