// One sentence or two per bond mode that an administrator understands, with no more in them than was measured.

import { outcomes, victimsIn } from '../model/result.ts';
import type { Outcome, PhaseResult, RunResult, TrialResult } from '../model/result.ts';
import { printable } from './text.ts';
import { isControl, longestMs } from './summary.ts';
import type { Resets, Row, Summary } from './summary.ts';
import { byText, capitalised, counted, listed, preciseSeconds, roundSeconds, secondsRange } from './words.ts';

/** What a mode did in all of its trials, and what follows from it, with the mode's name. */
export const rowSentence = (row: Row): string => `${titleOf(row.scenario)}: ${effectOf(row)}`;

/** The same without the name. */
export const effectOf = (row: Row): string => {
  const trials = row.counted;
  if (trials.length === 0) return `no verdict. ${printable(row.trials.at(-1)?.reason ?? '')}`.trimEnd();
  const body = sentences([joined([lacpPart(row), resetPart(row), effectPart(row)]), limitPart(row), ...(isControl(row.scenario) ? [] : [advice[row.outcome]])]);
  return `${body} (${tally(trials)})`;
};

/** The modes of one outcome, and what that outcome means. */
export interface Group { readonly outcome: Outcome; readonly words: string; readonly scenarios: readonly string[] }

/** The answer of the whole run: what held, what only paused, what must not be used; best first. */
export const groupsOf = ({ modes }: Summary): readonly Group[] =>
  outcomes.flatMap((outcome) => {
    const scenarios = modes.filter((row) => row.outcome === outcome && row.counted.length > 0).map(({ scenario }) => printable(scenario));
    return scenarios.length === 0 ? [] : [{ outcome, words: groupWords[outcome], scenarios }];
  });

/** The same in a breath. */
export const headline = (summary: Summary): string =>
  groupsOf(summary).map(({ words, scenarios }) => `${words}: ${listed(scenarios)}.`).join(' ') || nothingCounts(summary);

/** Why there is no answer. */
export const nothingCounts = ({ modes }: Summary): string =>
  modes.length === 0 ? 'No bond mode was tried, only controls.' : 'No trial of a bond mode has a verdict.';

/** How far the run can be believed: how many trials, and on what. */
export const caveat = (run: RunResult, summary: Summary): string => {
  const rows = summary.modes.length > 0 ? summary.modes : summary.controls;
  const numbers = rows.map((row) => row.counted.length).filter((number) => number > 0);
  if (numbers.length === 0) return 'Nothing was measured that counts.';
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  const each = least === most ? counted(most, 'trial') : `${least} to ${most} trials`;
  const where = run.simulated.length > 0 ? 'on a simulated lab' : `on the lab ${printable(run.lab)}`;
  return `Measured ${where}, ${each} per configuration: what is named here was seen; what was not seen is not thereby ruled out.`;
};

/** When the fault came, and when it should have. */
export const phaseSentence = ({ anchor, wantedMs, measuredMs, errorMs }: PhaseResult): string => {
  const since = anchor === 'lacpdu' ? 'the victim’s last LACPDU' : 'the victim’s last LRM refresh';
  if (measuredMs === null || errorMs === null) return `${preciseSeconds(wantedMs)} after ${since} was wanted, not measured`;
  return `${preciseSeconds(measuredMs)} ± ${preciseSeconds(errorMs)} after ${since}, wanted ${preciseSeconds(wantedMs)}`;
};

/** A scenario's name in words. */
export const titleOf = (scenario: string): string => {
  const [mode = '', variant, ...rest] = scenario.split('/');
  const rates = /^(slow|fast)-(slow|fast)$/.exec(variant ?? '');
  // Of a scenario from a file: what it has more is in its name alone.
  if (rest.some((part) => !Object.hasOwn(tails, part))) return printable(scenario);
  const tail = rest.map((part) => tails[part]).join('');
  if (mode === '802.3ad' && rates !== null) {
    const [, node = '', other = ''] = rates;
    return `802.3ad with ${node === other ? `node and switch ${node}` : `a ${node} node and a ${other} switch`}${tail}`;
  }
  if (mode === 'active-backup' && (variant === 'active' || variant === 'backup')) return `active-backup, the ${variant} NIC silent${tail}`;
  return titles[scenario] ?? printable(scenario);
};

const tails: Readonly<Record<string, string>> = {
  'rehearse': ', watchdogs only rehearsing',
  'data-only': ', LACPDUs alone still sent',
  'lacpdu-only': ', LACPDUs alone lost',
  'rx-silent': ', the NIC hearing nothing',
  'switch-tx-silent': ', the switch’s port silent',
  'switch-rate-slow': ', the switch told to ask for slow LACPDUs',
  'two-victims': ', NICs of two nodes silent',
  'opposite': ', opposite ones',
  'isolated': ', with all on the silent NIC',
};

const titles: Readonly<Record<string, string>> = {
  'control/none': 'control without a fault',
  'control/carrier-down': 'control with the carrier down',
};

const groupWords: Readonly<Record<Outcome, string>> = {
  undisturbed: 'Held without a disturbance',
  disturbed: 'Paused and recovered',
  isolated: 'Lost the node with the silent NIC',
  split: 'Found no stable membership',
  fenced: 'Reset the node with the silent NIC',
  'fenced-bystander': 'Reset nodes with healthy bonds',
  inconclusive: 'No verdict',
  invalid: 'No verdict',
};

const advice: Readonly<Record<Outcome, string | null>> = {
  undisturbed: null,
  disturbed: 'Corosync survives on it; /etc/pve pauses for that long.',
  isolated: 'It costs the node until somebody mends it: give corosync a second network.',
  split: 'Do not run corosync on it.',
  fenced: 'It costs the node: give corosync a second network.',
  'fenced-bystander': 'Do not run corosync on it.',
  inconclusive: null,
  invalid: null,
};

