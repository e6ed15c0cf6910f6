// One look at a node: everything that preflight and the record need to know of it, in one command.

import type { Query } from '../model/command.ts';
import type { NodeSurvey } from '../model/event.ts';
import { markerFolder, markerPath } from '../model/marker.ts';
import type { Node } from '../model/lab.ts';
import { addressOn, corosyncLinksOf } from './address.ts';
import type { IpLink } from './management-path.ts';
import { isFlag, isNull, isNumber, isObject, isText, listOf, maybe, objectOf, oneOf, readJson, readList } from '../model/shape.ts';
import { quorumIn } from './quorum.ts';
import { isRoute, isAddresses, wayBackOf, type IpAddresses, type IpRoute, type IpRule, type WayBack } from './way-back.ts';

export interface Survey {
  readonly node: NodeSurvey;
  readonly hostname: string;
  readonly links: readonly BondLink[];
  readonly wayBack: WayBack;
  /** Null where they could not be seen. */
  readonly qdiscs: readonly Qdisc[] | null;
  /** What the kernel gives a NIC by itself (net.core.default_qdisc); null where that is not told, as in a network namespace. */
  readonly defaultQdisc: string | null;
  readonly corosyncConf: string;
  readonly interfaces: string;
  /** Of the programs and modules that a trial needs, those that are there. */
  readonly tools: readonly string[];
  readonly quorate: boolean;
  readonly members: number;
  readonly lrmState: string | null;
  /** The stand-in's mode; null where there is none, or it was never told one and does not run. */
  readonly haMode: string | null;
  /** Empty: there is none. */
  readonly machineId: string;
  readonly marker: MarkerSeen;
  /** Null where there is no place for guests' configurations, as without Proxmox VE. */
  readonly guests: readonly { readonly config: string; readonly tags: string }[] | null;
}

interface Qdisc { readonly dev: string; readonly kind: string; readonly handle: string; readonly root?: boolean }

const isQdisc = objectOf({ dev: isText, kind: isText, handle: isText, root: maybe(isFlag) });

/** The lab marker (model/marker.ts) as it lies there. */
export interface MarkerSeen {
  readonly text: string;
  /** Null: it is not there, or may not be looked at. */
  readonly folder: FileSeen | null;
  readonly file: FileSeen | null;
}

/** Not followed: a symbolic link is one. */
export interface FileSeen { readonly kind: string; readonly uid: number; readonly mode: number }

export interface BondLink extends IpLink {
  readonly address?: string;
  /** Left out where it is 0 (iproute2 ip/ipaddress.c, print_linkinfo). */
  readonly txqlen?: number;
  readonly linkinfo?: NonNullable<IpLink['linkinfo']> & {
    readonly info_slave_kind?: string;
    readonly info_data?: {
      readonly id?: number | string; readonly mode?: string; readonly active_slave?: string; readonly xmit_hash_policy?: string; readonly ad_lacp_rate?: string; readonly miimon?: number;
      readonly arp_interval?: number; readonly arp_validate?: string | null; readonly arp_ip_target?: readonly string[]; readonly min_links?: number; readonly coupled_control?: boolean; readonly tlb_dynamic_lb?: number; readonly ad_info?: { readonly aggregator?: number };
    };
    readonly info_slave_data?: { readonly perm_hwaddr?: string; readonly queue_id?: number; readonly ad_aggregator_id?: number; readonly ad_actor_oper_port_state?: number; readonly ad_partner_oper_port_state?: number };
  };
}

