// The lanes of the fault itself and of the bond that it hits.

import { lacpBits } from '../../analysis/lacp.ts';
import type { Link } from '../../model/lab.ts';
import { lengthMs, spans, stretchesOf } from './lane.ts';
import type { Lane, LaneGroup, Span, Tone } from './lane.ts';
import { atMs, awayStretches, inFault, outside } from './view.ts';
import type { Stretch, View } from './view.ts';
import { seconds } from '../words.ts';

export const faultGroup = (view: View): LaneGroup => {
  const { fault, window, trial } = view;
  const staged = view.timeline.all('fault-staged')[0];
  const stagedMs = staged === undefined ? null : Math.max(window.fromMs, atMs(view, staged));
  const list: readonly Span[] = fault === null ? [] : [
    ...(stagedMs !== null && stagedMs < 0 ? [{ fromMs: stagedMs, toMs: 0, tone: 'staged' as const, state: 'tools in place, without effect' }] : []),
    { ...fault, tone: 'fault', state: trial.fault },
  ];
  return {
    title: 'Fault',
    lanes: [trial.link ?? 'no cable chosen', ...trial.also === undefined ? [] : [trial.also.link]].map((label) => ({
      label,
      figure: fault === null ? 'not applied' : seconds(lengthMs([fault])),
      loud: false,
      tall: false,
      says: fault === null ? 'the fault was not applied' : '',
      shapes: spans(list),
    })),
  };
};

/** One for each hit NIC on which LACP spoke. */
export const lacpGroups = (view: View): readonly LaneGroup[] => view.links.flatMap((link) => lacpGroup(view, link) ?? []);

const lacpGroup = (view: View, link: Link): LaneGroup | null => {
  const changes = view.timeline.by(link.node, 'lacp-changed').filter(({ slave }) => slave === link.nic);
  if (changes.length === 0) return null;
  const lane = (side: 'actor' | 'partner', label: string): Lane => {
    const states = changes.map((event) => ({ atMs: atMs(view, event), state: lacpState(event[side]) }));
    const initial = states.findLast((state) => state.atMs <= view.window.fromMs)?.state ?? states[0]?.state ?? 'in use';
    const away = awayStretches(view, link.node);
    const parts = outside(stretchesOf(initial, states, view.window), away);
    const unused = inFault(view, parts.filter(({ state }) => state !== 'in use'));
    return {
      label,
      figure: lengthMs(unused) > 0 ? `${seconds(lengthMs(unused))} out` : 'in use',
      loud: lengthMs(unused) > 0,
      tall: false,
      says: '',
      shapes: spans([
        ...parts.map(({ fromMs, toMs, state }) => ({ fromMs, toMs, tone: lacpTones[state], state })),
        ...awaySpans(away),
      ]),
    };
  };
  return {
    title: `LACP on ${view.links.length > 1 ? link.id : link.nic}`,
    lanes: [lane('partner', 'the switch'), lane('actor', `the node ${link.node}`)],
  };
};

/** Null where the mode has no active slave. */
export const activeSlaveGroup = (view: View): LaneGroup | null => {
  const node = view.trial.victim;
  const survey = view.timeline.all('node-surveyed').findLast((event) => event.node === node)?.survey;
  const changes = view.timeline.by(node, 'active-slave-changed').map((event) => ({ atMs: atMs(view, event), state: event.slave }));
  const initial = changes.findLast((change) => change.atMs <= view.window.fromMs)?.state ?? survey?.bond.activeSlave ?? null;
  if (initial === null && changes.every(({ state }) => state === null)) return null;
  const away = awayStretches(view, node);
  const parts = outside(stretchesOf(initial, changes, view.window), away);
  const hit = view.links[0]?.nic;
  return {
    title: 'Active NIC',
    lanes: [{
      label: node,
      figure: parts.at(-1)?.state ?? 'none',
      loud: parts.length > 1,
      tall: false,
      says: '',
      shapes: spans([
        ...parts.map(({ fromMs, toMs, state }) => ({
          fromMs, toMs, tone: state === null ? 'worst' as const : state === hit ? 'waiting' as const : 'good' as const,
          state: `${state ?? 'no NIC'}${state === hit ? ', the silent one' : ''}`,
        })),
        ...awaySpans(away),
      ]),
    }],
  };
};

export const awaySpans = (away: readonly Stretch[]): readonly Span[] => away.map((stretch) => ({ ...stretch, tone: 'away', state: 'reset' }));

type LacpState = 'in use' | 'in sync, not used' | 'expired' | 'defaulted' | 'out of sync';

const lacpTones: Readonly<Record<LacpState, Tone>> = { 'in use': 'good', 'in sync, not used': 'waiting', expired: 'warn', defaulted: 'bad', 'out of sync': 'worst' };

/** LACP_STATE_SYNCHRONIZATION and LACP_STATE_COLLECTING of include/uapi/linux/if_bonding.h. */
const [synchronization, collecting] = [0x08, 0x10];

const lacpState = (bits: number): LacpState => {
  if ((bits & lacpBits.expired) !== 0) return 'expired';
  if ((bits & lacpBits.defaulted) !== 0) return 'defaulted';
  if ((bits & synchronization) === 0) return 'out of sync';
  return (bits & collecting) !== 0 && (bits & lacpBits.distributing) !== 0 ? 'in use' : 'in sync, not used';
};
