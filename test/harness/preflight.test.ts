import test from 'ava';

import { haObstacle } from '../../src/harness/ha.ts';
import { injectorObstacle, nodeChecks, preflight, requireAll } from '../../src/harness/preflight.ts';
import { parseSurvey } from '../../src/harness/survey.ts';
import type { Query } from '../../src/model/command.ts';
import { findNode, type Lab } from '../../src/model/lab.ts';
import type { Injector } from '../../src/model/scenario.ts';
import { paperLab } from './paper-lab.ts';
import { machineIdOf, sectionsOf, surveysOf, textOf, type Sections } from './paper-survey.ts';

const today = '2026-11-25';
const pve1 = findNode(paperLab, 'pve1');
const right = sectionsOf(paperLab, pve1);

/** What is wrong with pve1, or with a whole lab whose other nodes are as they should be. */
const wrongs = (change: Sections, { lab = paperLab, day = today, others = {} } = {}): readonly string[] =>
  nodeChecks(lab, findNode(lab, 'pve1'), surveysOf(paperLab, { ...others, pve1: change }), { today: day }).filter(({ held }) => !held).map(({ what, found }) => `${what}: ${found}`);

const marker = JSON.parse(right['marker']!) as Readonly<Record<string, unknown>>;
const markerWith = (change: Readonly<Record<string, unknown>>): Sections => ({ marker: JSON.stringify({ ...marker, ...change }) });
const conf = right['conf']!;
const stats = (folder: string, file: string): Sections => ({ stat: `/etc/bondproof ${folder}\n/etc/bondproof/lab.json ${file}` });
const entry = (name: string, id: number): string => `  node {\n    name: ${name}\n    nodeid: ${id}\n    ring0_addr: 10.10.10.${id}\n  }\n`;
const links = JSON.parse(right['links']!) as readonly { readonly ifname: string }[];
const linksWith = (...more: readonly object[]): string => JSON.stringify([...links.filter(({ ifname }) => !more.some((link) => 'ifname' in link && link.ifname === ifname)), ...more]);
const over = (dev: string): Sections => ({ back: JSON.stringify([{ dst: '192.0.2.200', dev }]) });
const rulesWith = (rule: object): string => JSON.stringify([rule, ...JSON.parse(right['rules']!) as readonly object[]]);
const routesWith = (...more: readonly object[]): string => JSON.stringify([...JSON.parse(right['routes']!) as readonly object[], ...more]);

