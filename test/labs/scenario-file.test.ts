import { readFileSync } from 'node:fs';
import test from 'ava';
import fc from 'fast-check';
import { loadLab } from '../../src/labs/lab-file.ts';
import { loadScenario, scenarioText } from '../../src/labs/scenario-file.ts';
import { scenarioSchemaText } from '../../src/labs/scenario-schema.ts';
import { shapedLab } from '../../src/labs/virtual-lab.ts';
import { addressOns, faultClasses, ipVersions, linkModes, secondLinks, waysToQDevice, type Lab, type LabShape } from '../../src/model/lab.ts';
import { Problem } from '../../src/model/problem.ts';
import { alsoSlaves, arpModes, arpTargets, arpValidations, bondModes, detectorOf, detectors, forMsRange, haStates, lacpRates, portsOf, xmitHashPolicies, type BondMode, type PortsConfig, type Scenario } from '../../src/model/scenario.ts';
import { scenarios } from '../../src/scenarios/index.ts';
import { hardwareLab } from '../fuzz/good.ts';

const faults = ['tx-silent', 'tx-data-silent', 'tx-lacpdu-silent', 'rx-silent', 'switch-tx-silent', 'switch-rate-slow', 'none', 'carrier-down'] as const;
const load = (text: string): Scenario => loadScenario(text, { file: 'found.yaml', faults });

const whyNot = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
  return 'it loads';
};

const least = 'name: balance-xor/mine\nsummary: Mine.\nbond: {mode: balance-xor}\nfault: tx-silent\n';

test('what a file leaves out follows from the rest, or is as PVE has it', (t) => {
  t.deepEqual(load(least), {
    name: 'balance-xor/mine', summary: 'Mine.', bond: { mode: 'balance-xor', xmitHashPolicy: 'layer2', miimonMs: 100 }, ports: { kind: 'static' }, fault: 'tx-silent', target: 'first', ha: 'armed', detector: 'none',
  });
  t.like(load('name: 802.3ad/mine\nsummary: Mine.\nbond: {mode: 802.3ad, lacpRate: fast}\nfault: tx-silent\nforMs: 20000\nlab: {nodes: 5, class: isolated, victim: pve4}\n'), {
    bond: { lacpRate: 'fast' }, ports: { kind: 'lacp', rate: 'slow' }, detector: 'lacp', forMs: 20_000, lab: { nodes: 5, class: 'isolated', victim: 'pve4' },
  });
});

test('a second victim is the next node and its first slave, where the file says no more', (t) => {
  t.deepEqual(load(`${least}also: {}\n`).also, { placesAfter: 1, target: 'first' });
  t.false('also' in load(least));
  const backup = 'name: active-backup/mine\nsummary: Mine.\nbond: {mode: active-backup}\nfault: tx-silent\ntarget: backup\n';
  t.deepEqual(['', 'also: {target: backup}\n', 'also: {target: active}\n'].map((also) => load(`${backup}${also}`).detector), ['unneeded', 'unneeded', 'none'], 'it is unneeded where it is so of both');
});

test('the detector and the ports of every scenario of ours follow from the rest', (t) => {
  for (const scenario of scenarios) t.deepEqual([scenario.name, detectorOf(scenario), portsOf(scenario.bond.mode)], [scenario.name, scenario.detector, scenario.ports.kind]);
});

test('an ARP monitor takes the place of miimon, and sees what it asks for', (t) => {
  const arp = 'name: active-backup/mine\nsummary: Mine.\nbond: {mode: active-backup, options: {arpMonitor: {intervalMs: 100, targets: switch, validate: all}}}\nfault: tx-silent\ntarget: active\n';
  t.like(load(arp), { bond: { mode: 'active-backup', xmitHashPolicy: 'layer2', miimonMs: 0, options: { arpMonitor: { intervalMs: 100, targets: 'switch', validate: 'all' } } }, detector: 'arp' });
  t.is(load(arp.replace('switch', 'peers')).detector, 'none');
  t.is(load(arp.replace(', validate: all', '')).detector, 'none');
});

