// What of a bond ifupdown2 has no option for, as the lines of a bond's stanza that an administrator writes for them.

import type { ArpMonitor, BondConfig, Scenario } from './scenario.ts';

/** How an option gets to the kernel: by one of ifupdown2's own, or by a command that it runs. */
export const setByWays = ['ifupdown2', 'pre-up', 'post-up'] as const;
export type SetBy = (typeof setByWays)[number];

/** The kernel's BOND_MAX_ARP_TARGETS (include/net/bonding.h). */
const targetsAtMost = 16;

/** A node on the bond, as others see it. */
export interface Neighbour { readonly address: string; readonly mac: string }

/**
 * Each option of `bond.options` and the neighbours, and how it is set. ifupdown2 knows bond-min-links alone (addons/bond.py; Proxmox VE's knows bond-arp-interval
 * and bond-arp-ip-target too, without validation, and for balance-rr and balance-xor only).
 */
export const optionsBy = ({ bond: { options = {} }, neighbours }: Pick<Scenario, 'bond' | 'neighbours'>): Readonly<Record<string, SetBy>> => ({
  ...Object.fromEntries(Object.keys(options).map((option) => [option, option === 'minLinks' ? 'ifupdown2' as const : 'pre-up' as const])),
  ...neighbours !== undefined && { neighbours: 'post-up' },
});

/**
 * Lines for what ifupdown2 has no option for. It runs pre-up commands after it made the bond and before it takes it up (addons.conf), and some
 * options can change only then (bond_options.c, BOND_OPTFLAG_IFDOWN). By netlink, for sysfs has no coupled_control. `targets` are those of the ARP monitor.
 */
export const hooksOf = (bond: string, { mode, xmitHashPolicy, options: { coupledControl, arpMonitor, tlbDynamicLb } = {} }: BondConfig, targets: readonly string[]): readonly string[] => {
  const set = (words: string): string => `pre-up ip link set ${bond} type bond ${words}`;
  return [
    // bond.py's own option knows the policies up to encap3+4.
    ...mode !== 'balance-xor' && mode !== '802.3ad' || xmitHashPolicy !== 'vlan+srcmac' ? [] : [set(`xmit_hash_policy ${xmitHashPolicy}`)],
    ...coupledControl === undefined ? [] : [set(`coupled_control ${coupledControl}`)],
    ...arpMonitor === undefined ? [] : [set(`arp_interval ${arpMonitor.intervalMs} arp_validate ${arpMonitor.validate} arp_ip_target ${targets.join(',')}`)],
    ...tlbDynamicLb === undefined ? [] : [set(`tlb_dynamic_lb ${tlbDynamicLb}`)],
  ];
};

/** Lines for entries that do not age. Only then, for a bond that goes down loses all that it has (net/core/neighbour.c, neigh_ifdown). */
export const neighbourHooks = (bond: string, peers: readonly Neighbour[]): readonly string[] =>
  peers.map(({ address, mac }) => `post-up ip neigh replace ${address} lladdr ${mac} dev ${bond} nud permanent`);

/** Whom an ARP monitor asks. */
export const targetsOf = ({ targets }: ArpMonitor, { peers, switchAddress }: { readonly peers: readonly string[]; readonly switchAddress: string | undefined }): readonly string[] =>
  targets === 'peers' ? peers.slice(0, targetsAtMost) : switchAddress === undefined ? [] : [switchAddress];

/** What every line of `hooksOf` and `neighbourHooks` is, whatever it sets; a pattern of JavaScript and of Python. Whoever wrote such a line, it is the bond's form. */
export const hookPattern = (bond: string): string => {
  const address = String.raw`\d{1,3}(?:\.\d{1,3}){3}`;
  const neighbour = `(?:${address}|[0-9a-f:]{2,39})`;
  const words = [
    String.raw`xmit_hash_policy vlan\+srcmac`,
    'coupled_control (?:on|off)',
    String.raw`arp_interval [1-9]\d{0,4} arp_validate (?:none|active|all) arp_ip_target ${address}(?:,${address}){0,${targetsAtMost - 1}}`,
    'tlb_dynamic_lb [01]',
  ];
  const name = escaped(bond);
  return `(?:pre-up ip link set ${name} type bond (?:${words.join('|')})|post-up ip neigh replace ${neighbour} lladdr [0-9a-f]{2}(?::[0-9a-f]{2}){5} dev ${name} nud permanent)`;
};

/** The name of a bond may hold . and +, which mean more in a pattern. */
const escaped = (name: string): string => name.replace(/[.+]/g, String.raw`\$&`);
