// The profile's tests C0 to C16, from trials: what passed, what failed, what is told, and what nobody tried.

import type { Evidence } from '../claims/claim.ts';
import type { NodeSurvey } from '../model/event.ts';
import type { LacpRate } from '../model/scenario.ts';
import { counted, listed, seconds } from '../report/words.ts';
import { isMuxClear, stateBits, type Conduct } from './conduct.ts';
import type { TestResult, TestState } from './grade.ts';
import { cells, limits, testIds, type TestId } from './profile.ts';
import { countingOf, darkMs, hasMembershipChange, isFenced } from './trial.ts';

/** A judged trial, how both ends conducted themselves in it, and what the victim was right before the fault (null: not seen). */
export interface Trial extends Evidence { readonly conduct: Conduct; readonly survey: NodeSurvey | null }

/** What a holder did that nobody told to go: from its end until the NIC sent again, in ms; null: not while it was watched. */
export interface HolderEnd { readonly what: string; readonly afterMs: number | null; readonly allowedMs: number }

type Found = Omit<TestResult, 'id'>;
type Test = (trials: readonly Trial[], holderEnds: readonly HolderEnd[]) => Found;

const untested = (why: string): Test => () => ({ state: 'not tested', found: why });

const judged = (state: TestState, found: string): Found => ({ state, found });
const held = (all: boolean, found: string): Found => judged(all ? 'passed' : 'failed', found);

const tests: Readonly<Record<TestId, Test>> = {
  C0: untested('no lab of bondproof reads LLDP yet; that the silenced NIC is the one of the lab file is proven in each trial'),
  C1: (trials) => rateSemantics(trials),
  C2: untested('no lab reloads its switch'),
  C3: (trials) => rateChange(trials),
  C4: (trials) => silence(trials, 'node'),
  C5: (trials) => silence(trials, 'switch'),
  C6: (trials) => conductTest(trials),
  C7: (trials) => partialLoss(trials),
  C8: untested('there is no fault that loses a share of LACPDUs'),
  C9: (trials) => healing(trials),
  C10: (trials) => carrier(trials),
  C11: untested('no lab restarts its switch’s control plane'),
  C12: untested('no lab makes load'),
  C13: untested('bondproof refuses such a lab before a trial, but nothing here built one to see it'),
  C14: (trials) => corosyncRecorded(trials),
  C15: (trials) => neighbours(trials),
  C16: (trials, holderEnds) => restoring(trials, holderEnds),
};

/** In the order of their ids. Pure. */
export const testResults = (trials: readonly Trial[], holderEnds: readonly HolderEnd[]): readonly TestResult[] =>
  testIds.map((id) => ({ id, ...tests[id](trials, holderEnds) }));

const of = (trials: readonly Trial[], scenario: string): readonly Trial[] => countingOf(trials, scenario) as readonly Trial[];

const rates: readonly (readonly [node: LacpRate, onSwitch: LacpRate])[] = [['fast', 'fast'], ['fast', 'slow'], ['slow', 'fast'], ['slow', 'slow']];

/** The node sends as the switch requests, and the switch as the node does. */
const rateSemantics = (trials: readonly Trial[]): Found => {
  const combinations = rates.map(([node, onSwitch]) => {
    const those = [...of(trials, `802.3ad/${node}-${onSwitch}`), ...of(trials, `802.3ad/${node}-${onSwitch}/switch-tx-silent`)].map(({ result }) => result.lacpdus);
    return {
      name: `${node}/${onSwitch}`,
      sent: those.map((lacpdus) => isAtRate(lacpdus?.sentMs ?? null, onSwitch)), received: those.map((lacpdus) => isAtRate(lacpdus?.receivedMs ?? null, node)),
    };
  });
  const unseen = combinations.filter(({ sent, received }) => [sent, received].some((each) => each.every((held) => held === null)));
  if (unseen.length > 0) return judged('not tested', `LACPDUs were not counted with the rates (node/switch) ${listed(unseen.map(({ name }) => name))}`);
  const wrong = combinations.filter(({ sent, received }) => [...sent, ...received].includes(false));
  return held(wrong.length === 0, wrong.length === 0
    ? 'each end sends at the rate that the other requests, in all four combinations'
    : `LACPDUs came at another rate with (node/switch) ${listed(wrong.map(({ name }) => name))}`);
};

const isAtRate = (ms: number | null, rate: LacpRate): boolean | null => ms === null ? null : ms >= limits.period[rate].least && ms <= limits.period[rate].most;

/** Reported, whatever it costs. That a switch makes the aggregate anew cannot be told from a flap here. */
const rateChange = (trials: readonly Trial[]): Found => {
  const those = of(trials, '802.3ad/fast-fast/switch-rate-slow').map(({ result }) => result);
  if (those.length === 0) return judged('not tested', 'no trial of 802.3ad/fast-fast/switch-rate-slow');
  const live = those.filter((result) => result.lacp?.nodeStoppedMs === null && darkMs(result) === 0).length;
  const most = Math.max(...those.map((result) => darkMs(result)));
  const unheard = most === 0 ? 'nobody was unheard' : Number.isFinite(most) ? `somebody was unheard until ${seconds(most)} after it` : 'somebody was unheard to the end';
  return judged('passed', `live in ${live} of ${those.length} trials, else a flap; ${unheard}`);
};

const silence = (trials: readonly Trial[], silent: 'node' | 'switch'): Found => {
  const wanted = cells.filter((cell) => cell.silent === silent).map(({ scenario, trials: count }) => ({ scenario, count, have: of(trials, scenario).length }));
  const short = wanted.filter(({ count, have }) => have < count);
  return short.length > 0
    ? judged('not tested', listed(short.map(({ scenario, count, have }) => `${scenario} has ${have} of ${count} trials`)))
    : judged('passed', `${wanted.reduce((sum, { have }) => sum + have, 0)} trials of ${counted(wanted.length, 'cell')}`);
};