/** One thing wrong each, and what must be named. */
const mutants: readonly (readonly [string, Sections, RegExp])[] = [
  // The marker.
  ['no marker', { marker: '', stat: '/etc/bondproof 0 755 directory' }, /^marker: no \/etc\/bondproof\/lab.json$/],
  ['no folder either', { marker: '', stat: '' }, /^marker: no /],
  ['a folder that cannot be looked at', { stat: '/etc/bondproof/lab.json 0 644 regular file' }, /^marker: \/etc\/bondproof cannot be looked at/],
  ['an empty marker', { marker: '', ...stats('0 755 directory', '0 644 regular empty file') }, /^marker: .* is a regular empty file/],
  ['a marker that cannot be read', { marker: '' }, /^marker: .* is not a JSON object/],
  ['half a marker', { marker: right['marker']!.slice(0, 40) }, /^marker: .* is not a JSON object/],
  ['a list', { marker: '[]' }, /^marker: .* is not a JSON object/],
  ['a word', { marker: '"paper"' }, /^marker: .* is not a JSON object/],
  ['null', { marker: 'null' }, /^marker: .* is not a JSON object/],
  ['somebody’s file', stats('0 755 directory', '1000 644 regular file'), /^marker: .*lab.json belongs to uid 1000/],
  ['a group’s file', stats('0 755 directory', '0 664 regular file'), /^marker: .*lab.json has mode 664/],
  ['everybody’s file', stats('0 755 directory', '0 646 regular file'), /^marker: .*lab.json has mode 646/],
  ['a symbolic link', stats('0 755 directory', '0 777 symbolic link'), /^marker: .*lab.json is a symbolic link/],
  ['a folder in place of the file', stats('0 755 directory', '0 755 directory'), /^marker: .*lab.json is a directory/],
  ['somebody’s folder', stats('1000 755 directory', '0 644 regular file'), /^marker: \/etc\/bondproof belongs to uid 1000/],
  ['a folder that all may write', stats('0 1777 directory', '0 644 regular file'), /^marker: \/etc\/bondproof has mode 1777/],
  ['a folder by a link', stats('0 777 symbolic link', '0 644 regular file'), /^marker: \/etc\/bondproof is a symbolic link/],
  ['another lab', markerWith({ lab: 'production' }), /^marker: a marker of lab production$/],
  ['another lab by a letter', markerWith({ lab: 'Paper' }), /^marker: a marker of lab Paper$/],
  ['another cluster', markerWith({ cluster: 'production' }), /^marker: a marker of cluster production$/],
  ['lab and cluster swapped with those of another', markerWith({ lab: 'p2', cluster: 'p1' }), /^marker: a marker of lab p2$/],
  ['copied from pve2', markerWith({ machineId: machineIdOf(findNode(paperLab, 'pve2')) }), /^marker: .*copied from another machine: made for a+2, this is a+1/],
  ['a machine-id in capitals', markerWith({ machineId: machineIdOf(pve1).toUpperCase() }), /^marker: .*copied .*made for A+1/],
  ['a machine-id with a space', markerWith({ machineId: `${machineIdOf(pve1)} ` }), /^marker: .*copied/],
  ['ended yesterday', markerWith({ until: '2026-11-24' }), /^marker: a marker that ended on 2026-11-24$/],
  ['ended long ago', markerWith({ until: '1999-12-31' }), /^marker: .*ended on 1999-12-31/],
  ['a day that there is not', markerWith({ until: '2027-02-30' }), /^marker: .* has until "2027-02-30"/],
  ['a day of another form', markerWith({ until: '31.01.2027' }), /^marker: .* has until "31.01.2027"/],
  ['a day with a time', markerWith({ until: '2027-01-31T00:00:00Z' }), /^marker: .* has until/],
  ['a number for a day', markerWith({ until: 20270131 }), /^marker: .* has until 20270131/],
  ['no day', markerWith({ until: undefined }), /^marker: .* has no until/],
  ['no lab', markerWith({ lab: undefined }), /^marker: .* has no lab/],
  ['no cluster', markerWith({ cluster: undefined }), /^marker: .* has no cluster/],
  ['no machine', markerWith({ machineId: undefined }), /^marker: .* has no machineId/],
  ['an empty lab', markerWith({ lab: '' }), /^marker: .* has lab ""/],
  ['a list of labs', markerWith({ lab: ['paper'] }), /^marker: .* has lab \["paper"\]/],
  ['fencing in words', markerWith({ fencing: 'yes' }), /^marker: .* has fencing "yes"/],
  ['a misspelt key', markerWith({ fencng: true }), /^marker: .* has an unknown key "fencng"/],
  ['a key of objects', { marker: right['marker']!.replace('{', '{"__proto__":{"fencing":true},') }, /^marker: .* has an unknown key "__proto__"/],
  // The machine.
  ['no machine-id', { machine: '' }, /^marker: its \/etc\/machine-id is empty or not there/],
  ['an uninitialized machine-id', { machine: 'uninitialized' }, /^marker: its \/etc\/machine-id is "uninitialized"/],
  ['a machine-id of zeros', { machine: '0'.repeat(32), ...markerWith({ machineId: '0'.repeat(32) }) }, /^marker: its \/etc\/machine-id is "0+"/],
  ['a clone of pve2 that was marked anew', { machine: machineIdOf(findNode(paperLab, 'pve2')), ...markerWith({ machineId: machineIdOf(findNode(paperLab, 'pve2')) }) }, /^machine: machine-id a+2, as pve2$/],
  ['another name', { hostname: 'pve2' }, /^name: pve2$/],
  // The cluster and who is in it.
  ['another cluster_name', { conf: conf.replace('cluster_name: paper', 'cluster_name: production') }, /^cluster: cluster production$/],
  ['no corosync.conf', { conf: '' }, /^cluster: cluster unknown$/],
  ['another id', { conf: conf.replace('nodeid: 1', 'nodeid: 9') }, /^cluster: no node 1$/],
  ['swapped names', { conf: conf.replace('name: pve1', 'name: x').replace('name: pve2', 'name: pve1').replace('name: x', 'name: pve2') }, /^cluster: node 1 is pve2$/],
  ['another address', { conf: conf.replace('10.10.10.1\n', '10.10.10.77\n') }, /^cluster: pve1 has ring0_addr 10.10.10.77$/],
  ['a fourth member', { conf: conf.replace('nodelist {\n', `nodelist {\n${entry('pve4', 4)}`) }, /^members: corosync.conf also has pve4 \(4\)$/],
  ['a member twice', { conf: conf.replace('nodelist {\n', `nodelist {\n${entry('pve2', 2)}`) }, /^members: corosync.conf also has pve2 \(2\)$/],
  ['a nameless member', { conf: conf.replace('nodelist {\n', `nodelist {\n${entry('pve4', 4).replace(/ +name.*\n/, '')}`) }, /^members: corosync.conf also has nameless \(4\)$/],
  ['a member under another id', { conf: conf.replace('nodeid: 3', 'nodeid: 33') }, /^members: corosync.conf also has pve3 \(33\)$/],
  ['a member is missing', { conf: conf.replace(/ {2}node \{\n {4}name: pve3[^}]*\}\n/, '') }, /^members: corosync.conf lacks pve3 \(3\)$/],
  ['a fourth in the ring', { quorum: 'Nodes:            4\nQuorate:          Yes' }, /^members: corosync counts 4 members$/],
  // Guests.
  ['a guest without tags', { guests: 'there\nqemu-server/100.conf bondproof\nqemu-server/101.conf ' }, /^guests: without tag bondproof: qemu-server\/101.conf$/],
  ['a guest of others', { guests: 'there\nlxc/7.conf production;not-bondproof' }, /^guests: .*lxc\/7.conf$/],
  ['guests out of sight', { guests: '' }, /^guests: its guests cannot be seen/],
  // Qdiscs.
  ['a qdisc of somebody’s', { qdisc: '[{"kind":"htb","handle":"1:","dev":"eth1","root":true}]' }, /^qdisc: eth1 has htb 1:$/],
  ['qdiscs that cannot be seen', { qdisc: '' }, /^qdisc: they cannot be seen$/],
  ['half a list of qdiscs', { qdisc: right['qdisc']!.slice(0, -4) }, /^qdisc: they cannot be seen$/],
  ['a default that is no more', { qdisc: '[{"kind":"mq","handle":"0:","dev":"eth1","root":true},{"kind":"pfifo_fast","handle":"0:","dev":"eth1","parent":":1"}]', default: 'fq_codel' }, /^qdisc: eth1 has pfifo_fast, which would come back as fq_codel/],
  ['a queue of no length', { links: linksWith({ ifname: 'eth1', master: 'bond0', linkinfo: { info_kind: 'veth', info_slave_kind: 'bond' } }) }, /^qdisc: eth1 has a txqueuelen of 0/],
  ['qdiscs that are none', { qdisc: '[{"kind":"mq"}]' }, /^qdisc: they cannot be seen$/],
  // The management path.
  ['the way back over the bond', over('bond0'), /^management: bond0, eth1, eth2 carry the management/],
  ['the way back over a slave', over('eth2'), /^management: eth2 carries the management/],
  ['from its own address over the bond', { from: JSON.stringify([{ dev: 'bond0' }]) }, /^management: bond0, eth1, eth2/],
  ['no way back', { back: '' }, /^management: .*the way back to 192.0.2.200/],
  ['no way back from its address', { from: '' }, /^management: .*the way back to 192.0.2.200/],
  ['no interface has the address', { connection: '192.0.2.200 50022 192.0.2.99 22' }, /^management: .*which interface has 192.0.2.99/],
  ['the address is one that corosync uses', { connection: '192.0.2.200 50022 10.10.10.1 22' }, /^management: bond0/],
  ['… also where another interface has it', { conf: conf.replace('ring0_addr: 10.10.10.1\n', 'ring0_addr: 10.10.10.1\n    ring1_addr: 192.0.2.1\n') }, /^management: .*leads to 192.0.2.1, which corosync uses/],
  ['asked by the node itself', over('lo'), /^management: .*an address of the node itself/],
  ['not asked over ssh', { connection: '' }, /^management: .*the connection that it is asked over/],
  ['rules that cannot be seen', { rules: '' }, /^management: .*rules/],
  ['a route to nowhere', { routes: routesWith({ dst: '192.0.2.0/99', dev: 'bond0' }) }, /^management: .*routes/],
  ['an address that is none', { addresses: '[{"ifname":"eno9","addr_info":[{"local":7}]}]' }, /^management: .*addresses/],
  ['a VLAN on the bond', { ...over('bond0.5'), links: linksWith({ ifname: 'bond0.5', link: 'bond0', linkinfo: { info_kind: 'vlan' } }) }, /^management: bond0/],
  ['a tunnel', { ...over('wg0'), links: linksWith({ ifname: 'wg0', linkinfo: { info_kind: 'wireguard' } }) }, /^management: it could not be seen: nothing says what wg0/],
  ['a parent elsewhere', { links: linksWith({ ifname: 'eno9', link_index: 4, link_netnsid: 0, linkinfo: { info_kind: 'macvlan' } }) }, /^management: .*another network namespace/],
  ['a mark that leads to the bond', { rules: rulesWith({ priority: 100, src: 'all', fwmark: '0x5', table: '100' }), routes: routesWith({ dst: 'default', gateway: '10.10.10.9', dev: 'bond0', table: '100' }) }, /^management: bond0/],
  ['a rule that cannot be followed', { rules: rulesWith({ priority: 100, src: 'all', fwmark: '0x5', goto: 200 }) }, /^management: .*the rule .*fwmark/],
  ['two gateways, one over the bond', { routes: routesWith({ dst: '192.0.2.128/25', nexthops: [{ gateway: '192.0.2.254', dev: 'eno9' }, { gateway: '10.10.10.9', dev: 'bond0' }] }) }, /^management: bond0/],
];

