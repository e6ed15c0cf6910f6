// Bonding options that ifupdown2 does not know, as the lines of a bond's stanza that an administrator writes for them.

import type { BondConfig } from './scenario.ts';

/** How an option gets to the kernel: by one of ifupdown2's own, or by a command that it runs. */
export const setByWays = ['ifupdown2', 'pre-up', 'post-up'] as const;
export type SetBy = (typeof setByWays)[number];

/** The kernel's BOND_MAX_ARP_TARGETS (include/net/bonding.h). */
const targetsAtMost = 16;

/**
 * Each option of `config.options`, and how it is set. ifupdown2 knows bond-min-links alone (addons/bond.py; Proxmox VE's knows bond-arp-interval
 * and bond-arp-ip-target too, without validation, and for balance-rr and balance-xor only).
 */
export const optionsBy = ({ options = {} }: BondConfig): Readonly<Record<string, SetBy>> =>
  Object.fromEntries(Object.keys(options).map((option) => [option, option === 'minLinks' ? 'ifupdown2' : 'pre-up']));

/**
 * Lines for what ifupdown2 has no option for. It runs pre-up commands after it made the bond and before it takes it up (addons.conf), and some
 * options can change only then (bond_options.c, BOND_OPTFLAG_IFDOWN). By netlink, for sysfs has no coupled_control.
 */
export const hooksOf = (bond: string, { options: { coupledControl, arpMonitor, tlbDynamicLb } = {} }: BondConfig, peers: readonly string[]): readonly string[] => {
  const set = (words: string): string => `pre-up ip link set ${bond} type bond ${words}`;
  return [
    ...coupledControl === undefined ? [] : [set(`coupled_control ${coupledControl}`)],
    ...arpMonitor === undefined ? [] : [set(`arp_interval ${arpMonitor.intervalMs} arp_validate ${arpMonitor.validate} arp_ip_target ${targetsOf(peers).join(',')}`)],
    ...tlbDynamicLb === undefined ? [] : [set(`tlb_dynamic_lb ${tlbDynamicLb}`)],
  ];
};

/** Of the peers those that are asked. */
export const targetsOf = (peers: readonly string[]): readonly string[] => peers.slice(0, targetsAtMost);

/** What every line of `hooksOf` is, whatever it sets; a pattern of JavaScript and of Python. Whoever wrote such a line, it is the bond's form. */
export const hookPattern = (bond: string): string => {
  const address = String.raw`\d{1,3}(?:\.\d{1,3}){3}`;
  const words = [
    'coupled_control (?:on|off)',
    String.raw`arp_interval [1-9]\d{0,4} arp_validate (?:none|active|all) arp_ip_target ${address}(?:,${address}){0,${targetsAtMost - 1}}`,
    'tlb_dynamic_lb [01]',
  ];
  return `pre-up ip link set ${escaped(bond)} type bond (?:${words.join('|')})`;
};

/** The name of a bond may hold . and +, which mean more in a pattern. */
const escaped = (name: string): string => name.replace(/[.+]/g, String.raw`\$&`);
