// How long LACP takes with the rates fast.

import { bonds, inCells } from './cells.ts';
import type { Claim } from './claim.ts';
import { lacpErrorMs, stoppedMs } from './facts.ts';
import { number, range } from './rules.ts';

const tolerance = { saidMs: { least: 1900, most: 3300 }, least: 10 };

export const c20: Claim = {
  id: 'C20', source: bonds, phrase: 'can reduce the failover time … to 3 seconds', quantifier: 'number', basis: 'measured', tolerance,
  population: 'a NIC of an 802.3ad bond falls silent, rates fast',
  ...inCells(10, '802.3ad/fast-fast'),
  judge: number({
    what: 'from the fault until the victim did not use the silent NIC any more', valueMs: stoppedMs, errorMs: lacpErrorMs,
    ...tolerance, direction: (ms) => ms < 30_000,
    right: (values) => `Setting the fast rate on both sides can reduce the failover time to ${range(values)}: a switch that keeps SYNC until its second time-out is noticed only then.`,
  }),
};
