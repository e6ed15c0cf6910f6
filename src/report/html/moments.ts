// What happened in a trial, in order and in words: the picture for those who read, or cannot see it.

import { lacpBits } from '../../analysis/lacp.ts';
import type { Body, EventOf } from '../../model/event.ts';
import type { NodeId } from '../../model/lab.ts';
import { roundSeconds, seconds } from '../words.ts';
import { atMs } from './view.ts';
import type { View } from './view.ts';

export interface Moment {
  readonly atMs: number;
  readonly words: string;
  /** Whom it happened to; empty where that is said in the words. */
  readonly nodes: readonly NodeId[];
  /** How often it happened to one of them in all; the moment is the first. */
  readonly times: number;
}

/** What happens to several nodes within this time is one moment. */
const togetherMs = 1500;

/** The first of each kind by each node, in order. */
export const momentsOf = (view: View): readonly Moment[] => {
  const { timeline, trial, fault, links } = view;
  if (fault === null) return [];
  const firstBy = <T extends Body['type']>(type: T, words: (event: EventOf<T>) => string, is: (event: EventOf<T>) => boolean = () => true): readonly Moment[] =>
    view.nodes.flatMap((node) => {
      const all = timeline.by(node, type).filter((event) => is(event) && atMs(view, event) >= 0);
      const first = all[0];
      return first === undefined ? [] : [{ atMs: atMs(view, first), words: words(first), nodes: [node], times: all.length }];
    });
  const one = (ms: number, words: string, ...nodes: readonly NodeId[]): Moment => ({ atMs: ms, words, nodes, times: 1 });
  const hit = (event: EventOf<'lacp-changed'>): boolean => links.some(({ node, nic }) => event.by === node && event.slave === nic);
  return together([
    one(0, `fault injected${trial.link === null ? '' : ` on ${trial.link}${trial.also === undefined ? '' : ` and ${trial.also.link}`}`}: ${trial.fault}`),
    ...firstBy('knet-link-changed', ({ peer }) => `knet link to ${peer} down`, ({ up }) => !up),
    ...firstBy('token-lost', ({ timeoutMs }) => `token lost (${roundSeconds(timeoutMs)} without it)`),
    ...firstBy('membership-formed', () => 'new membership formed'),
    ...firstBy('quorum-changed', () => 'out of quorum', ({ quorate }) => !quorate),
    ...firstBy('quorum-changed', () => 'quorate again', ({ quorate }) => quorate),
    ...firstBy('lacp-changed', () => 'EXPIRED: the switch has not heard the port in time', (event) => hit(event) && (event.partner & lacpBits.expired) !== 0),
    ...firstBy('lacp-changed', () => 'DEFAULTED: the switch gave the port up', (event) => hit(event) && (event.partner & lacpBits.defaulted) !== 0),
    ...firstBy('lacp-changed', () => 'stopped sending on the silent port', (event) => hit(event) && (event.actor & lacpBits.distributing) === 0),
    ...firstBy('active-slave-changed', ({ slave }) => `${slave ?? 'no NIC'} became the active one`),
    ...firstBy('lock-lost', () => 'HA lock lost'),
    ...firstBy('fence-ordered', () => 'found that the CRM had ordered it to be fenced'),
    ...firstBy('watchdog-warned', () => 'watchdog about to expire'),
    ...firstBy('watchdog-saved', () => 'watchdog refreshed in the last moment'),
    ...firstBy('watchdog-expired', () => 'watchdog expired: the point of no return'),
    ...trial.fenced.map(({ node, afterMs, bystander, rehearsed }) => one(afterMs, `${rehearsed ? 'would have been reset (rehearsed)' : 'reset'}${bystander ? ', with a healthy bond' : ''}`, node)),
    ...timeline.all('node-back').filter((event) => atMs(view, event) >= 0).map((event) => one(atMs(view, event), 'back', event.node)),
    ...((timeline.window?.reverted ?? null) === null ? [] : [one(fault.toMs, 'fault taken away')]),
    ...timeline.all('lab-whole').filter((event) => atMs(view, event) >= fault.toMs).map((event) => one(atMs(view, event), `lab whole again, ${seconds(atMs(view, event) - fault.toMs)} after the revert`)),
  ]);
};

const together = (moments: readonly Moment[]): readonly Moment[] =>
  moments.toSorted((a, b) => a.atMs - b.atMs).reduce<readonly Moment[]>((groups, moment) => {
    const index = groups.findLastIndex((group) => group.words === moment.words && group.nodes.length > 0 && moment.atMs - group.atMs <= togetherMs);
    const group = groups[index];
    if (group === undefined) return [...groups, moment];
    return groups.with(index, { ...group, nodes: [...group.nodes, ...moment.nodes], times: Math.max(group.times, moment.times) });
  }, []);
