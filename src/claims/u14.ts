// How long it takes until all is well again.

import { inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { none, range } from './rules.ts';

export const u14: Claim = {
  id: 'U14', source: null, phrase: 'Is the cluster stable again by itself once the fault is gone, and when?', quantifier: 'how', basis: 'measured',
  population: 'every trial',
  ...inCells(1, '802.3ad/fast-fast', '802.3ad/slow-slow', 'balance-xor'), covers: () => true,
  judge: (trials) => {
    const back = trials.map(({ result }) => result.recoveryMs).filter((ms) => ms !== null).sort((a, b) => a - b);
    if (back.length === 0) return none();
    const slowest = trials.toSorted((a, b) => (b.result.recoveryMs ?? Infinity) - (a.result.recoveryMs ?? Infinity));
    return { outcome: 'answered', sentence: `In ${back.length} of ${trials.length} trials, ${range(back)} after the fault was taken away.`, deciding: slowest };
  },
};
