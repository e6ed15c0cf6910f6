// The ladder: which outcome a trial has, and why in one sentence.

import type { Damage } from '../model/damage.ts';
import type { NodeId } from '../model/lab.ts';
import type { Outcome, TrialResult } from '../model/result.ts';
import { cableWrong } from './cable.ts';
import type { CorosyncCounts } from './corosync.ts';
import type { Timeline } from './timeline.ts';
import { counted, listed, secondsOf } from './words.ts';

export interface Verdict { readonly outcome: Outcome; readonly reason: string }

/** What the ladder looks at. */
export interface Findings extends Pick<TrialResult, 'faultMs' | 'fenced' | 'nodes' | 'darkPairs' | 'proof'> {
  readonly counts: CorosyncCounts & Pick<TrialResult['counts'], 'lacpChanges'>;
  /** Nodes that were quorate when the watch ended. */
  readonly quorateAtEnd: readonly NodeId[];
}

/** Ordered delivery pauses for less in a cluster that nothing disturbs. */
const longestPauseMs = 1000;

export const outcomeOf = (timeline: Timeline, findings: Findings | null, damage: Damage): Verdict => {
  const lost = damageWords(damage);
  if (lost !== null) return { outcome: 'invalid', reason: `It does not count, for its record is damaged: ${lost}.` };
  // Both broke the trial off, and are known: the fault was not what it was to be.
  const unproven = cableWrong(timeline) ?? unprovenBecause(timeline);
  if (unproven !== null) return { outcome: 'invalid', reason: `It does not count, for this was not so: ${unproven}.` };
  const unfinished = unfinishedBecause(timeline);
  if (unfinished !== null || findings === null) return { outcome: 'inconclusive', reason: unfinished ?? 'The fault was never applied.' };
  const missing = findings.proof.find((part) => !part.held);
  if (missing !== undefined) return { outcome: 'invalid', reason: `It does not count, for this was not so: ${missing.what} (${missing.found}).` };
  return fencedVerdict(timeline, findings) ?? endVerdict(timeline, findings);
};

/** Null, or what the fault was seen not to do right after it was made (harness/injection.ts, proveFault). */
const unprovenBecause = (timeline: Timeline): string | null => {
  const [first] = timeline.all('trial-broken');
  return first?.step === 'prove' && !first.interrupted ? first.because : null;
};

/** Why there can be no verdict; null where the fault was applied, watched and reverted as planned. What failed after that is no matter here. */
const unfinishedBecause = (timeline: Timeline): string | null => {
  const { started, window } = timeline;
  if (timeline.events.length === 0) return 'The record is empty.';
  if (started === null) return 'The record has no beginning.';
  const broken = timeline.all('trial-broken');
  const stop = broken.find((event) => event.interrupted) ?? broken.find((event) => !afterFault.includes(event.step));
  if (stop !== undefined) return `The trial was ${stop.interrupted ? 'interrupted' : 'broken off'} in step ${stop.step}: ${stop.because}.`;
  if (window === null) return 'The record ends before the fault was applied.';
  if (window.reverted === null) return 'The record ends before the fault was reverted.';
  // The last that is written: what was lost at the end cannot be told from what never was.
  if (timeline.all('trial-ended').length > 0) return null;
  return `The record ends before ${timeline.all('lab-whole').length > 0 ? 'the trial did' : 'the lab was whole again'}.`;
};

