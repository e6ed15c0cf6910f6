// What a simulated node answers to the survey (src/harness/survey.ts).

import { bondStanza } from '../../src/model/interfaces.ts';
import type { Machine } from './machine.ts';

export const surveyText = (machine: Machine): string => {
  const id = Number(machine.name.slice(-1));
  const stanza = machine.bond === null ? null : bondStanza(machine.bond, 'bond0');
  const mac = (n: number): string => `02:00:00:00:0${id}:0${n}`;
  const sections: Readonly<Record<string, string>> = {
    boot: machine.bootId, kernel: '6.8.12', hostname: machine.name,
    links: JSON.stringify([
      { ifname: 'eth0', address: mac(0) }, { ifname: 'eth1', address: mac(1), master: 'bond0' }, { ifname: 'eth2', address: mac(2), master: 'bond0' },
      ...(stanza ? [{ ifname: 'bond0', address: mac(1), linkinfo: { info_kind: 'bond', info_data: { mode: stanza.mode, xmit_hash_policy: 'layer2', active_slave: 'eth1' } } }] : []),
    ]),
    route: JSON.stringify([{ dst: '192.168.77.1', dev: 'eth0' }]),
    qdisc: JSON.stringify(machine.qdiscList()),
    corosync: "Corosync Cluster Engine, version '3.1.9'",
    totem: 'runtime.config.totem.token (u32) = 3000\nruntime.config.totem.consensus (u32) = 3600\n',
    conf: `totem {\n  cluster_name: paper\n}\nnodelist {\n${[1, 2, 3].map((n) => `  node {\n    name: pve${n}\n    nodeid: ${n}\n    ring0_addr: 10.10.10.${n}\n  }\n`).join('')}}\n`,
    interfaces: machine.interfaces,
    quorum: 'Nodes:            3\nQuorate:          Yes\n',
    order: 'eth1 eth2',
    tools: 'tc\nip\nsystemd-run\njournalctl\npython3\nifreload\nsch_netem\nbonding',
    ha: 'none', mode: '', lrm: '',
  };
  return Object.entries(sections).map(([name, text]) => `\u001e${name}\n${text}${text.endsWith('\n') ? '' : '\n'}`).join('');
};