const optional = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(values, { nil: undefined });
/** Without what is undefined. */
const whole = <T extends object>(value: T): T => Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;

const anyScenario: fc.Arbitrary<Scenario> = fc.record({
  mode: fc.constantFrom(...bondModes), part: fc.stringMatching(/^(\/[a-z0-9][a-z0-9.+-]{0,9}){0,3}$/), summary: fc.stringMatching(/^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]{1,100}$/),
  lacpRate: optional(fc.constantFrom(...lacpRates)), rate: fc.constantFrom(...lacpRates), xmitHashPolicy: fc.constantFrom(...xmitHashPolicies), miimonMs: fc.integer({ min: 10, max: 10_000 }),
  isStatic: fc.boolean(), switches: optional(fc.constant(2 as const)), fault: fc.constantFrom(...faults), target: fc.constantFrom('first', 'active', 'backup'), also: optional(fc.record({ placesAfter: fc.integer({ min: 1, max: 2 }), target: fc.constantFrom(...alsoSlaves) })), ha: fc.constantFrom(...haStates), detector: fc.constantFrom(...detectors),
  arpMonitor: optional(fc.record({ intervalMs: fc.integer({ min: 10, max: 60_000 }), targets: fc.constantFrom(...arpTargets), validate: fc.constantFrom(...arpValidations) })),
  neighbours: optional(fc.constant('permanent' as const)), coupledControl: optional(fc.constantFrom('on' as const, 'off' as const)), minLinks: optional(fc.nat(2)), tlbDynamicLb: optional(fc.constantFrom(0 as const, 1 as const)),
  forMs: optional(fc.integer({ min: forMsRange.least, max: forMsRange.most })), nodes: optional(fc.integer({ min: 3, max: 32 })), tokenCoefficientMs: optional(fc.integer({ min: 1, max: 60_000 })), secondLink: optional(fc.constantFrom(...secondLinks)), linkMode: optional(fc.constantFrom(...linkModes)), addressOn: optional(fc.constantFrom(...addressOns)), ipVersion: optional(fc.constantFrom(...ipVersions)), way: optional(fc.constantFrom(...waysToQDevice)), class: optional(fc.constantFrom(...faultClasses)), victim: optional(fc.constantFrom('pve1', 'pve2', 'pve3')),
}).map(({ mode, part, summary, lacpRate, rate, xmitHashPolicy, miimonMs, isStatic, switches, fault, target, also, ha, detector, forMs, neighbours, nodes, class: labClass, victim, tokenCoefficientMs, secondLink, linkMode, addressOn, ipVersion, way, ...wanted }) => {
  const arpMonitor = arpModes.includes(mode) ? wanted.arpMonitor : undefined;
  const only = (one: BondMode, values: Partial<typeof wanted>): object => (one === mode ? values : {});
  const options = whole({ arpMonitor, ...only('802.3ad', { coupledControl: wanted.coupledControl, minLinks: wanted.minLinks }), ...only('balance-tlb', { tlbDynamicLb: wanted.tlbDynamicLb }) });
  const ports: PortsConfig = mode === '802.3ad' ? { kind: 'lacp', rate, ...switches !== undefined && { switches } } : { kind: isStatic ? 'static' : 'plain' };
  const lab = whole<{ [key in keyof LabShape]: LabShape[key] | undefined }>({ nodes, class: labClass, victim, tokenCoefficientMs, secondLink, linkMode, addressOn, ipVersion, qdevice: ipVersion === 'ipv6' || (nodes ?? 0) % 2 === 1 ? undefined : way }) as LabShape;
  const hasRoles = mode === 'active-backup' || mode === '802.3ad' && switches !== undefined;
  const possible = fault !== 'switch-rate-slow' || ports.kind === 'lacp' && ports.rate === 'fast' ? fault : 'tx-silent';
  return whole({ name: `${mode}${part}`, summary, bond: whole({ mode, lacpRate: mode === '802.3ad' ? lacpRate : undefined, xmitHashPolicy, miimonMs: arpMonitor === undefined ? miimonMs : 0, options: Object.keys(options).length > 0 ? options : undefined }), ports, fault: possible, target: hasRoles ? target : 'first' as const, also: hasRoles || also?.target === 'first' || also?.target === 'second' ? also : undefined, ha, detector, forMs, neighbours, lab: Object.keys(lab).length > 0 ? lab : undefined }) as Scenario;
});

