// What a simulated node answers to the survey (src/harness/survey.ts): a paper lab's node, with what the machine has now.

import { bondStanza } from '../../src/model/interfaces.ts';
import { findNode } from '../../src/model/lab.ts';
import { noEnd } from '../../src/model/marker.ts';
import { paperLab } from '../harness/paper-lab.ts';
import { machineIdOf, sectionsOf, type Sections } from '../harness/paper-survey.ts';
import type { Machine } from './machine.ts';
import { qdiscList } from './qdiscs.ts';

export const surveyText = (machine: Machine): string => {
  const node = findNode(paperLab, machine.name);
  const stanza = machine.bond === null ? null : bondStanza(machine.bond, 'bond0');
  const mac = (n: number): string => `02:00:00:00:0${node.id}:0${n}`;
  const sections: Sections = {
    ...paperSections(node),
    boot: machine.bootId,
    links: JSON.stringify([
      { ifname: 'lo', link_type: 'loopback' }, { ifname: 'eno9', link_type: 'ether' },
      ...node.slaves.map((ifname, n) => ({ ifname, address: mac(n + 1), ...stanza && { master: 'bond0' }, linkinfo: { info_slave_kind: 'bond' } })),
      ...(stanza ? [{ ifname: 'bond0', address: mac(1), linkinfo: { info_kind: 'bond', info_data: { mode: stanza.mode, active_slave: 'eth1', ...bondOptions(machine.bond!) } } }] : []),
    ]),
    qdisc: JSON.stringify(qdiscList(machine)),
    neighbours: JSON.stringify([...(machine.bond ?? '').matchAll(/neigh replace (\S+) lladdr (\S+)/g)].map(([, dst, lladdr]) => ({ dst, lladdr, state: ['PERMANENT'] }))),
    interfaces: machine.interfaces,
  };
  return Object.entries(sections).map(([name, text]) => `\u001e${name}\n${text}${text.endsWith('\n') ? '' : '\n'}`).join('');
};

/** As the kernel has them once ifupdown2 and the commands that it runs have told it. */
const bondOptions = (interfaces: string): object => {
  const option = (name: string): string | undefined => new RegExp(`^\\s*bond-${name} (\\S+)`, 'm').exec(interfaces)?.[1];
  const hooks = new Map([...interfaces.matchAll(/type bond (.*)$/gm)].flatMap(([, words]) => [...words!.matchAll(/(\S+) (\S+)/g)].map(([, name, value]) => [name!, value!] as const)));
  return {
    miimon: Number(option('miimon') ?? 0), xmit_hash_policy: option('xmit-hash-policy') ?? 'layer2', ad_lacp_rate: option('lacp-rate') ?? 'slow', min_links: Number(option('min-links') ?? 0),
    coupled_control: hooks.get('coupled_control') !== 'off', tlb_dynamic_lb: Number(hooks.get('tlb_dynamic_lb') ?? 1),
    arp_interval: Number(hooks.get('arp_interval') ?? 0), arp_validate: hooks.get('arp_validate') ?? null, arp_ip_target: hooks.get('arp_ip_target')?.split(',') ?? [],
  };
};

const known = new Map<string, Sections>();

/** What never changes; a world is surveyed often. */
const paperSections = (node: (typeof paperLab.nodes)[number]): Sections => {
  const made = known.get(node.name) ?? {
    ...sectionsOf(paperLab, node), ha: 'none', lrm: '',
    marker: JSON.stringify({ lab: paperLab.name, cluster: paperLab.cluster, machineId: machineIdOf(node), until: noEnd }),
  };
  known.set(node.name, made);
  return made;
};
