// Builds the record of a trial from what happened in it: a healthy lab of three nodes that ticks ten times a second, with silences, resets and
// journal events put in. For tests of whatever reads records.

import type { Body, Event, Hit, NodeSurvey, TrialStarted } from '../../src/model/event.ts';
import type { Lab, NodeId } from '../../src/model/lab.ts';
import type { Proof, Scenario } from '../../src/model/scenario.ts';

export interface Story {
  readonly scenario?: Partial<Scenario>;
  readonly proof?: Partial<Proof>;
  readonly trial?: Partial<TrialStarted>;
  /** Three when absent; the first is the victim. */
  readonly nodes?: readonly NodeId[];
  readonly predicted?: Hit['predicted'];
  /** Of a second victim, which `scenario.also` names; its first slave is hit. */
  readonly predictedAlso?: Hit['predicted'];
  /** Whether the second victim's canaries get through at that second; as the victim's when absent. */
  readonly canaryPassesAlso?: (atS: number) => boolean;
  /** Of the second victim's hit slave; as the victim's when absent. */
  readonly countersAlso?: Story['counters'];
  /** Seconds from the injection to the revert, and to the record's end. */
  readonly revertS?: number;
  readonly endS?: number;
  /** When the watch ended of a fault that had an end of its own, in seconds from the injection. */
  readonly watchedS?: number;
  /** Whom a node's probes do not reach, from when to when; every `lossOneIn`-th probe is lost (1: all). */
  readonly dark?: readonly { readonly from: NodeId; readonly to: NodeId; readonly fromS: number; readonly toS: number; readonly lossOneIn?: number }[];
  /** When a node gets no ordered message back. */
  readonly undelivered?: readonly { readonly node: NodeId; readonly fromS: number; readonly toS: number }[];
  /** When a node's agent says nothing. */
  readonly mute?: readonly { readonly node: NodeId; readonly fromS: number; readonly toS: number }[];
  /** A node loses power at `atS`, its new life begins `bootS` later, and it is back at `backS` (null: never). */
  readonly resets?: readonly { readonly node: NodeId; readonly atS: number; readonly bootS?: number; readonly backS?: number | null }[];
  /** When each node's LRM refreshed its lock; every ten seconds when absent. */
  readonly refreshS?: Readonly<Record<NodeId, readonly number[]>>;
  /** When a node's journal is not followed. */
  readonly unfollowed?: readonly { readonly node: NodeId; readonly fromS: number; readonly toS: number }[];
  /** How many canaries the kernel refuses at that second; none without it. */
  readonly refused?: (atS: number) => number;
  /** Whether canaries get through at that second; by default not during the fault. */
  readonly canaryPasses?: (atS: number) => boolean;
  readonly counters?: (atS: number) => { readonly tx: number; readonly rx: number; readonly drops: number | null; readonly carrier: 0 | 1 | null };
  /** When its step began before the injection. */
  readonly baselineS?: number;
  /** Anything else: seconds from the injection, who, what. */
  readonly also?: readonly (readonly [atS: number, by: string, body: Body])[];
}

/** Seconds of baseline before the injection, and the zero of the record before that. */
const baselineS = 5;
const zeroS = 12;
const errorUs = 500;

/** Trial time in microseconds of a second from the injection. */
export const atUs = (secondsFromInjection: number): number => Math.round((secondsFromInjection + zeroS) * 1e6);

export const silentTx: Proof = { canary: 'lost', drops: 'rise', tx: 'still', carrier: 1 };

export const scenario802: Scenario = {
  name: '802.3ad/slow-slow',
  summary: 'LACP as it comes',
  bond: { mode: '802.3ad', lacpRate: 'slow', xmitHashPolicy: 'layer2', miimonMs: 100 },
  ports: { kind: 'lacp', rate: 'slow' },
  fault: 'tx-silent',
  target: 'first',
  ha: 'armed',
  detector: 'lacp',
};