const isLink = objectOf({
  ifname: isText, link: maybe(oneOf(isText, isNull)), master: maybe(isText), address: maybe(isText), txqlen: maybe(isNumber),
  linkinfo: maybe(objectOf({
    info_kind: maybe(isText),
    info_data: maybe(objectOf({
      id: maybe(oneOf(isNumber, isText)), type: maybe(isText), vnet_hdr: maybe(isFlag), mode: maybe(isText), active_slave: maybe(isText), xmit_hash_policy: maybe(isText), ad_lacp_rate: maybe(isText), miimon: maybe(isNumber),
      arp_interval: maybe(isNumber), arp_validate: maybe(oneOf(isText, isNull)), arp_ip_target: maybe(listOf(isText)), min_links: maybe(isNumber), coupled_control: maybe(isFlag), tlb_dynamic_lb: maybe(isNumber), ad_info: maybe(objectOf({ aggregator: maybe(isNumber) })),
    })),
    info_slave_data: maybe(objectOf({ perm_hwaddr: maybe(isText), ad_aggregator_id: maybe(isNumber), ad_actor_oper_port_state: maybe(isNumber), ad_partner_oper_port_state: maybe(isNumber) })),
  })),
});

const isNeighbour = objectOf({ dst: isText, lladdr: maybe(isText) });

/** What every node of a trial must have. */
export const neededTools = ['tc', 'ip', 'systemd-run', 'journalctl', 'python3', 'ifreload', 'bonding'] as const;

const separator = '\u001e'; // the record separator of ASCII: no tool here prints it

/**
 * Of corosync.conf the braces and who is who: its `key` (corosync.conf(5)) and all else stay on the node. corosync takes any line with a brace for
 * the begin or end of a section (exec/coroparse.c, parse_section), whatever stands behind it.
 */
const wanted = String.raw`-e '/^[[:space:]]*(cluster_name|name|nodeid|ring[0-9]+_addr)[[:space:]]*:/p' -e 's/^([[:space:][:alnum:]_.-]*[{}]).*/\1/p'`;

/**
 * Links as `ip addr show` tells them: `ip link show` begins with an empty RTM_NEWLINK, to see whether the kernel knows that (iproute2 ip/iplink.c,
 * iplink_have_newlink). The bond's name is `$1`; the slaves follow. Builtins where they do, because every exec costs on a small machine.
 */
const script = `
section() { printf '\\036%s\\n' "$1"; }
say() { read -r line < "$1" && printf '%s\\n' "$line"; }
section boot; say /proc/sys/kernel/random/boot_id
section kernel; say /proc/sys/kernel/osrelease
section hostname; say /proc/sys/kernel/hostname
section links; ip -j -d addr show
section addresses; ip -j addr show
section neighbours; ip -j neigh show dev "$1" nud permanent
section qdisc; tc -j qdisc show
section default; say /proc/sys/net/core/default_qdisc
section corosync; corosync -v
section totem; corosync-cmapctl runtime.config.totem. totem.token totem.link_mode
section rings; corosync-cfgtool -s
section conf; sed -nE ${wanted} /etc/corosync/corosync.conf
section interfaces; cat /etc/network/interfaces
section quorum; corosync-quorumtool -si
section order; say "/sys/class/net/$1/bonding/slaves"
section tools; for tool in tc ip systemd-run journalctl python3 ifreload; do command -v "$tool" > /dev/null && echo "$tool"; done
for each in sch_netem:NET_SCH_NETEM bonding:BONDING; do
module=\${each%:*}
if [ -d "/sys/module/$module" ] || modprobe -n -q "$module" || zcat /proc/config.gz | grep -qx "CONFIG_\${each#*:}=y"; then echo "$module"; fi
done
section ha; if [ -x /usr/lib/bondproof/ha/set-mode ]; then echo stand-in; elif [ -x /usr/sbin/pve-ha-lrm ]; then echo pve; else echo none; fi
section mode; say /etc/bondproof-ha/mode
section lrm; read -r name < /proc/sys/kernel/hostname; cat "/etc/pve/nodes/\${name%%.*}/lrm_status"
section machine; say /etc/machine-id
section marker; cat ${markerPath}
section stat; stat -c '%n %u %a %F' ${markerFolder} ${markerPath}
section guests; if [ -d /etc/pve/qemu-server ] && [ -d /etc/pve/lxc ]; then echo there; fi
for guest in /etc/pve/qemu-server/*.conf /etc/pve/lxc/*.conf; do if [ -e "$guest" ]; then
tags=; while read -r key value; do case $key in tags:) tags=$value;; \\[*) break;; esac; done < "$guest"; echo "\${guest#/etc/pve/} $tags"
fi; done
section connection; echo "$SSH_CONNECTION"
set -f; set -- $SSH_CONNECTION
case $1 in *:*) family=-6;; *) family=-4;; esac
case $1 in *%*) out="oif \${1#*\\%}";; *) out=;; esac
section rules; ip -j $family rule show
section routes; ip -j $family route show table all
section back; [ $# -eq 4 ] && ip -j $family route get "\${1%%\\%*}" $out
section from; [ $# -eq 4 ] && ip -j $family route get "\${1%%\\%*}" from "\${3%%\\%*}" ipproto tcp sport "$4" dport "$2" $out
exit 0
`;