test('what is written is read as the same', (t) => {
  fc.assert(fc.property(anyScenario, fc.array(fc.stringMatching(/^[ -~]{0,40}$/), { maxLength: 3 }), (scenario, comments) => {
    const text = scenarioText(scenario, comments);
    t.deepEqual(load(text), scenario);
    t.deepEqual(text.split('\n').slice(0, comments.length), comments.map((line) => `# ${line}`.trimEnd()), text);
  }), { numRuns: 500 });
  for (const scenario of scenarios) t.deepEqual(load(scenarioText(scenario)), scenario);
});

const refused: readonly (readonly [what: string, text: string, message: string])[] = [
  ['an empty file', '', 'found.yaml:1:1: the file is empty\n  right would be: a map with name, summary, bond and fault'],
  ['no fault', least.replace('fault: tx-silent\n', ''), 'found.yaml:1:1: fault is missing\n  right would be: the name of a fault, like tx-silent'],
  ['a mistyped fault', least.replace('tx-silent', 'tx-silnt'), 'found.yaml:4:8: fault is "tx-silnt", which there is not\n  right would be: tx-silent'],
  ['a strange fault', least.replace('tx-silent', 'fire'), 'found.yaml:4:8: fault is "fire", which there is not\n  right would be: one of tx-silent, tx-data-silent, tx-lacpdu-silent, rx-silent, switch-tx-silent, switch-rate-slow, none, carrier-down'],
  ['a change of a rate that is not fast', least.replace('tx-silent', 'switch-rate-slow'), 'found.yaml:4:8: fault switch-rate-slow, with ports whose rate is not fast\n  right would be: ports of kind lacp and rate fast, or another fault'],
  ['a mistyped key', `${least}frMs: 3000\n`, 'found.yaml:5:1: unknown key "frMs"\n  right would be: forMs'],
  ['a fault that is over too soon', `${least}forMs: 100\n`, 'found.yaml:5:8: forMs is 100\n  right would be: how long the fault lasts, 3000 to 120000 ms; without it until every node is decided'],
  ['a name of another mode', least.replace('name: balance-xor', 'name: 802.3ad'), 'found.yaml:1:7: name is "802.3ad/mine", and the mode "balance-xor"\n  right would be: a name that begins with balance-xor/, or with control/ for what everything must survive'],
  ['LACP where there is none', least.replace('{mode: balance-xor}', '{mode: balance-xor, lacpRate: fast}'), 'found.yaml:3:37: lacpRate with mode "balance-xor"\n  right would be: no lacpRate, or mode 802.3ad'],
  ['options of another mode', least.replace('{mode: balance-xor}', '{mode: balance-xor, options: {coupledControl: off, minLinks: 1, tlbDynamicLb: 0}}'), [
    'found.yaml: 3 mistakes', '  found.yaml:3:53: coupledControl with mode "balance-xor"', '    right would be: no coupledControl, or mode 802.3ad',
    '  found.yaml:3:68: minLinks with mode "balance-xor"', '    right would be: no minLinks, or mode 802.3ad', '  found.yaml:3:85: tlbDynamicLb with mode "balance-xor"', '    right would be: no tlbDynamicLb, or mode balance-tlb',
  ].join('\n')],
  ['an ARP monitor beside miimon', least.replace('{mode: balance-xor}', '{mode: balance-xor, miimonMs: 100, options: {arpMonitor: {intervalMs: 100, targets: peers}}}'), 'found.yaml:3:37: miimonMs with an arpMonitor\n  right would be: one of the two: the kernel has no bond with both'],
  ['an ARP monitor where the kernel has none', least.replaceAll('balance-xor', 'balance-alb').replace('alb}', 'alb, options: {arpMonitor: {intervalMs: 100, targets: peers}}}'), 'found.yaml:3:49: arpMonitor with mode "balance-alb"\n  right would be: no arpMonitor, or mode balance-rr or active-backup or balance-xor or broadcast'],
  ['ports of another mode', `${least}ports: {kind: lacp}\n`, 'found.yaml:5:15: ports of kind "lacp" with mode "balance-xor"\n  right would be: kind plain or static'],
  ['two switches without LACP', `${least}ports: {kind: static, switches: 2}\n`, 'found.yaml:5:33: switches with ports of kind "static"\n  right would be: no switches, or kind lacp'],
  ['a rate without LACP', `${least}ports: {kind: static, rate: fast}\n`, 'found.yaml:5:29: a rate with ports of kind "static"\n  right would be: no rate, or kind lacp'],
  ['a role that no slave has', `${least}target: backup\n`, 'found.yaml:5:9: target is "backup" with mode "balance-xor"\n  right would be: first, or mode active-backup, or LACP over two switches'],
  ['a second victim’s role that no slave has', `${least}also: {target: active}\n`, 'found.yaml:5:16: target is "active" with mode "balance-xor"\n  right would be: first, second, or mode active-backup, or LACP over two switches'],
  ['a second victim that is not there', `${least}lab: {nodes: 3}\nalso: {placesAfter: 3}\n`, 'found.yaml:6:21: placesAfter is 3 of 3 nodes\n  right would be: 1 to 2'],
  ['a victim that is not there', `${least}lab: {nodes: 3, victim: pve4}\n`, 'found.yaml:5:25: victim is "pve4" of 3 nodes\n  right would be: one of pve1 to pve3'],
  ['a class that two nodes cannot have', `${least}lab: {nodes: 2, class: partial}\n`, 'found.yaml:5:24: class is "partial" with 2 nodes\n  right would be: 3 nodes or more, or class none or isolated'],
];