export const labOf = (nodes: readonly NodeId[]): Lab => ({
  name: 'virtual',
  world: 'virtual',
  cluster: 'bondproof',
  nodes: nodes.map((name, at) => ({ name, id: at + 1, address: `10.10.10.${at + 1}`, bond: 'bond0', slaves: ['eth1', 'eth2'], login: null })),
  switch: { name: 'sw1', dialect: 'linux', login: null },
  links: nodes.flatMap((node, at) => ['eth1', 'eth2'].map((nic, slave) => ({ id: `${node}-${nic}`, node, nic, switch: 'sw1', port: `swp${2 * at + slave + 1}`, transceiver: `${nic}-phy` }))),
  victim: nodes[0] ?? 'pve1',
  class: 'partial',
  fencing: true,
  injector: 'netem',
  virtual: { nodeMemoryMb: 256, switchMemoryMb: 128, kernel: 'debian' },
});

export const recordOf = (story: Story = {}): readonly Event[] => {
  const nodes = story.nodes ?? ['pve1', 'pve2', 'pve3'];
  const { revertS = 100, endS = revertS + 20 } = story;
  const harness = (seconds: number, body: Body, widthUs = 0): Event => ({ ...body, at: [atUs(seconds), atUs(seconds) + widthUs], by: 'harness' });
  const events: Event[] = [
    harness(-zeroS, startedOf(story, nodes)),
    ...nodes.flatMap((node): Event[] => [
      harness(-10, { type: 'agent-started', node, bootId: `${node}-1` }),
      harness(-10, { type: 'clock-fitted', node, offsetUs: 0, errorUs, roundTripUs: 2 * errorUs }),
      harness(-7, { type: 'node-surveyed', node, survey: surveyOf(story) }),
    ]),
    harness(-6.5, { type: 'target-chosen', ...targetOf(story, nodes) }),
    harness(-(story.baselineS ?? baselineS), { type: 'step-started', step: 'baseline' }),
    harness(-0.1, { type: 'step-started', step: 'inject' }),
    harness(0, { type: 'fault-applied' }, 20_000),
    harness(revertS, { type: 'step-started', step: 'revert' }),
    harness(revertS, { type: 'fault-reverted' }, 20_000),
    ...story.watchedS === undefined ? [] : [harness(story.watchedS, { type: 'step-started', step: 'prove-gone' })],
    ...nodes.flatMap((node) => ticksOf(story, nodes, node, { revertS, endS })),
    ...(story.resets ?? []).flatMap(({ node, atS, bootS = 2, backS = atS + 15 }): Event[] => [
      harness(atS, { type: 'node-reset', node, oldBootId: `${node}-1`, bootId: `${node}-2` }, Math.round(bootS * 1e6)),
      ...(backS === null ? [] : [harness(backS, { type: 'node-back', node })]),
    ]),
    ...nodes.flatMap((node) => (story.refreshS?.[node] ?? everyTen(endS, story, node)).map((seconds): Event => seen(seconds, node, { type: 'lrm-refreshed', state: 'active' }))),
    ...nodes.flatMap((node) => echoesOf(story, node, endS)),
    ...(story.also ?? []).map(([seconds, by, body]) => by === 'harness' ? harness(seconds, body) : seen(seconds, by, body)),
    harness(endS - 0.2, { type: 'lab-whole' }),
    harness(endS, { type: 'trial-ended' }),
  ];
  return events.sort((a, b) => a.at[0] - b.at[0]);
};

const targetOf = (story: Story, nodes: readonly NodeId[]): Hit & { readonly also?: Hit } => {
  const { links } = labOf(nodes);
  const also = links.find(({ node }) => node === secondOf(story, nodes));
  return { link: links[0]!, predicted: story.predicted === undefined ? { class: 'partial', darkPeers: ['pve3'] } : story.predicted, ...also !== undefined && { also: { link: also, predicted: story.predictedAlso ?? null } } };
};

const secondOf = ({ scenario }: Story, nodes: readonly NodeId[]): NodeId | undefined => scenario?.also === undefined ? undefined : nodes[scenario.also.placesAfter];

