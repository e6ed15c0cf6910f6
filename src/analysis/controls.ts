// The controls: whether the procedure alone does nothing, and whether what every bond survives was survived. What they say is about the lab.

import type { Event } from '../model/event.ts';
import type { TrialResult } from '../model/result.ts';
import { zeroEventsUpperBound } from '../statistics/index.ts';
import { sightOf, type Sight } from './quantities.ts';
import { counted, listed, secondsOf } from './words.ts';

/** null: every step of a trial but the loss; positive: a pulled cable. By the scenarios' names (scenarios/control.ts). */
const kinds = [
  { kind: 'null', scenario: 'control/none', held: 'without any change' },
  { kind: 'positive', scenario: 'control/carrier-down', held: 'recovered, and nobody was reset' },
] as const;

export interface Control {
  readonly kind: typeof kinds[number]['kind'];
  /** Whether a lab's trials can be believed, as far as this control can tell. */
  readonly holds: boolean;
  /** `50 of 50 trials without any change, so at most 5.8 % are otherwise (95 %)`. */
  readonly words: string;
  /** What those that count did and must not, and why the others do not count; each with its trial's folder. */
  readonly breaches: readonly Told[];
  readonly invalid: readonly Told[];
}

interface Told { readonly folder: string; readonly words: string }

/** One in 25 may not count: a host that is busy for a moment is no fault of the lab's. */
const invalidAtMost = (attempts: number): number => Math.ceil(attempts / 25);
const confidence = 0.95;

/** Of all attempts in a run's records: a repetition hides no first one. Those that were not tried are not there. Pure. */
export const controlsIn = (trials: readonly { readonly folder: string; readonly events: readonly Event[] }[]): readonly Control[] => {
  const seen = trials.map(({ folder, events }) => ({ folder, sight: sightOf(events) }));
  return kinds.flatMap(({ kind, scenario, held }): readonly Control[] => {
    const own = seen.filter(({ sight }) => sight.result.scenario === scenario);
    if (own.length === 0) return [];
    const valid = own.filter(({ sight }) => sight.result.valid);
    const breaches = valid.flatMap(({ folder, sight }) => {
      const broken = kind === 'null' ? nullBreaches(sight) : positiveBreaches(sight.result);
      return broken.length === 0 ? [] : [{ folder, words: listed(broken) }];
    });
    const invalid = own.filter(({ sight }) => !sight.result.valid).map(({ folder, sight }) => ({ folder, words: sight.result.reason }));
    const words = [
      `${valid.length - breaches.length} of ${counted(valid.length, 'trial')} ${held}`,
      ...valid.length > 0 && breaches.length === 0 ? [`so at most ${(100 * zeroEventsUpperBound(valid.length, confidence)).toFixed(1)} % are otherwise (95 %)`] : [],
      ...invalid.length > 0 ? [`${invalid.length} did not count`] : [],
    ].join(', ');
    return [{ kind, holds: valid.length > 0 && breaches.length === 0 && invalid.length <= invalidAtMost(own.length), words, breaches, invalid }];
  });
};

/** All that a fault could be blamed for, and that must not come without one. */
const nullBreaches = ({ result, timeline }: Sight): readonly string[] => {
  const { knetChanges, tokenLosses, memberships, lacpChanges } = result.counts;
  const tokenMs = (node: string): number => timeline.all('node-surveyed').findLast((event) => event.node === node)?.survey.totem?.tokenMs ?? usualTokenMs;
  return [
    ...knetChanges > 0 ? [counted(knetChanges, 'knet change')] : [],
    ...tokenLosses > 0 ? [`${tokenLosses} lost ${tokenLosses === 1 ? 'token' : 'tokens'}`] : [],
    ...memberships > 0 ? [counted(memberships, 'membership')] : [],
    ...lacpChanges > 0 ? [counted(lacpChanges, 'LACP change')] : [],
    ...result.darkPairs.length > 0 ? [`dark: ${result.darkPairs.map(({ from, to }) => `${from} → ${to}`).join(', ')}`] : [],
    ...Object.entries(result.nodes).flatMap(([node, { deliveryOutageMs }]) =>
      deliveryOutageMs > tokenMs(node) ? [`${node} without delivery for ${secondsOf(deliveryOutageMs)}, which is more than its token time-out`] : []),
    ...result.fenced.map(({ node }) => `${node} was reset`),
  ];
};

/** corosync.conf(5), token: where a node does not tell its own. */
const usualTokenMs = 3000;

const positiveBreaches = ({ fenced, nodes, recoveryMs }: TrialResult): readonly string[] => [
  ...fenced.map(({ node }) => `${node} was reset`),
  ...Object.entries(nodes).flatMap(([node, { settled }]) => settled ? [] : [`${node} did not settle`]),
  ...recoveryMs === null ? ['the lab was not whole again'] : [],
];