/** Null where nothing is missing but an end, which shows in the events themselves. */
const damageWords = ({ brokenLines, missingLines, doubledLines }: Damage): string | null => {
  const parts = [
    brokenLines > 0 && `${counted(brokenLines, 'line')} cannot be read`,
    missingLines > 0 && `${counted(missingLines, 'line')} ${missingLines > 1 ? 'are' : 'is'} missing`,
    doubledLines > 0 && `${counted(doubledLines, 'line')} ${doubledLines > 1 ? 'are' : 'is'} there twice`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? null : listed(parts);
};

/** Steps whose failure leaves the time of the fault as it was measured; an undo that came early fails a part of the proof. */
const afterFault: readonly string[] = ['revert', 'prove-gone', 'recover', 'judge'];

const fencedVerdict = (timeline: Timeline, { fenced }: Findings): Verdict | null => {
  if (fenced.length === 0) return null;
  const bystanders = fenced.filter((reset) => reset.bystander);
  const told = bystanders.length > 0 ? bystanders : fenced;
  const names = listed([...new Set(told.map((reset) => reset.node))]);
  const times = listed(told.map((reset) => secondsOf(reset.afterMs)));
  const verb = told.every((reset) => reset.rehearsed) ? 'would have been reset by its watchdog' : 'was reset by its watchdog';
  const plural = verb.replace('was', 'were').replace('its watchdog', 'their watchdogs');
  const was = new Set(told.map((reset) => reset.node)).size > 1 ? plural : verb;
  if (bystanders.length === 0) return { outcome: 'fenced', reason: `The ${victimsWord(told.map(({ node }) => node))} ${names} ${was} after ${times}.` };
  const too = victimsToo(timeline, fenced.map(({ node }) => node));
  return { outcome: 'fenced-bystander', reason: `${names}, with nothing wrong at the bond, ${was} after ${times}${too}.` };
};

const victimsWord = (nodes: readonly NodeId[]): string => new Set(nodes).size > 1 ? 'victims' : 'victim';

const victimsToo = ({ victims }: Timeline, fenced: readonly NodeId[]): string => {
  const reset = victims.filter((victim) => fenced.includes(victim));
  if (reset.length === 0) return '';
  return victims.length === 1 ? '; so was the victim' : `; so ${reset.length > 1 ? 'were' : 'was'} the ${victimsWord(reset)} ${listed(reset)}`;
};

const endVerdict = ({ nodes: names, victims, started }: Timeline, findings: Findings): Verdict => {
  // The watch ends with the fault, or with one that had an end of its own after it.
  const outlived = started?.scenario.forMs !== undefined;
  const end = outlived ? 'the watch ended' : 'the fault was reverted';
  const { nodes, quorateAtEnd, darkPairs, counts } = findings;
  const unsettled = names.filter((name) => nodes[name]?.settled !== true);
  const out = names.filter((name) => !quorateAtEnd.includes(name));

  // Nobody is out or unsettled but victims that are out.
  if (out.length > 0 && out.every((name) => victims.includes(name)) && unsettled.every((name) => out.includes(name))) {
    const [was, them] = out.length > 1 ? ['were', 'them'] : ['was', 'it'];
    return { outcome: 'isolated', reason: `The ${victimsWord(out)} ${listed(out)} ${was} out of quorum until ${end}; the others had settled without ${them}.` };
  }
  if (unsettled.length > 0 || out.length > 0) {
    const parts = [
      unsettled.length > 0 && `${listed(unsettled)} had not settled when ${end}, after ${counted(counts.memberships, 'membership')}`,
      out.length > 0 && `${listed(out)} ${out.length > 1 ? 'were' : 'was'} out of quorum to the end`,
    ].filter((part) => part !== false);
    return { outcome: 'split', reason: `${parts.join('; ')}.` };
  }
  const pausedMs = Math.max(0, ...Object.values(nodes).map((node) => node.deliveryOutageMs));
  const changes = counts.knetChanges + counts.tokenWarnings + counts.tokenLosses + counts.memberships + counts.quorumChanges + counts.lacpChanges;
  if (changes === 0 && darkPairs.length === 0 && pausedMs <= longestPauseMs) {
    return { outcome: 'undisturbed', reason: `Nothing changed on any node in ${secondsOf(findings.faultMs ?? 0)} of the fault${outlived ? ' and after it' : ''}.` };
  }
  return { outcome: 'disturbed', reason: `Every node had settled when ${end}, after ${effects(findings, pausedMs)}.` };
};

/** What a disturbance was, the worst first. */
const effects = ({ nodes, counts, darkPairs }: Findings, pausedMs: number): string => {
  const outMs = Math.max(0, ...Object.values(nodes).map((node) => node.outOfQuorumMs));
  const seen = [
    outMs > 0 && `up to ${secondsOf(outMs)} out of quorum`,
    pausedMs > longestPauseMs && `up to ${secondsOf(pausedMs)} without ordered delivery`,
    counts.memberships > 0 && counted(counts.memberships, 'membership'),
    darkPairs.length > 0 && counted(darkPairs.length, 'dark pair'),
  ].filter((text) => text !== false);
  const small = [
    counts.tokenLosses + counts.tokenWarnings > 0 && counted(counts.tokenLosses + counts.tokenWarnings, 'token alarm'),
    counts.knetChanges > 0 && counted(counts.knetChanges, 'knet change'),
    counts.quorumChanges > 0 && counted(counts.quorumChanges, 'quorum change'),
    counts.lacpChanges > 0 && counted(counts.lacpChanges, 'LACP change'),
  ].filter((text) => text !== false);
  return listed(seen.length > 0 ? seen : small);
};