const seen = (seconds: number, by: string, body: Body): Event => ({ ...body, at: [atUs(seconds) - errorUs, atUs(seconds) + errorUs], by });

const startedOf = (story: Story, nodes: readonly NodeId[]): TrialStarted => ({
  type: 'trial-started',
  format: 2,
  run: '2025-01-31T12-00-00Z',
  startedAt: '2025-01-31T12:00:00.000Z',
  campaign: 'modes',
  seed: 7,
  number: 1,
  planned: 14,
  attempt: 1,
  repetition: 1,
  scenario: { ...scenario802, ...story.scenario },
  injector: 'netem',
  echoEveryMs: 2000,
  proof: { ...silentTx, ...story.proof },
  lab: labOf(nodes),
  about: { bondproof: '0.1.0', kernel: '6.12.0' },
  simulated: ['HA stand-in'],
  ...story.trial,
});

const surveyOf = (story: Story): NodeSurvey => ({
  bootId: 'boot',
  kernel: '6.12.0',
  corosync: '3.1.9',
  bond: { mode: story.scenario?.bond?.mode ?? '802.3ad', mac: '02:62:70:00:01:10', xmitHashPolicy: 'layer2', lacpRate: 'slow', activeSlave: null, slaves: [{ nic: 'eth1', mac: '02:62:70:00:01:10' }, { nic: 'eth2', mac: '02:62:70:00:02:10' }] },
  totem: { tokenMs: 3125, consensusMs: 3750 },
  ha: 'stand-in',
});

/** Every other second of a node's lives. */
const echoesOf = (story: Story, node: NodeId, endS: number): readonly Event[] => Array.from({ length: Math.floor((endS + 8.7) / 2) + 1 }, (_, n) => 2 * n - 8.7)
  .filter((seconds) => seqAt(livesOf(story, node, endS), seconds) !== null && !covers(story.mute, node, seconds) && !covers(story.unfollowed, node, seconds))
  .map((seconds) => seen(seconds, node, { type: 'journal-echoed' }));

const everyTen = (endS: number, story: Story, node: NodeId): readonly number[] => {
  const away = (story.resets ?? []).filter((reset) => reset.node === node);
  return Array.from({ length: Math.floor((endS + 8) / 10) + 1 }, (_, n) => 10 * n - 8).filter((seconds) => !away.some((reset) => seconds >= reset.atS && seconds <= (reset.backS === undefined ? reset.atS + 15 : reset.backS ?? Infinity)));
};

/** A node's ticks over all of its lives: an agent counts from 1 after each start, and takes 3 s from power to its first tick. */
const ticksOf = (story: Story, nodes: readonly NodeId[], node: NodeId, { revertS, endS }: { readonly revertS: number; readonly endS: number }): readonly Event[] => {
  const lives = livesOf(story, node, endS);
  const peers = nodes.filter((peer) => peer !== node);
  const second = secondOf(story, nodes);
  const isHit = node === nodes[0] || node === second;
  const counters = (node === second ? story.countersAlso : undefined) ?? story.counters ?? silentCounters(revertS);
  const heardOfVictim = (victim: NodeId, sentS: number, given: Story['canaryPasses']): readonly number[] => {
    const passes = given ?? ((seconds: number) => seconds < 0 || seconds > revertS || lostWithReset(story, victim, seconds));
    const sentSeq = seqAt(livesOf(story, victim, endS), sentS);
    return node !== victim && sentSeq !== null && sentS > -baselineS && passes(sentS) ? [sentSeq] : [];
  };
  const ticks: Event[] = [];
  for (const seconds of tickTimes(endS)) {
    const seq = seqAt(lives, seconds);
    if (seq === null || covers(story.mute, node, seconds)) continue;
    const sentS = seconds - 0.1;
    const delivers = seq % 2 === 0 && !covers(story.undelivered, node, seconds);
    const ofSecond = second === undefined ? [] : heardOfVictim(second, sentS, story.canaryPassesAlso ?? story.canaryPasses);
    ticks.push(seen(seconds, node, {
      type: 'tick',
      seq,
      heard: Object.fromEntries(peers.map((peer) => [peer, heardOf(story, { from: peer, to: node, sentS }, seqAt(livesOf(story, peer, endS), sentS))])),
      canarySent: isHit && seconds > -baselineS ? [seq] : [],
      ...node === nodes[0] && { canaryRefused: story.refused?.(seconds) ?? 0 },
      canaryHeard: heardOfVictim(nodes[0]!, sentS, story.canaryPasses),
      ...ofSecond.length > 0 && { canaryHeardOf: { [second!]: ofSecond } },
      delivered: delivers ? [{ seq: seq / 2, tookMs: waitMs(story, node, seconds, 0.25) ?? 4 }] : [],
      undeliveredMs: delivers ? 0 : waitMs(story, node, seconds, 0) ?? 100,
      counters: {
        eth1: isHit ? counters(seconds) : { tx: 10 * seq, rx: 10 * seq, drops: null, carrier: 1 },
        eth2: { tx: 10 * seq, rx: 10 * seq, drops: null, carrier: 1 },
      },
    }));
  }
  return ticks;
};

