// What happened in a trial, in order and in words: the picture for those who read, or cannot see it.

import type { Body, EventOf } from '../../model/event.ts';
import { lacpBits } from '../../analysis/lacp.ts';
import { roundSeconds, seconds } from '../words.ts';
import { atMs } from './view.ts';
import type { View } from './view.ts';

export interface Moment { readonly atMs: number; readonly words: string }

/** The first of each kind by each node, in order; how many more there were is said. */
export const momentsOf = (view: View): readonly Moment[] => {
  const { timeline, trial, fault, link } = view;
  if (fault === null) return [];
  const firstBy = <T extends Body['type']>(type: T, words: (event: EventOf<T>) => string, is: (event: EventOf<T>) => boolean = () => true): readonly Moment[] =>
    view.nodes.flatMap((node) => {
      const all = timeline.by(node, type).filter((event) => is(event) && atMs(view, event) >= 0);
      const first = all[0];
      return first === undefined ? [] : [{ atMs: atMs(view, first), words: `${node} ${words(first)}${all.length > 1 ? ` (first of ${all.length})` : ''}` }];
    });
  const hit = (event: EventOf<'lacp-changed'>): boolean => event.by === link?.node && event.slave === link.nic;
  const moments: readonly Moment[] = [
    { atMs: 0, words: `the fault is injected${trial.link === null ? '' : ` on ${trial.link}`}: ${trial.fault}` },
    ...firstBy('knet-link-changed', (event) => `sees its knet link to ${event.peer} go down`, ({ up }) => !up),
    ...firstBy('token-lost', (event) => `loses the token (${roundSeconds(event.timeoutMs)})`),
    ...firstBy('membership-formed', ({ joined, left }) => `forms a new membership${joined.length + left.length > 0 ? ` (${[...joined.map((node) => `+${node}`), ...left.map((node) => `-${node}`)].join(' ')})` : ''}`),
    ...firstBy('quorum-changed', () => 'is out of quorum', ({ quorate }) => !quorate),
    ...firstBy('quorum-changed', () => 'is quorate again', ({ quorate }) => quorate),
    ...firstBy('lacp-changed', () => 'reads that the switch has not heard it in time (EXPIRED)', (event) => hit(event) && (event.partner & lacpBits.expired) !== 0),
    ...firstBy('lacp-changed', () => 'reads that the switch has given the port up (DEFAULTED)', (event) => hit(event) && (event.partner & lacpBits.defaulted) !== 0),
    ...firstBy('lacp-changed', () => 'stops to send on the silent port', (event) => hit(event) && (event.actor & lacpBits.distributing) === 0),
    ...firstBy('active-slave-changed', ({ slave }) => `makes ${slave ?? 'no NIC'} the active one`),
    ...firstBy('lock-lost', () => 'loses its HA lock'),
    ...firstBy('fence-ordered', () => 'finds that the CRM has ordered it to be fenced'),
    ...firstBy('watchdog-warned', () => 'is warned by its watchdog'),
    ...firstBy('watchdog-saved', () => 'refreshes its watchdog in the last moment'),
    ...firstBy('watchdog-expired', () => 'lets its watchdog expire: the point of no return'),
    ...trial.fenced.map((one) => ({ atMs: one.afterMs, words: `${one.node} ${one.rehearsed ? 'would be reset (rehearsed)' : 'is reset'}${one.bystander ? ', with a healthy bond' : ''}` })),
    ...timeline.all('node-back').filter((event) => atMs(view, event) >= 0).map((event) => ({ atMs: atMs(view, event), words: `${event.node} is back` })),
    ...(timeline.window?.reverted == null ? [] : [{ atMs: fault.toMs, words: 'the fault is taken away' }]),
    ...timeline.all('lab-whole').filter((event) => atMs(view, event) >= fault.toMs).map((event) => ({ atMs: atMs(view, event), words: `the lab is whole again, ${seconds(event.afterMs)} later` })),
  ];
  return moments.toSorted((a, b) => a.atMs - b.atMs);
};