test('a node of the lab passes', (t) => {
  t.deepEqual(wrongs({}), []);
  t.deepEqual(wrongs({}, { day: '2027-01-31' }), [], 'on the last day');
  t.deepEqual(wrongs(markerWith({ fencing: undefined })), [], 'without a word of fencing');
});

test('there are mutants enough', (t) => {
  t.true(mutants.length >= 50, `${mutants.length}`);
  t.is(new Set(mutants.map(([name]) => name)).size, mutants.length);
});

for (const [name, change, found] of mutants) {
  test(`refused: ${name}`, (t) => {
    const wrong = wrongs(change);
    t.true(wrong.some((text) => found.test(text)), wrong.join('\n') || 'it passed');
  });
}

const labs: readonly (readonly [string, Partial<Lab>, RegExp])[] = [
  ['another name', { name: 'other' }, /^marker: a marker of lab paper$/],
  ['another cluster', { cluster: 'other' }, /^marker: a marker of cluster paper$/],
  ['a node less', { nodes: paperLab.nodes.slice(0, 2) }, /^members: corosync.conf also has pve3 \(3\)$/],
  ['two ids swapped', { nodes: paperLab.nodes.map((node) => ({ ...node, id: 4 - node.id })) }, /^members: corosync.conf also has pve1 \(1\)/],
];

