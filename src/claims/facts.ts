// What claims ask of a trial.

import type { Evidence } from './claim.ts';
import { range, secondsOf } from './rules.ts';

export const isPartial = ({ result }: Evidence): boolean => result.class.measured === 'partial';
export const isFenced = ({ result }: Evidence): boolean => result.fenced.some(({ rehearsed }) => !rehearsed);
export const victimFenced = ({ result }: Evidence): boolean => result.fenced.some(({ bystander, rehearsed }) => !bystander && !rehearsed);
export const bystanderFenced = ({ result }: Evidence): boolean => result.fenced.some(({ bystander, rehearsed }) => bystander && !rehearsed);
export const allFenced = ({ result, lab }: Evidence): boolean => new Set(result.fenced.map(({ node }) => node)).size === lab.nodes.length;

/** Every pair that went dark was heard again while the fault lasted. */
export const allHeardAgain = ({ result }: Evidence): boolean => result.darkPairs.length > 0 && result.darkPairs.every(({ toMs }) => toMs !== null);

/** The longest time without ordered delivery, or out of quorum, of any node: without either a lock cannot be refreshed. */
export const outageMs = ({ result }: Evidence): number => Math.max(0, ...Object.values(result.nodes).flatMap(({ deliveryOutageMs, outOfQuorumMs }) => [deliveryOutageMs, outOfQuorumMs]));
export const memberships = ({ result }: Evidence): number => Math.max(0, ...Object.values(result.nodes).map((node) => node.memberships));

const sorted = (values: readonly number[]): readonly number[] => values.toSorted((a, b) => a - b);

/** For what rests on the stand-in: the measured outage that it follows from. */
export const afterOutage = (shown: readonly Evidence[]): string => `the longest time that a node was without quorum or ordered delivery, which was measured, was ${range(sorted(shown.map(outageMs)))}`;

/** How far what LACP did may be off, counted from the fault. */
export const lacpErrorMs = ({ result }: Evidence): number => result.lacp?.errorMs ?? 0;
export const stoppedMs = ({ result }: Evidence): number | null => result.lacp?.nodeStoppedMs ?? null;

/** What became of trials, for answers: outcomes, resets, and when LACP took the NIC out of use. */
export const told = (trials: readonly Evidence[]): string => {
  const outcomes = [...Map.groupBy(trials, ({ result }) => result.outcome)].map(([outcome, those]) => `${outcome} ${those.length}`).join(', ');
  const stops = sorted(trials.map(stoppedMs).filter((ms) => ms !== null));
  const outages = sorted(trials.map(outageMs));
  return `${outcomes} of ${trials.length}${stops.length > 0 ? `, NIC out of use after ${range(stops)}` : ''}, longest without quorum or delivery ${outages.length === 1 ? secondsOf(outages[0]!) : range(outages)}`;
};
