// Every scenario there is, and the campaigns made of them.

import { exitCodes, Problem } from '../model/problem.ts';
import type { Scenario } from '../model/scenario.ts';
import { activeBackup, arpMonitored } from './active-backup.ts';
import { balanceAlb } from './balance-alb.ts';
import { balanceRr } from './balance-rr.ts';
import { balanceTlb, staticTlb } from './balance-tlb.ts';
import { balanceXor, xorIpv6, xorLabs, xorVariants } from './balance-xor.ts';
import { broadcast } from './broadcast.ts';
import { controls } from './control.ts';
import { lacpAddresses, lacpApart, lacpClusters, lacpFaults, lacpIdle, lacpIpv6, lacpLinkModes, lacpLinks, lacpOptions, lacpQdevice, lacpRates, lacpVictims, rehearsal } from './lacp.ts';

/** In the kernel's order of modes, the controls last. */
export const scenarios: readonly Scenario[] = [
  balanceRr, ...activeBackup, ...arpMonitored, balanceXor, ...xorVariants, ...xorLabs, ...xorIpv6, broadcast, ...lacpRates, rehearsal, lacpIdle, ...lacpOptions, ...lacpClusters, ...lacpLinks, ...lacpLinkModes, ...lacpAddresses, lacpIpv6, ...lacpApart, ...lacpQdevice, ...lacpVictims, ...lacpFaults, balanceTlb, staticTlb, balanceAlb, ...controls,
];

/** Names of scenarios by campaign. The longest come first, so that labs side by side end at about the same time. */
export const campaigns: Readonly<Record<'modes', readonly string[]>> = {
  modes: [
    '802.3ad/slow-slow', '802.3ad/fast-slow', '802.3ad/slow-slow/rehearse',
    'balance-alb', 'balance-tlb', 'balance-rr', 'balance-xor', 'active-backup/active',
    '802.3ad/slow-fast', '802.3ad/fast-fast', 'control/carrier-down',
    'active-backup/backup', 'broadcast', 'control/none',
  ],
};

/**
 * The scenarios of these names, each once, in the order asked for. A name is a scenario's own, or the part before a slash that several share,
 * like `802.3ad`. Throws a Problem for a name that fits none.
 */
export const findScenarios = (names: readonly string[]): readonly Scenario[] => [...new Set(names.flatMap(named))];

/** Whether `findScenarios` knows it. */
export const isScenario = (name: string): boolean => alike(name).length > 0;

const alike = (name: string): readonly Scenario[] => {
  const exact = scenarios.filter((scenario) => scenario.name === name);
  return exact.length > 0 ? exact : scenarios.filter((scenario) => scenario.name.startsWith(`${name}/`));
};

const named = (name: string): readonly Scenario[] => {
  const found = alike(name);
  if (found.length > 0) return found;
  throw new Problem({
    asked: `scenario "${name}"`,
    found: 'there is none of this name',
    right: `one of ${scenarios.map((scenario) => scenario.name).join(', ')}, or what several of them begin with, like 802.3ad`,
    exitCode: exitCodes.usage,
  });
};