for (const [name, change, found] of labs) {
  test(`refused: a lab file with ${name}`, (t) => {
    const wrong = wrongs({}, { lab: { ...paperLab, ...change } });
    t.true(wrong.some((text) => found.test(text)), wrong.join('\n') || 'it passed');
  });
}

test('refused: the day after the last', (t) => {
  t.deepEqual(wrongs({}, { day: '2027-02-01' }), ['marker: a marker that ended on 2027-01-31']);
});

test('refused: two names that lead to one machine, on both', (t) => {
  const twin = { ...sectionsOf(paperLab, pve1), hostname: 'pve2' };
  const surveys = surveysOf(paperLab, { pve2: twin });
  for (const [name, other] of [['pve1', 'pve2'], ['pve2', 'pve1']] as const) {
    const machine = nodeChecks(paperLab, findNode(paperLab, name), surveys, { today }).find(({ what }) => what === 'machine')!;
    t.false(machine.held);
    t.regex(machine.found, new RegExp(`as ${other}$`));
  }
});

test('preflight asks each device, and nothing that it asks changes any', async (t) => {
  const asked: { readonly device: string; readonly argv: readonly string[]; readonly stdin: string | undefined }[] = [];
  const ask = async <Answer>(device: string, query: Query<Answer>): Promise<Answer> => {
    asked.push({ device, argv: query.command.argv, stdin: query.command.stdin });
    const node = paperLab.nodes.find(({ name }) => name === device);
    const ports = paperLab.links.map(({ port }) => ({ ifname: port, operstate: 'UP', flags: ['UP', 'LOWER_UP'] }));
    return Promise.resolve(query.parse(node ? textOf(sectionsOf(paperLab, node)) : JSON.stringify(ports)));
  };
  const { checks } = await preflight(paperLab, { ask }, null, { today });
  t.deepEqual(checks.filter(({ held }) => !held), []);
  t.deepEqual([...new Set(asked.map(({ device }) => device))].sort(), ['pve1', 'pve2', 'pve3', 'sw1']);
  t.deepEqual(asked.filter(({ stdin }) => stdin !== undefined), [], 'no text is sent along');
  const onSwitch = asked.filter(({ device }) => device === 'sw1').map(({ argv }) => argv.join(' '));
  for (const command of onSwitch) t.regex(command, /^(?:ip -d -j addr show|uname -r)$/);
  // What the nodes are asked is looked at in survey.test.ts.
  for (const { argv } of asked.filter(({ device }) => device !== 'sw1')) t.is(argv[3], 'bondproof-survey');
});

