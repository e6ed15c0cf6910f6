// One look at a node: everything that preflight and the record need to know of it, in one command.

import type { Query } from '../model/command.ts';
import type { NodeSurvey } from '../model/event.ts';
import type { IpLink } from './management-path.ts';

export interface Survey {
  readonly node: NodeSurvey;
  readonly hostname: string;
  readonly links: readonly BondLink[];
  /** The interface on the way back to us; null when that could not be seen. */
  readonly managementDevice: string | null;
  readonly qdiscs: readonly { readonly dev: string; readonly kind: string; readonly handle: string; readonly root?: boolean }[];
  readonly corosyncConf: string;
  readonly interfaces: string;
  /** Of the programs and modules that a trial needs, those that are there. */
  readonly tools: readonly string[];
  readonly quorate: boolean;
  readonly members: number;
  readonly lrmState: string | null;
  /** The stand-in's mode; null where there is none, or it was never told one and does not run. */
  readonly haMode: string | null;
}

export interface BondLink extends IpLink {
  readonly address?: string;
  readonly linkinfo?: {
    readonly info_kind?: string;
    readonly info_slave_kind?: string;
    readonly info_data?: { readonly mode?: string; readonly active_slave?: string; readonly xmit_hash_policy?: string; readonly ad_lacp_rate?: string };
    readonly info_slave_data?: { readonly perm_hwaddr?: string; readonly queue_id?: number };
  };
}

/** What every node of a trial must have. */
export const neededTools = ['tc', 'ip', 'systemd-run', 'journalctl', 'python3', 'ifreload', 'sch_netem', 'bonding'] as const;

const separator = '\u001e'; // the record separator of ASCII: no tool here prints it

/** The bond's name is `$1`; the slaves follow. Builtins where they do, because every exec costs on a small machine. */
const script = `
section() { printf '\\036%s\\n' "$1"; }
say() { read -r line < "$1" && printf '%s\\n' "$line"; }
section boot; say /proc/sys/kernel/random/boot_id
section kernel; say /proc/sys/kernel/osrelease
section hostname; say /proc/sys/kernel/hostname
section links; ip -j -d link show
section route; peer=\${SSH_CONNECTION%% *}; [ -n "$peer" ] && ip -j route get "$peer"
section qdisc; tc -j qdisc show
section corosync; corosync -v
section totem; corosync-cmapctl runtime.config.totem.
section conf; cat /etc/corosync/corosync.conf
section interfaces; cat /etc/network/interfaces
section quorum; corosync-quorumtool -s
section order; say "/sys/class/net/$1/bonding/slaves"
section tools; for tool in tc ip systemd-run journalctl python3 ifreload; do command -v "$tool" > /dev/null && echo "$tool"; done
for module in sch_netem bonding; do { [ -d "/sys/module/$module" ] || modprobe -n -q "$module"; } && echo "$module"; done
section ha; if [ -x /usr/lib/bondproof/ha/set-mode ]; then echo stand-in; elif [ -x /usr/sbin/pve-ha-lrm ]; then echo pve; else echo none; fi
section mode; say /etc/bondproof-ha/mode
section lrm; read -r name < /proc/sys/kernel/hostname; cat "/etc/pve/nodes/\${name%%.*}/lrm_status"
exit 0
`;

export const surveyOf = (bond: string): Query<Survey> => ({
  command: { argv: ['sh', '-c', `exec 2>/dev/null\n${script}`, 'bondproof-survey', bond] },
  parse: (stdout) => parseSurvey(stdout, bond),
});

export const parseSurvey = (stdout: string, bond: string): Survey => {
  const sections = new Map(stdout.split(separator).slice(1).map((section) => {
    const end = section.indexOf('\n');
    return [section.slice(0, end), section.slice(end + 1)] as const;
  }));
  const text = (name: string): string => (sections.get(name) ?? '').trim();
  const links = json<BondLink[]>(text('links'), []);
  const route = json<{ dev?: string }[]>(text('route'), []);
  const quorum = text('quorum');
  return {
    node: {
      bootId: text('boot'), kernel: text('kernel'),
      corosync: /version '?([^'\s]+)'?/.exec(text('corosync'))?.[1] ?? 'unknown',
      bond: bondOf(links, bond, text('order').split(/\s+/).filter(Boolean)),
      totem: totemOf(text('totem')),
      ha: text('ha') === 'stand-in' ? 'stand-in' : text('ha') === 'pve' ? 'pve' : 'none',
    },
    hostname: text('hostname'),
    links,
    managementDevice: route[0]?.dev ?? null,
    qdiscs: json(text('qdisc'), []),
    corosyncConf: text('conf'),
    interfaces: sections.get('interfaces') ?? '',
    tools: text('tools').split('\n'),
    quorate: /^Quorate:\s+Yes/m.test(quorum),
    members: Number(/^Nodes:\s+(\d+)/m.exec(quorum)?.[1] ?? 0),
    haMode: text('mode') || null,
    lrmState: json<{ state?: string }>(text('lrm'), {}).state ?? null,
  };
};

const bondOf = (links: readonly BondLink[], bond: string, order: readonly string[]): NodeSurvey['bond'] => {
  const link = links.find(({ ifname }) => ifname === bond);
  const data = link?.linkinfo?.info_data;
  const inOrder = (a: BondLink, b: BondLink): number => order.indexOf(a.ifname) - order.indexOf(b.ifname);
  return {
    mode: data?.mode ?? 'none',
    mac: link?.address ?? '',
    xmitHashPolicy: data?.xmit_hash_policy ?? null,
    lacpRate: data?.ad_lacp_rate ?? null,
    activeSlave: data?.active_slave ?? null,
    slaves: links.filter(({ master }) => master === bond).sort(inOrder)
      .map(({ ifname, address, linkinfo }) => ({ nic: ifname, mac: linkinfo?.info_slave_data?.perm_hwaddr ?? address ?? '' })),
  };
};

const totemOf = (text: string): NodeSurvey['totem'] => {
  const value = (key: string): number | null => {
    const found = new RegExp(`^runtime\\.config\\.totem\\.${key} \\(u32\\) = (\\d+)$`, 'm').exec(text)?.[1];
    return found === undefined ? null : Number(found);
  };
  const tokenMs = value('token');
  const consensusMs = value('consensus');
  return tokenMs === null || consensusMs === null ? null : { tokenMs, consensusMs };
};

const json = <T>(text: string, otherwise: T): T => {
  try {
    return text === '' ? otherwise : JSON.parse(text) as T;
  } catch {
    return otherwise;
  }
};
