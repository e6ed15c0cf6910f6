// The signal contract in words: what this switch tells a node whose NIC it does not hear any more, and when.

import { listed, seconds } from '../report/words.ts';
import { isMuxClear, stateBits } from './conduct.ts';
import { limits } from './profile.ts';
import type { Trial } from './tests.ts';
import { countingOf } from './trial.ts';

export interface Term { readonly question: string; readonly answer: string }

/** One sentence for each question. `not seen` where no trial tells. Pure. */
export const contractOf = (trials: readonly Trial[]): readonly Term[] => {
  const fast = (countingOf(trials, '802.3ad/fast-fast') as readonly Trial[]).map(({ conduct }) => conduct);
  const expired = fast.flatMap(({ stateAtExpired }) => stateAtExpired ?? []);
  const keeps = expired.filter((state) => (state & stateBits.synchronization) !== 0).length;
  const defaulted = fast.filter(({ stateAtDefaulted }) => stateAtDefaulted !== null && (stateAtDefaulted & stateBits.synchronization) === 0).length;
  const forwards = fast.flatMap(({ forwardsWhileExpired }) => forwardsWhileExpired ?? []);
  const gaps = fast.flatMap(({ longestGap }) => longestGap ?? []);
  const after = fast.flatMap(({ expiredAfter }) => expiredAfter ?? []);
  return [
    {
      question: 'When does it say that it hears nothing?',
      answer: after.length === 0 ? notSeen : `EXPIRED ${range(after)} after the last LACPDU, in ${after.length} of ${trialsOf(fast.length)}`,
    },
    { question: 'Clears SYNC at EXPIRED or at DEFAULTED?', answer: clearing({ expired: expired.length, keeps, defaulted }) },
    { question: 'Clears COLLECTING and DISTRIBUTING at EXPIRED?', answer: shares(expired.map(isMuxClear)) },
    { question: 'Honours the partner’s rate?', answer: honoured(trials) },
    { question: 'Forwards to an EXPIRED member?', answer: shares(forwards) },
    { question: 'Jitter margin at the fast rate?', answer: gaps.length === 0 ? notSeen : margin(Math.max(...gaps)) },
  ];
};

const notSeen = 'not seen';

const trialsOf = (count: number): string => `${count} trial${count === 1 ? '' : 's'}`;

/** Of so many trials in which EXPIRED was told. */
const clearing = ({ expired, keeps, defaulted }: { readonly expired: number; readonly keeps: number; readonly defaulted: number }): string => {
  if (expired === 0) return notSeen;
  if (keeps === 0) return `at EXPIRED, in ${trialsOf(expired)}`;
  if (keeps < expired) return `at EXPIRED in ${expired - keeps} of ${trialsOf(expired)}, later in the others`;
  if (defaulted === 0) return 'not at EXPIRED; and no LACPDU told DEFAULTED, so the node had to time out by itself';
  return `not at EXPIRED; a LACPDU with SYNC clear told DEFAULTED in ${defaulted} of ${trialsOf(expired)}`;
};

const margin = (gapMs: number): string => `its LACPDUs were ${seconds(gapMs)} apart at most: ${seconds(limits.timeout.fast - gapMs)} before a node misses it`;

const range = (values: readonly number[]): string => {
  const [least, most] = [seconds(Math.min(...values)), seconds(Math.max(...values))];
  return least === most ? most : `${least} to ${most}`;
};

const shares = (held: readonly boolean[]): string => {
  const count = held.filter(Boolean).length;
  if (held.length === 0) return notSeen;
  return count === held.length ? `yes, in ${trialsOf(count)}` : count === 0 ? `no, in none of ${trialsOf(held.length)}` : `in ${count} of ${trialsOf(held.length)}`;
};

/** How often it sends where the node requests each rate. */
const honoured = (trials: readonly Trial[]): string => {
  const parts = (['fast', 'slow'] as const).flatMap((rate) => {
    const asking = trials.filter(({ scenario, result }) => result.valid && scenario.bond.lacpRate === rate);
    const medians = asking.flatMap(({ result }) => result.lacpdus?.receivedMs ?? []);
    if (medians.length === 0) return [];
    const right = medians.filter((ms) => ms >= limits.period[rate].least && ms <= limits.period[rate].most).length;
    const wrong = right === medians.length ? '' : ` (not as asked in ${medians.length - right} of ${medians.length} trials)`;
    return [`asked for ${rate} it sends every ${range(medians)}${wrong}`];
  });
  return parts.length === 0 ? notSeen : listed(parts);
};
