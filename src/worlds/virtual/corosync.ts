// The corosync.conf of a virtual lab, as Proxmox VE's `pvecm create` and `pvecm add` leave it on a cluster of this size.

import { corosyncAddresses, type Lab } from '../../model/lab.ts';

/** What `pvecm create` of pve-cluster 9.1 writes. Older clusters have none, and so corosync's own 650 (exec/totemconfig.c, TOKEN_COEFFICIENT). */
const usualCoefficientMs = 125;

/**
 * Keys, order and indentation are those of PVE/Corosync.pm (`create_conf`, `write_conf`: sections and keys sorted, nodes by name) of
 * pve-cluster 9.1. Each node that joins raises config_version by one, and so does a QDevice.
 */
export const corosyncConf = (lab: Lab): string => [
  'logging {', '  debug: off', '  to_syslog: yes', '}', '',
  'nodelist {',
  ...lab.nodes.toSorted((a, b) => (a.name < b.name ? -1 : 1)).flatMap((node) => [
    '  node {', `    name: ${node.name}`, `    nodeid: ${node.id}`, '    quorum_votes: 1', ...corosyncAddresses(node).map((address, link) => `    ring${link}_addr: ${address}`), '  }',
  ]),
  '}', '',
  'quorum {', ...lab.qdevice === undefined ? [] : quorumDevice(lab.switch.address!), '  provider: corosync_votequorum', '}', '',
  'totem {',
  `  cluster_name: ${lab.cluster}`,
  `  config_version: ${lab.nodes.length + (lab.qdevice === undefined ? 0 : 1)}`,
  '  interface {', '    linknumber: 0', '  }', ...lab.nodes.some(({ second }) => second) ? ['  interface {', '    linknumber: 1', '  }'] : [],
  '  ip_version: ipv4-6', `  link_mode: ${lab.linkMode ?? 'passive'}`, '  secauth: on', `  token_coefficient: ${lab.tokenCoefficientMs ?? usualCoefficientMs}`, '  version: 2',
  '}', '',
].join('\n');

/** As PVE/CLI/pvecm.pm has it (`setup_qdevice`, for an even number of nodes) but for `tls: on`: the switch, which is its host, has no certificates. */
const quorumDevice = (host: string): readonly string[] =>
  ['  device {', '    model: net', '    net {', '      algorithm: ffsplit', `      host: ${host}`, '      tls: off', '    }', '    votes: 1', '  }'];
