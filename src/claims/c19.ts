// That a side's rate is a request to the other.

import { bonds, inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { number, range } from './rules.ts';

/** Ten steps of 100 ms, each up to a jiffy longer (bond_3ad.c, AD_TIMER_INTERVAL). */
const tolerance = { saidMs: { least: 950, most: 1200 }, least: 6 };

export const c19: Claim = {
  id: 'C19', source: bonds, phrase: 'Setting this option on one side requests the other side to send an LACPDU every second', quantifier: 'number', basis: 'measured', tolerance,
  population: '802.3ad, the rate fast at one end alone',
  ...inCells(3, '802.3ad/fast-slow', '802.3ad/slow-fast'),
  judge: number({
    what: 'from one LACPDU of the end that was asked to its next',
    valueMs: ({ result, scenario }) => (scenario.bond.lacpRate === 'fast' ? result.lacpdus?.receivedMs : result.lacpdus?.sentMs) ?? null,
    ...tolerance, direction: (ms) => ms < 5000,
    right: (values) => `Setting this option on one side requests the other side to send an LACPDU every ${range(values)}.`,
  }),
};