for (const [what, text, message] of refused) test(`refused: ${what}`, (t) => t.is(whyNot(() => load(text)), message));

test('all mistakes are told at once', (t) => {
  t.is(whyNot(() => load('name: X\nsummary: ""\nbond: {mode: lacp}\nfault: 1\n')).split('\n').filter((line) => line.startsWith('  found.yaml')).map((line) => line.trim().split(':').slice(0, 3).join(':')).join(' '), 'found.yaml:1:7 found.yaml:2:10 found.yaml:3:14 found.yaml:4:8');
});

test('whatever a file holds, it loads or is a Problem', (t) => {
  fc.assert(fc.property(fc.nat(least.length), fc.nat(20), fc.string({ maxLength: 5 }), (at, cut, instead) => { whyNot(() => load(least.slice(0, at) + instead + least.slice(at + cut))); }), { numRuns: 500 });
  fc.assert(fc.property(fc.jsonValue(), (value) => { whyNot(() => load(JSON.stringify({ name: value, bond: value, ports: value, lab: value, fault: 'none', target: value }))); }), { numRuns: 500 });
  t.pass();
});

test('the committed JSON Schema is the one that the schema gives', (t) =>
  t.is(readFileSync(new URL('../../labs/scenario.schema.json', import.meta.url), 'utf8'), scenarioSchemaText()));

const labOf = (text: string): Lab => loadLab(text, { file: 'x', home: '/', dialects: ['linux'] });

