// Which modes are affected: those that balance load, and no others.

import { bonds, inCells } from './cells.ts';
import type { Claim, Evidence, Finding } from './claim.ts';
import { isPartial } from './facts.ts';
import { balancing } from './modes.ts';
import { none } from './rules.ts';

const others = ['active-backup/active', 'active-backup/backup', 'broadcast'];

export const c04: Claim = {
  id: 'C04', source: bonds, phrase: 'Affected are bond modes that provide load balancing', quantifier: 'will', basis: 'measured',
  population: 'a NIC falls silent, in each of the seven modes',
  ...inCells(3, ...balancing, ...others),
  judge: (trials) => trials.length === 0 ? none() : judge(trials),
};

const judge = (trials: readonly Evidence[]): Finding => {
  const partial = trials.filter(isPartial);
  const wrong = partial.filter(({ scenario }) => others.includes(scenario.name));
  if (wrong.length > 0) return { outcome: 'refuted', sentence: `Connectivity was asymmetric with ${[...new Set(wrong.map(({ scenario }) => scenario.name))].join(', ')}, too.`, right: `Affected are bond modes that provide load balancing, and ${[...new Set(wrong.map(({ scenario }) => scenario.name))].join(', ')}.`, deciding: wrong };
  const shown = balancing.filter((name) => partial.some(({ scenario }) => scenario.name === name));
  const missing = balancing.filter((name) => !shown.includes(name));
  const counts = `Connectivity was asymmetric with ${shown.join(', ') || 'none of them'}`;
  if (missing.length > 0) return { outcome: 'inconclusive', sentence: `${counts}, and not seen so with ${missing.join(', ')}.`, deciding: partial };
  const rest = trials.filter(({ scenario }) => others.includes(scenario.name));
  return rest.length === 0 ? { outcome: 'inconclusive', sentence: `${counts}; the other modes were not tried.`, deciding: partial }
    : { outcome: 'upheld', sentence: `${counts}, and in none of ${rest.length} trials of the others.`, deciding: partial };
};
