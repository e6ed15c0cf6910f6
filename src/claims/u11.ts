// Two switches that do not act as one.

import { inCells } from './cells.ts';
import type { Claim, Evidence } from './claim.ts';
import { allHeardAgain, told } from './facts.ts';
import { how, range } from './rules.ts';

export const u11: Claim = {
  id: 'U11', source: null, phrase: 'What does LACP do over two switches without MLAG?', quantifier: 'how', basis: 'measured',
  population: 'the NIC that an 802.3ad bond uses falls silent, each of its NICs on a switch of its own, of which one machine plays both; and the same on one switch',
  ...inCells(3, ...['802.3ad/slow-slow', '802.3ad/fast-fast'].flatMap((name) => [name, `${name}/two-switches`])),
  judge: how((_, trials) => `${told(trials)}${heardAgain(trials)}`),
};

/** A bond over two switches uses its other NIC only some time after it gave up the silent one: told has the latter. */
const heardAgain = (trials: readonly Evidence[]): string => {
  const lastMs = trials.filter(allHeardAgain).map(({ result }) => Math.max(...result.darkPairs.map(({ toMs }) => toMs!)));
  return lastMs.length === 0 ? '' : `, all heard each other again after ${range(lastMs.toSorted((a, b) => a - b))}`;
};