export const surveyOf = ({ bond, address }: Pick<Node, 'bond' | 'address'>): Query<Survey> => ({
  command: { argv: ['sh', '-c', `exec 2>/dev/null\n${script}`, 'bondproof-survey', bond] },
  parse: (stdout) => parseSurvey(stdout, { bond, address }),
});

export const parseSurvey = (stdout: string, { bond, address }: Pick<Node, 'bond' | 'address'>): Survey => {
  const sections = new Map(stdout.split(separator).slice(1).map((section) => {
    const end = section.indexOf('\n');
    return [section.slice(0, end), section.slice(end + 1)] as const;
  }));
  const text = (name: string): string => (sections.get(name) ?? '').trim();
  // Of links that cannot be seen none is a NIC, and no way back is safe.
  const links = (readList(text('links'), isLink) ?? []) as readonly BondLink[];
  const addresses = readList(text('addresses'), isAddresses) as readonly IpAddresses[] | null;
  const quorum = quorumIn(text('quorum'));
  return {
    node: {
      bootId: text('boot'), kernel: text('kernel'),
      corosync: /version '?([^'\s]+)'?/.exec(text('corosync'))?.[1] ?? 'unknown',
      bond: bondOf(links, bond, text('order').split(/\s+/).filter(Boolean)),
      ...addressOn({ links, bond, addresses }, address),
      permanentNeighbours: ((readList(text('neighbours'), isNeighbour) ?? []) as readonly { readonly dst: string; readonly lladdr?: string }[]).map(({ dst, lladdr }) => ({ address: dst, mac: lladdr ?? '' })),
      totem: totemOf(text('totem')),
      corosyncLinks: corosyncLinksOf(text('rings'), { links, bond, addresses }),
      ha: text('ha') === 'stand-in' ? 'stand-in' : text('ha') === 'pve' ? 'pve' : 'none',
      ...quorum.qdevice !== null && { qdevice: quorum.qdevice },
    },
    hostname: text('hostname'),
    links,
    wayBack: wayBackOf({
      connection: text('connection'), addresses, rules: readList(text('rules'), isObject) as readonly IpRule[] | null,
      routes: readList(text('routes'), isRoute) as readonly IpRoute[] | null, answers: ['back', 'from'].map((name) => (readList(text(name), isRoute) ?? []) as readonly IpRoute[]),
    }),
    qdiscs: readList(text('qdisc'), isQdisc) as readonly Qdisc[] | null,
    defaultQdisc: text('default') || null,
    corosyncConf: text('conf'),
    interfaces: sections.get('interfaces') ?? '',
    tools: text('tools').split('\n'),
    quorate: quorum.quorate,
    members: quorum.members,
    haMode: text('mode') || null,
    lrmState: lrmStateOf(readJson(text('lrm'))),
    machineId: text('machine'),
    marker: { text: text('marker'), folder: fileOf(text('stat'), markerFolder), file: fileOf(text('stat'), markerPath) },
    guests: guestsOf(text('guests')),
  };
};