/** Where the switch’s rate is fast, and the node falls silent. */
const conductTest = (trials: readonly Trial[]): Found => {
  const those = of(trials, '802.3ad/fast-fast').map(({ conduct }) => conduct);
  if (those.length === 0) return judged('not tested', 'no trial of 802.3ad/fast-fast');
  const wrong = [
    ['EXPIRED was not told', those.filter(({ expiredAfter }) => expiredAfter === null)],
    ['EXPIRED came late', those.filter(({ expiredAfter }) => expiredAfter !== null && expiredAfter > limits.timeout.fast + limits.expiredLate)],
    ['COLLECTING or DISTRIBUTING stayed set in EXPIRED', those.filter(({ stateAtExpired }) => !isMuxClear(stateAtExpired ?? 0))],
    ['no LACPDU said DEFAULTED in time with SYNC clear', those.filter(({ defaultedAfter, stateAtDefaulted }) =>
      defaultedAfter === null || defaultedAfter > limits.timeout.fast + limits.defaultedLate || (stateAtDefaulted! & stateBits.synchronization) !== 0)],
  ] as const;
  const found = wrong.filter(([, which]) => which.length > 0).map(([what, which]) => `${what} in ${which.length} of ${those.length} trials`);
  return held(found.length === 0, found.length === 0 ? `as it should be in all of ${those.length} trials` : listed(found));
};

const partialLoss = (trials: readonly Trial[]): Found => {
  const [lacpdus, data] = [of(trials, '802.3ad/fast-fast/lacpdu-only'), of(trials, '802.3ad/fast-fast/data-only')];
  if (lacpdus.length === 0 || data.length === 0) return judged('not tested', 'no trials of it');
  const stayedIn = (those: readonly Trial[]): number => those.filter(({ result }) => result.lacp?.nodeStoppedMs === null).length;
  const stayed = stayedIn(lacpdus);
  const left = `without LACPDUs the member left in ${lacpdus.length - stayed} of ${lacpdus.length} trials`;
  return held(stayed === 0, `${left}; without data LACP saw nothing in ${stayedIn(data)} of ${data.length}`);
};

const healing = (trials: readonly Trial[]): Found => {
  const those = gradedOf(trials).map(({ conduct }) => conduct.rejoinedAfter);
  if (those.length === 0) return judged('not tested', 'no trial of a graded cell');
  const late = those.filter((ms) => ms === null || ms > limits.rejoined).length;
  const seen = those.filter((ms) => ms !== null);
  const back = seen.length === 0 ? 'the member was never seen to be back' : `the member was back after ${seconds(Math.max(...seen))} at most`;
  return held(late === 0, `${back}${late === 0 ? '' : `; late or never in ${late} of ${those.length} trials`}`);
};

const carrier = (trials: readonly Trial[]): Found => {
  const those = of(trials, 'control/carrier-down').map(({ result }) => darkMs(result));
  if (those.length === 0) return judged('not tested', 'no trial of control/carrier-down');
  const most = Math.max(...those);
  const found = Number.isFinite(most) ? `nobody was unheard for longer than ${seconds(most)} in ${those.length} trials` : 'somebody was unheard to the end';
  return held(most <= limits.carrier, found);
};

/** What a trial must have to count is this (analysis/validity.ts): observers alive, journals read, rings that rise. */
const corosyncRecorded = (trials: readonly Trial[]): Found => {
  const those = gradedOf(trials);
  if (those.length === 0) return judged('not tested', 'no trial of a graded cell');
  const [changed, fenced] = [hasMembershipChange, isFenced].map((is) => those.filter(({ result }) => is(result)).length);
  return judged('passed', `in all of ${those.length} graded trials; memberships changed in ${changed}, a node was fenced in ${fenced}`);
};

const neighbours = (trials: readonly Trial[]): Found => {
  const those = cells.filter(({ role }) => role === 'control').flatMap(({ scenario }) => of(trials, scenario));
  if (those.length === 0) return judged('not tested', 'no trial of a slow cell');
  const more = those.filter(({ result }) => result.darkPairs.some(({ predicted }) => !predicted)).length;
  return judged('reported', `pairs went dark that the hash did not cut off in ${more} of ${those.length} slow trials`);
};

const restoring = (trials: readonly Trial[], holderEnds: readonly HolderEnd[]): Found => {
  const compared = trials.filter(({ result, conduct }) => result.valid && conduct.restored !== null);
  const changed = compared.filter(({ conduct }) => conduct.restored === false).length;
  const late = holderEnds.filter(({ afterMs, allowedMs }) => afterMs === null || afterMs > allowedMs);
  if (holderEnds.length === 0) return judged('not tested', 'no holder was left alone with a fault');
  if (compared.length === 0) return judged('not tested', 'nothing was compared');
  return held(changed === 0 && late.length === 0, changed > 0 || late.length > 0
    ? listed([...changed > 0 ? [`something was not as before in ${changed} of ${compared.length} trials`] : [], ...late.map(({ what }) => `not lifted in time: ${what}`)])
    : `as before in ${compared.length} trials; ${listed(holderEnds.map(({ what, afterMs }) => `${what}: lifted after ${seconds(afterMs!)}`))}`);
};

const gradedOf = (trials: readonly Trial[]): readonly Trial[] =>
  cells.filter(({ role }) => role === 'graded').flatMap(({ scenario }) => of(trials, scenario));