test('an injector that the victim cannot have is refused, and the other one named', async (t) => {
  const ports = paperLab.links.map(({ port }) => ({ ifname: port, operstate: 'UP', flags: ['UP', 'LOWER_UP'] }));
  const wrong = async (injector: Injector, { tools = right['tools']!, fitness = '' } = {}): Promise<string> => {
    const ask = async <Answer>(device: string, query: Query<Answer>): Promise<Answer> => {
      const node = paperLab.nodes.find(({ name }) => name === device);
      if (query.command.argv[3] === 'bondproof-lease-fitness') t.is(device, 'pve1', 'the victim alone is asked');
      const said = query.command.argv[3] === 'bondproof-lease-fitness' ? fitness : node ? textOf({ ...sectionsOf(paperLab, node), tools: device === 'pve1' ? tools : '' }) : JSON.stringify(ports);
      return Promise.resolve(query.parse(said));
    };
    const { checks } = await preflight(paperLab, { ask }, injector, { today });
    const problem = t.throws(() => { requireAll(paperLab, checks.filter(({ what }) => what === injector)); });
    return problem.message;
  };
  const kernel = 'kernel 7.2.7\nhas setpriv\n';
  t.regex(await wrong('lease', { fitness: kernel }), /pve1 lease: no nft; no \/dev\/net\/tun; this kernel \(7\.2\.7\) has no nftables on netdev egress \(CONFIG_NFT_FWD_NETDEV\)/);
  t.regex(await wrong('lease', { fitness: kernel }), /what to do: use --injector netem, or mend it/);
  t.regex(await wrong('netem', { tools: right['tools']!.replace('sch_netem', '') }), /pve1 netem: this kernel has no sch_netem[\s\S]*what to do: use --injector lease, or mend it/);
  t.regex(await wrong('cable'), /pve1 cable: nothing of bondproof’s passes on what its cables carry[\s\S]*a virtual lab whose file says `cables: relayed`[\s\S]*what to do: use --injector netem, or mend it/);
  const relayed: Lab = { ...paperLab, virtual: { nodeMemoryMb: 320, switchMemoryMb: 128, kernel: 'debian', cables: 'relayed' } };
  t.is(await injectorObstacle('cable', 'pve1', { lab: relayed, devices: { ask: () => Promise.reject(new Error('nobody is asked')) }, surveys: new Map() }), null);
});