const bondOf = (links: readonly BondLink[], bond: string, order: readonly string[]): NodeSurvey['bond'] => {
  const link = links.find(({ ifname }) => ifname === bond);
  const data = link?.linkinfo?.info_data;
  const slaves = links.filter(({ master }) => master === bond);
  const used = slaves.filter(({ linkinfo }) => linkinfo?.info_slave_data?.ad_aggregator_id === data?.ad_info?.aggregator);
  const inOrder = (a: BondLink, b: BondLink): number => order.indexOf(a.ifname) - order.indexOf(b.ifname);
  return {
    mode: data?.mode ?? 'none',
    mac: link?.address ?? '',
    xmitHashPolicy: data?.xmit_hash_policy ?? null,
    lacpRate: data?.ad_lacp_rate ?? null,
    activeSlave: data?.active_slave ?? null,
    options: {
      miimonMs: data?.miimon ?? null, arpIntervalMs: data?.arp_interval ?? null, arpValidate: data?.arp_validate ?? null, arpTargets: data?.arp_ip_target ?? [],
      minLinks: data?.min_links ?? null, coupledControl: data?.coupled_control === undefined ? null : data.coupled_control ? 'on' : 'off', tlbDynamicLb: data?.tlb_dynamic_lb ?? null,
    },
    ...data?.ad_info !== undefined && used.length < slaves.length && { inUse: used.sort(inOrder).map(({ ifname }) => ifname) },
    slaves: slaves.sort(inOrder)
            .map((slave) => ({ nic: slave.ifname, mac: ownMac(slave) ?? '' })),
  };
};

/** What a NIC was made with, whatever MAC a bond gave it. */
export const ownMac = ({ address, linkinfo }: BondLink): string | null => linkinfo?.info_slave_data?.perm_hwaddr ?? address ?? null;

/** A line of stat(1): name, owner, mode, kind. */
const fileOf = (stat: string, path: string): FileSeen | null => {
  const words = stat.split('\n').map((line) => line.split(' ')).find(([name]) => name === path);
  if (!words) return null;
  const [, uid, mode, ...kind] = words;
  return { kind: kind.join(' '), uid: Number(uid), mode: Number.parseInt(mode ?? '', 8) };
};

/** The first line says that there is a place for them. One that is there without that word is a guest all the same. */
const guestsOf = (text: string): Survey['guests'] => {
  const lines = text.split('\n').filter(Boolean);
  if (lines.length === 0) return null;
  return lines.filter((line) => line !== 'there').map((line) => {
    const [config = '', ...tags] = line.split(' ');
    return { config, tags: tags.join(' ') };
  });
};

/** exec/totemconfig.c of corosync 3.1: TOKEN_TIMEOUT, TOKEN_COEFFICIENT. */
const corosyncs = { tokenMs: 3000, coefficientMs: 650 } as const;

const totemOf = (text: string): NodeSurvey['totem'] => {
  const value = (key: string): number | null => {
    const found = new RegExp(`^${key.replaceAll('.', '\\.')} \\(u32\\) = (\\d{1,10})$`, 'm').exec(text)?.[1];
    return found === undefined ? null : Number(found);
  };
  const tokenMs = value('runtime.config.totem.token');
  const consensusMs = value('runtime.config.totem.consensus');
  const linkMode = /^totem\.link_mode \(str\) = ([a-z]{1,20})$/m.exec(text)?.[1] ?? 'passive';
  return tokenMs === null || consensusMs === null ? null : {
    tokenMs, consensusMs, twoNodesTokenMs: value('totem.token') ?? corosyncs.tokenMs, tokenCoefficientMs: value('totem.token_coefficient') ?? corosyncs.coefficientMs, ...linkMode !== 'passive' && { linkMode },
  };
};

const lrmStateOf = (status: unknown): string | null => isObject(status) && typeof status['state'] === 'string' ? status['state'] : null;
