// The cut of one way of a cable: no node or switch is told anything, both ends have carrier, and the NIC goes on sending.

import type { Action, Change } from '../model/command.ts';
import { cables, type Link } from '../model/lab.ts';

/**
 * Orders to whoever passes the lab's frames on (worlds/virtual/cables.ts), who mends the cable when nobody says any more that it shall stay cut. To mend it
 * ends the hold as well, so that no late word cuts it again.
 */
export const planCable = ({ id }: Link, lost: 'to-switch' | 'to-node' | 'nothing'): Change => {
  const act = (verb: string, ...more: readonly string[]): Action => ({ device: cables, command: { argv: ['cable', verb, id, ...more] } });
  return { stage: [act('stage')], apply: [act('cut', lost)], revert: [act('mend')], traces: [act('show')] };
};
