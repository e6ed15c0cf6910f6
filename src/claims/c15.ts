// How long LACP takes with the rates slow.

import { bonds, inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { stoppedMs } from './facts.ts';
import { number, range } from './rules.ts';

const tolerance = { saidMs: { least: 88_000, most: 92_000 }, least: 8 };

/** HA is idle there: else the victim is reset before LACP has noticed. */
export const c15: Claim = {
  id: 'C15', source: bonds, phrase: 'yielding a failover time of 90 seconds', quantifier: 'number', basis: 'measured', tolerance,
  population: 'a NIC of an 802.3ad bond falls silent, rates slow, no node is reset before LACP acts',
  ...inCells(8, '802.3ad/slow-slow/idle'),
  judge: number({
    what: 'from the fault until the victim did not use the silent NIC any more', valueMs: stoppedMs,
    ...tolerance, direction: (ms) => ms > 45_000,
    right: (values) => `By default, LACPDUs are only sent every 30 seconds, yielding a failover time of ${range(values)}, depending on when the last one was sent.`,
  }),
};