test('fencing is allowed by the lab file, by every marker, and by an administrator who started HA', (t) => {
  const none = surveysOf(paperLab, { pve2: markerOf('pve2', { fencing: false }) });
  t.is(haObstacle(surveysOf(paperLab), 'armed', paperLab), null);
  t.regex(haObstacle(surveysOf(paperLab), 'armed', { ...paperLab, fencing: false })!.message, /lab file does not allow fencing/);
  t.regex(haObstacle(none, 'armed', paperLab)!.message, /the marker of pve2 does not allow fencing/);
  t.regex(haObstacle(surveysOf(paperLab, { pve3: { lrm: '' } }), 'armed', paperLab)!.message, /LRM of pve3/);
  t.is(haObstacle(surveysOf(paperLab, { pve1: { ...markerOf('pve1', { fencing: false }), lrm: '{"state":"wait_for_agent_lock"}' }, pve2: { lrm: '' }, pve3: { lrm: '' } }), 'idle', paperLab), null, 'idle HA wants no word of it');
});

test('a marker that is wrong in any way allows no fencing', (t) => {
  for (const change of [{ stat: '' }, { machine: 'f'.repeat(32) }, { marker: '{"fencing":true}' }, stats('0 755 directory', '0 666 regular file')]) {
    t.regex(haObstacle(surveysOf(paperLab, { pve1: change }), 'armed', paperLab)!.message, /marker of pve1/);
  }
});

const markerOf = (node: string, change: Readonly<Record<string, unknown>>): Sections => {
  const own = JSON.parse(sectionsOf(paperLab, findNode(paperLab, node))['marker']!) as object;
  return { marker: JSON.stringify({ ...own, ...change }) };
};

test('guests without Proxmox VE: there are none, and none are missed', (t) => {
  t.deepEqual(nodeChecks(paperLab, pve1, new Map([...surveysOf(paperLab), ['pve1', parseSurvey(textOf({ ...right, ha: 'stand-in', guests: '' }), { bond: 'bond0', address: '10.10.10.1' })]]), { today }).filter(({ held }) => !held), []);
});

test('where corosync’s first link has a NIC of its own, that one’s address is the node’s in corosync.conf', (t) => {
  const first = { ...pve1, second: { address: '10.10.11.1', nic: 'eth3', first: true as const } };
  const cluster = (text: string): readonly string[] => nodeChecks(paperLab, first, new Map([...surveysOf(paperLab), ['pve1', parseSurvey(textOf({ ...right, conf: text }), pve1)]]), { today })
    .filter(({ what, held }) => what === 'cluster' && !held).map(({ found }) => found);
  t.deepEqual(cluster(conf.replace('ring0_addr: 10.10.10.1\n', 'ring0_addr: 10.10.11.1\n    ring1_addr: 10.10.10.1\n')), []);
  t.deepEqual(cluster(conf), ['pve1 has ring0_addr 10.10.10.1']);
});

test('each of two victims is asked', async (t) => {
  const ports = paperLab.links.map(({ port }) => ({ ifname: port, operstate: 'UP', flags: ['UP', 'LOWER_UP'] }));
  const ask = async <Answer>(device: string, query: Query<Answer>): Promise<Answer> => {
    const node = paperLab.nodes.find(({ name }) => name === device);
    const tools = device === 'pve2' ? right['tools']!.replace('sch_netem', '') : right['tools']!;
    return Promise.resolve(query.parse(node ? textOf({ ...sectionsOf(paperLab, node), tools }) : JSON.stringify(ports)));
  };
  const of = async (victims: readonly string[]) => (await preflight(paperLab, { ask }, 'netem', { today, victims })).checks.filter(({ what }) => what === 'netem').map(({ device, held }) => [device, held]);
  t.deepEqual([await of(['pve1']), await of(['pve1', 'pve2'])], [[['pve1', true]], [['pve1', true], ['pve2', false]]]);
});