test('a lab that bondproof makes gets the shape, as if its file had said so', (t) => {
  for (const world of ['virtual', 'timewarp']) {
    t.deepEqual(shapedLab(labOf(`{name: x, world: ${world}}`), { nodes: 5, class: 'isolated', victim: 'pve4', tokenCoefficientMs: 650, secondLink: 'own-nic', linkMode: 'rr', addressOn: 'vlan' }), labOf(`{name: x, world: ${world}, nodes: 5, class: isolated, victim: pve4, tokenCoefficientMs: 650, secondLink: own-nic, linkMode: rr, addressOn: vlan}`));
    t.deepEqual(shapedLab(labOf(`{name: x, world: ${world}, addressOn: bridge}`), { nodes: 4 }), labOf(`{name: x, world: ${world}, nodes: 4, addressOn: bridge}`));
    t.deepEqual(shapedLab(labOf(`{name: x, world: ${world}, addressOn: bridge}`), { addressOn: 'bond' }), labOf(`{name: x, world: ${world}}`));
    t.deepEqual(shapedLab(labOf(`{name: x, world: ${world}}`), { ipVersion: 'ipv6', secondLink: 'own-nic' }), labOf(`{name: x, world: ${world}, ipVersion: ipv6, secondLink: own-nic}`));
    t.deepEqual(shapedLab(labOf(`{name: x, world: ${world}, ipVersion: ipv6}`), { nodes: 4 }), labOf(`{name: x, world: ${world}, nodes: 4, ipVersion: ipv6}`));
    t.deepEqual(shapedLab(labOf(`{name: x, world: ${world}, ipVersion: ipv6}`), { ipVersion: 'ipv4' }), labOf(`{name: x, world: ${world}}`));
    t.deepEqual(shapedLab(labOf(`{name: x, world: ${world}, nodes: 4, victim: pve2}`), {}), labOf(`{name: x, world: ${world}, nodes: 4, victim: pve2}`));
  }
});

test('but not one that it cannot have', (t) => {
  t.is(whyNot(() => shapedLab(labOf('{name: x, world: virtual}'), { nodes: 9 })), 'lab x with 9 nodes: the virtual world takes up to 8\n  right would be: 2 to 8 nodes');
  t.is(whyNot(() => shapedLab(labOf('{name: x, world: virtual, nodes: 4, victim: pve4}'), { nodes: 3 })), 'lab x with 3 nodes: the victim is pve4, which is none of them\n  right would be: a victim from pve1 to pve3');
  t.regex(whyNot(() => shapedLab(labOf('{name: x, world: virtual}'), { nodes: 2 })), /^lab x with 2 nodes: its class is partial/);
});

test('a lab of real machines has the nodes that it has, and its file says whose NIC is silenced', (t) => {
  const lab = labOf(hardwareLab);
  const other = lab.nodes.find(({ name }) => name !== lab.victim)!;
  t.is(shapedLab(lab, { nodes: 2, class: 'isolated', victim: 'pve1', tokenCoefficientMs: 650 }), lab, 'what only its machines can tell is not looked at here');
  t.is(whyNot(() => shapedLab(lab, { victim: 'pve2' }, 'balance-xor/mine')), `lab rack with 2 nodes for scenario balance-xor/mine: its victim is ${lab.victim}\n  right would be: ${other.name}, which by corosync’s ids is pve2\n  what to do: write \`victim: ${other.name}\` into the lab file, or leave the scenario out`);
  t.regex(whyNot(() => shapedLab(lab, { victim: 'pve3' })), /: a node more, which by corosync’s ids is pve3\n/);
  const named = { ...lab, nodes: [{ ...other, name: 'two', id: 9 }, { ...other, name: 'one', id: 5 }], victim: 'one' };
  t.is(shapedLab(named, { victim: 'pve1' }), named, 'pve1 is the lowest id, whatever it is called');
  t.is(whyNot(() => shapedLab(lab, { nodes: 3 })), 'lab rack with 3 nodes: its machines are there, and are 2\n  right would be: a scenario for 2 nodes, or a lab of 3\n  what to do: leave the scenario out, or take `lab` out of its file to try it all the same');
});
