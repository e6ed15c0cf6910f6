// What the survey of a node of a paper lab prints, section by section, so that a test can change one of them.

import { parseSurvey, type Survey } from '../../src/harness/survey.ts';
import type { Lab, Node } from '../../src/model/lab.ts';

export type Sections = Readonly<Record<string, string>>;

export const machineIdOf = (node: Node): string => node.id.toString(16).padStart(32, 'a');

/** The node's management is eno9 with 192.0.2.`id`; its bond is what the lab file says. */
export const sectionsOf = (lab: Lab, node: Node): Sections => ({
  boot: `boot-${node.name}`, kernel: '6.14.8-2-pve', hostname: node.name,
  links: JSON.stringify([
    { ifname: 'lo', link_type: 'loopback' }, { ifname: 'eno9', link_type: 'ether' },
    ...node.slaves.map((nic) => ({ ifname: nic, master: node.bond, linkinfo: { info_slave_kind: 'bond' } })),
    { ifname: node.bond, linkinfo: { info_kind: 'bond', info_data: { mode: 'active-backup' } } },
  ]),
  addresses: JSON.stringify([
    { ifname: 'lo', addr_info: [{ family: 'inet', local: '127.0.0.1' }] }, { ifname: 'eno9', addr_info: [{ family: 'inet', local: `192.0.2.${node.id}` }] },
    { ifname: node.bond, addr_info: [{ family: 'inet', local: node.address }] },
  ]),
  qdisc: JSON.stringify(node.slaves.flatMap((dev) => [{ kind: 'mq', handle: '0:', dev, root: true }, { kind: 'fq_codel', handle: '0:', dev, parent: ':1' }])),
  default: 'fq_codel',
  conf: [
    'nodelist {', ...lab.nodes.map(({ name, id, address }) => `  node {\n    name: ${name}\n    nodeid: ${id}\n    quorum_votes: 1\n    ring0_addr: ${address}\n  }`), '}',
    `totem {\n  cluster_name: ${lab.cluster}\n}\n`,
  ].join('\n'),
  interfaces: `auto ${node.bond}\niface ${node.bond} inet static\n\taddress ${node.address}/24\n\tbond-slaves ${node.slaves.join(' ')}\n`,
  quorum: `Nodes:            ${lab.nodes.length}\nQuorate:          Yes`,
  order: node.slaves.join(' '),
  tools: ['tc', 'ip', 'systemd-run', 'journalctl', 'python3', 'ifreload', 'sch_netem', 'bonding'].join('\n'),
  ha: 'pve',
  lrm: '{"state":"active"}',
  machine: machineIdOf(node),
  marker: JSON.stringify({ lab: lab.name, cluster: lab.cluster, machineId: machineIdOf(node), until: '2027-01-31', fencing: true }),
  stat: '/etc/bondproof 0 755 directory\n/etc/bondproof/lab.json 0 644 regular file',
  guests: 'there\nqemu-server/100.conf ha;bondproof',
  connection: `192.0.2.200 50022 192.0.2.${node.id} 22`,
  rules: JSON.stringify([{ priority: 0, src: 'all', table: 'local' }, { priority: 32766, src: 'all', table: 'main' }, { priority: 32767, src: 'all', table: 'default' }]),
  routes: JSON.stringify([{ dst: '192.0.2.0/24', dev: 'eno9', protocol: 'kernel' }, { dst: '10.10.10.0/24', dev: node.bond, protocol: 'kernel' }]),
  back: JSON.stringify([{ dst: '192.0.2.200', dev: 'eno9' }]),
  from: JSON.stringify([{ dst: '192.0.2.200', from: `192.0.2.${node.id}`, dev: 'eno9' }]),
});

export const textOf = (sections: Sections): string => Object.entries(sections).map(([name, text]) => `\u001e${name}\n${text}\n`).join('');

export const surveysOf = (lab: Lab, change: Readonly<Record<string, Sections>> = {}): ReadonlyMap<string, Survey> =>
  new Map(lab.nodes.map((node) => [node.name, parseSurvey(textOf({ ...sectionsOf(lab, node), ...change[node.name] }), node)]));
