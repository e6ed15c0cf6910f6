// That the fast rate is needed at both ends.

import { bonds, inCells } from './cells.ts';
import type { Claim, Evidence, Finding } from './claim.ts';
import { stoppedMs } from './facts.ts';
import { range } from './rules.ts';

/** Each rate alone, and the fault that it does nothing for. */
const oneSided = ['802.3ad/fast-slow', '802.3ad/slow-fast/rx-silent'] as const;
/** By then nodes without quorum are past the point of no return: 60 s, less the 10 s of an LRM's round (pve-ha-manager, watchdog-mux.c and LRM.pm). */
const tooLateMs = 50_000;

export const c18: Claim = {
  id: 'C18', source: bonds, phrase: 'strongly recommend … on the Proxmox VE node and the switch', quantifier: 'will', basis: 'measured',
  population: 'the rate fast at one end alone, and a NIC that does not send, or does not receive',
  ...inCells(3, ...oneSided),
  judge: (trials) => oneSided.every((name) => trials.some(({ scenario }) => scenario.name === name)) ? judge(trials)
    : { outcome: 'inconclusive', sentence: `Not both were run: ${oneSided.join(', ')}.`, deciding: trials },
};

/** A trial in which nodes were reset before LACP acted shows it as well. */
const isLate = (trial: Evidence): boolean => (stoppedMs(trial) ?? Infinity) > tooLateMs;

const judge = (trials: readonly Evidence[]): Finding => {
  const said = oneSided.map((name) => {
    const those = trials.filter(({ scenario }) => scenario.name === name);
    const seen = those.map(stoppedMs).filter((ms) => ms !== null).sort((a, b) => a - b);
    return `${name}: ${seen.length > 0 ? `out of use after ${range(seen)}` : 'not out of use before a reset'}`;
  }).join('; ');
  const early = trials.filter((trial) => !isLate(trial));
  return early.length === 0
    ? { outcome: 'upheld', sentence: `Each end alone is too late for one of the two faults (${said}).`, deciding: trials }
    : { outcome: 'refuted', sentence: `One end was enough in ${early.length} of ${trials.length} trials (${said}).`, right: 'Set the fast rate at least at the end that has to notice the failure: at the switch for a node that does not send, at the node for one that does not receive.', deciding: early };
};
