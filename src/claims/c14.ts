// How often LACPDUs are sent when nothing is set.

import { bonds, inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { number, range } from './rules.ts';

/** A timer of 300 steps of 100 ms, each up to a jiffy longer, 10 ms where HZ is 100 (bond_3ad.c, AD_TIMER_INTERVAL). */
const tolerance = { saidMs: { least: 29_900, most: 33_200 }, least: 5 };

export const c14: Claim = {
  id: 'C14', source: bonds, phrase: 'LACPDUs are only sent every 30 seconds', quantifier: 'number', basis: 'measured', tolerance,
  population: '802.3ad with the default rate at both ends',
  ...inCells(5, '802.3ad/slow-slow', '802.3ad/slow-slow/idle'),
  judge: number({
    what: 'from one LACPDU of the victim to its next',
    valueMs: ({ result }) => result.lacpdus?.sentMs ?? null,
    ...tolerance, direction: (ms) => ms > 20_000 && ms < 40_000,
    right: (values) => `By default, LACPDUs are sent every ${range(values)}.`,
  }),
};
