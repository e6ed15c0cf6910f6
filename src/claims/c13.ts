// After how long without a LACPDU a side gives the other up.

import { bonds, inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { lacpErrorMs } from './facts.ts';
import { number, range } from './rules.ts';

/**
 * LACP_Timeout of IEEE 802.1AX: three periods, of 1 s at the rate fast, counted in steps of 100 ms and up to a jiffy more each, 10 ms where HZ is 100
 * (bond_3ad.c, AD_TIMER_INTERVAL); then one step more until the switch tells, and one until somebody looks.
 */
const tolerance = { saidMs: { least: 2900, most: 3600 }, least: 10 };

export const c13: Claim = {
  id: 'C13', source: bonds, phrase: 'each side … can stop using a bonded interface if it has not received three LACPDUs in a row', quantifier: 'number', basis: 'measured', tolerance,
  population: 'a NIC of an 802.3ad bond falls silent, the switch’s rate fast',
  ...inCells(5, '802.3ad/fast-fast', '802.3ad/slow-fast'),
  judge: number({
    what: 'from the last LACPDU that the switch got until it gave the port up',
    valueMs: ({ result }) => result.lacpdus?.switchSilentMs ?? null, errorMs: lacpErrorMs,
    ...tolerance, direction: (ms) => ms < 6000,
    right: (values) => `Each side can stop using a bonded interface if it has not received a LACPDU for ${range(values)} (rate fast).`,
  }),
};
