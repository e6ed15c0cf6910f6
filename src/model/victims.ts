// Whose NICs a trial silences: the lab's victim, and a second node where the scenario names one.

import type { Lab, NodeId } from './lab.ts';
import type { Scenario } from './scenario.ts';

/** The victim first. Of a lab that has no such place, which no trial is run on, the victim alone. */
export const victimsOf = ({ nodes, victim }: Pick<Lab, 'nodes' | 'victim'>, { also }: Pick<Scenario, 'also'>): readonly NodeId[] => {
  if (also === undefined || also.placesAfter >= nodes.length) return [victim];
  const ring = nodes.toSorted((a, b) => a.id - b.id).map(({ name }) => name);
  const second = ring[(ring.indexOf(victim) + also.placesAfter) % ring.length];
  return second === undefined || second === victim ? [victim] : [victim, second];
};

/** Null, or why the lab has no node at the second victim's place. */
export const placeWrong = ({ nodes, victim }: Pick<Lab, 'nodes' | 'victim'>, { also }: Pick<Scenario, 'also'>): string | null =>
  also === undefined || also.placesAfter < nodes.length ? null : `the second victim is ${also.placesAfter} places after ${victim}, and there are ${nodes.length} nodes`;