/** Of a NIC whose qdisc drops everything from the injection to the revert. */
const silentCounters = (revertS: number) => (seconds: number) => ({
  tx: Math.round(1000 + 100 * Math.min(seconds, 0) + 100 * Math.max(seconds - revertS, 0)),
  rx: Math.round(2000 + 100 * seconds),
  drops: seconds > revertS ? null : Math.round(20 * Math.max(seconds, 0)),
  carrier: 1 as const,
});

const tickTimes = (endS: number): readonly number[] => Array.from({ length: Math.floor((endS + 9) * 10) }, (_, n) => Math.round((n - 90) + 1) / 10 + 0.03);

const livesOf = (story: Story, node: NodeId, endS: number): readonly { readonly fromS: number; readonly toS: number }[] => {
  const resets = (story.resets ?? []).filter((reset) => reset.node === node);
  return [-9, ...resets.map((reset) => reset.atS + (reset.bootS ?? 2) + 3)].map((fromS, life) => ({ fromS, toS: resets[life]?.atS ?? endS }));
};

const seqAt = (lives: readonly { readonly fromS: number; readonly toS: number }[], seconds: number): number | null => {
  const life = lives.find(({ fromS, toS }) => seconds >= fromS && seconds < toS);
  return life === undefined ? null : Math.round((seconds - life.fromS) * 10) + 1;
};

const covers = (spans: readonly { readonly node: NodeId; readonly fromS: number; readonly toS: number }[] | undefined, node: NodeId, seconds: number): boolean =>
  (spans ?? []).some((span) => span.node === node && seconds >= span.fromS && seconds < span.toS);

const heardOf = (story: Story, { from, to, sentS }: { readonly from: NodeId; readonly to: NodeId; readonly sentS: number }, seq: number | null): readonly number[] => {
  if (seq === null) return [];
  if (seq % (story.trial?.probeEveryTicks ?? 1) !== 0) return [];
  const lost = (story.dark ?? []).some((dark) => dark.from === from && dark.to === to && sentS >= dark.fromS && sentS < dark.toS && seq % (dark.lossOneIn ?? 1) === 0);
  return lost ? [] : [seq];
};

/** What was set up on the victim is gone with its reset. */
const lostWithReset = (story: Story, victim: NodeId, seconds: number): boolean => (story.resets ?? []).some((reset) => reset.node === victim && seconds > reset.atS);

/** How long the message waits, or waited, that an outage holds back; null where none does, or it ended more than `afterS` ago. */
const waitMs = (story: Story, node: NodeId, seconds: number, afterS: number): number | null => {
  const outage = story.undelivered?.find((span) => span.node === node && seconds >= span.fromS && seconds < span.toS + afterS);
  return outage ? Math.round((seconds - outage.fromS) * 1000) : null;
};