/** When the switch gave the dead port up, and that of a second victim; nothing where LACP had no part in it. */
const lacpPart = ({ scenario, counted: trials }: Row): string | null => {
  const seen = trials.flatMap(({ lacp, also }) => [lacp, also?.lacp ?? null]).filter((lacp) => lacp !== null);
  const nics = hasTwo(trials) ? 'dead NICs' : 'dead NIC';
  if (seen.length === 0 || isControl(scenario)) return null;
  // Not when the node hears that the switch has defaulted: after that the switch may speak again only 30 s later (bond_3ad.c, AD_SLOW_PERIODIC_TIME).
  const times = seen.flatMap(({ nodeStoppedMs }) => (nodeStoppedMs === null ? [] : [nodeStoppedMs]));
  if (!silences(trials)) return times.length === 0 ? 'the node kept both NICs in use' : `LACP took a NIC out of use after ${secondsRange(times)}`;
  if (times.length > 0) return `LACP needed ${secondsRange(times)} to take the ${nics} out of use`;
  return seen.some(({ preventedByReset }) => preventedByReset)
    ? `a reset came before LACP took the ${nics} out of use`
    : `LACP was not seen to take the ${nics} out of use`;
};

const resetPart = ({ resets, trials, counted: valid }: Row): string | null => {
  const healthy = resets.filter(({ bystander }) => bystander);
  const victims = resets.filter(({ bystander }) => !bystander);
  const repeated = trials.length > 1;
  const say = (group: readonly Resets[], who: string): string => {
    const verb = group.every(({ rehearsed }) => rehearsed) ? 'would have been reset' : `${group.length === 1 ? 'was' : 'were'} reset`;
    return `${who} ${verb} (${listed(group.map(({ node, afterMs }) => `${printable(node)} after ${secondsRange(afterMs)}`))}${repeated ? '; all trials together' : ''})`;
  };
  const parts = [
    ...(healthy.length > 0 ? [say(healthy, `${counted(healthy.length, 'node')} with ${healthy.length === 1 ? 'a healthy bond' : 'healthy bonds'}`)] : []),
    ...(victims.length > 0 ? [say(victims, hasTwo(valid) ? `${counted(victims.length, 'node')} with a silent NIC` : 'the node with the silent NIC')] : []),
  ];
  return parts.length === 0 ? null : listed(parts);
};

/** What changes a setting has no dead NIC. */
const silences = (trials: readonly TrialResult[]): boolean => trials.some(({ fault }) => fault !== 'switch-rate-slow');

const hasTwo = (trials: readonly TrialResult[]): boolean => trials.some(({ also }) => also !== undefined);

/** The victim; of two those that lost their quorum. */
const lostVictims = (trial: TrialResult): readonly string[] => trial.also === undefined ? [trial.victim] : victimsIn(trial).filter((node) => (trial.nodes[node]?.outOfQuorumMs ?? 0) > 0);

const effectPart = ({ outcome, delivery, quorum, counted: trials }: Row): string => {
  const pause = longestMs(delivery);
  const stood = pause >= 1000 ? `ordered delivery stood still for up to ${roundSeconds(pause)}` : null;
  const lost = [...new Set(trials.flatMap(lostVictims).map(printable))].sort(byText);
  switch (outcome) {
    case 'undisturbed':
      return 'quorum and ordered delivery held on every node';
    case 'isolated':
      return joined([`${lost.length > 1 ? 'nodes' : 'node'} ${listed(lost)} lost the cluster for as long as the fault lasted while the others carried on`, stood]);
    case 'split':
      return joined(['memberships kept changing until the fault was taken away', stood]);
    case 'disturbed':
      return joined([stood ?? 'ordered delivery held', longestMs(quorum) > 0 ? `a node was out of quorum for ${roundSeconds(longestMs(quorum))}` : null, 'then every node settled']);
    default:
      return stood ?? 'ordered delivery held on the nodes that ran';
  }
};

/** What the trials could not have shown. */
const limitPart = ({ scenario, outcome, counted: trials }: Row): string | null => {
  const mode = scenario.split('/')[0] ?? '';
  if (trials.every(({ ha }) => ha === 'idle' || ha === 'none')) return 'No HA service ran, so nothing could be fenced.';
  if (outcome === 'undisturbed' && scenario === 'active-backup/backup') return 'The fault goes unnoticed until this NIC is needed.';
  // The transmit hash may have put nobody on the dead NIC; balance-rr and broadcast use every NIC for everybody.
  const byChance = silences(trials) && ['balance-xor', '802.3ad', 'balance-tlb', 'balance-alb'].includes(mode) && trials.every((trial) => trial.class.measured === 'none');
  return byChance ? 'By chance of the hash no peer was reached through the dead NIC: this says nothing of what happens when one is.' : null;
};

const tally = (trials: readonly TrialResult[]): string => {
  const all = `${trials.length} trial${trials.length === 1 ? '' : 's'}`;
  const kinds = outcomes.flatMap((outcome) => {
    const same = trials.filter((trial) => trial.outcome === outcome).length;
    return same === 0 ? [] : [`${same} ${outcome}`];
  });
  return kinds.length > 1 ? `${all}: ${kinds.join(', ')}` : all;
};

const joined = (parts: readonly (string | null)[]): string => parts.filter((part) => part !== null).join('; ');

const sentences = (parts: readonly (string | null)[]): string =>
  parts
    .filter((part) => part !== null)
    .map((part) => (/[.!?]$/.test(part) ? part : `${part}.`))
    .map((part, index) => (index === 0 ? part : capitalised(part)))
    .join(' ');
