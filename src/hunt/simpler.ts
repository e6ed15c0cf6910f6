// What makes a schedule simpler, in the order in which it is tried; and by what measure, so that shrinking ends.

import { forMsRange } from '../model/scenario.ts';
import { nodesRange, type Schedule } from './schedule.ts';

export interface Simplification {
  readonly name: string;
  /** Null: there is nothing to simplify here. */
  readonly of: (schedule: Schedule) => Schedule | null;
}

const withNodes = (schedule: Schedule, nodes: number): Schedule => ({ ...schedule, nodes, victim: Math.min(schedule.victim, nodes) });

/** A pulled cable stays one: it is no simpler than a silent one, it is another fault. So are a mode, and the slave's role. */
export const simplifications: readonly Simplification[] = [
  { name: 'as few nodes as may be', of: (schedule) => schedule.nodes > nodesRange.least + 1 ? withNodes(schedule, nodesRange.least) : null },
  { name: 'one node fewer', of: (schedule) => schedule.nodes > nodesRange.least ? withNodes(schedule, schedule.nodes - 1) : null },
  { name: 'the node’s rate slow', of: (schedule) => schedule.rates?.node === 'fast' ? { ...schedule, rates: { ...schedule.rates, node: 'slow' } } : null },
  { name: 'the switch’s rate slow', of: (schedule) => schedule.rates?.onSwitch === 'fast' ? { ...schedule, rates: { ...schedule.rates, onSwitch: 'slow' } } : null },
  { name: 'policy layer2', of: (schedule) => schedule.policy === 'layer2' ? null : { ...schedule, policy: 'layer2' } },
  { name: 'the first node as victim', of: (schedule) => schedule.victim === 1 ? null : { ...schedule, victim: 1 } },
  { name: 'class partial', of: (schedule) => schedule.class === 'partial' ? null : { ...schedule, class: 'partial' } },
  {
    name: 'half the time',
    of: (schedule) => {
      const forMs = Math.floor((schedule.forMs ?? forMsRange.most) / 2);
      return forMs < forMsRange.least ? null : { ...schedule, forMs };
    },
  },
];

/** A whole number, 0 or more, that each simplification makes less. */
export const measureOf = ({ nodes, rates, policy, victim, class: labClass, forMs }: Schedule): number =>
  nodes - nodesRange.least + [rates?.node === 'fast', rates?.onSwitch === 'fast', policy !== 'layer2', victim !== 1, labClass !== 'partial'].filter(Boolean).length
  + (forMs ?? forMsRange.most + 1);
