// Trials with two victims: nothing that is true of the first alone may be said of both, and nothing of both be asked of one.

import test from 'ava';
import { judgeTrial } from '../../src/analysis/judge.ts';
import { timelineOf } from '../../src/analysis/timeline.ts';
import type { Body } from '../../src/model/event.ts';
import type { TrialResult } from '../../src/model/result.ts';
import { atUs, recordOf, type Story } from './timeline-builder.ts';

const five = ['pve1', 'pve2', 'pve3', 'pve4', 'pve5'];
const scenario = { also: { placesAfter: 1, target: 'first' } } as const;
const storyOf = (story: Story): Story => ({ revertS: 60, endS: 70, predicted: null, ...story, scenario: { ...scenario, ...story.scenario } });
const judged = (story: Story = {}): TrialResult => judgeTrial(recordOf(storyOf(story)), '01');
const failed = (story: Story): readonly string[] => judged(story).proof.filter(({ held }) => !held).map(({ what, found }) => `${what} (${found})`);

type Also = NonNullable<Story['also']>;
const expired = (atS: number, node: string): Also[number] => [atS, node, { type: 'watchdog-expired' }];
const quorum = (atS: number, node: string, quorate: boolean): Also[number] => [atS, node, { type: 'quorum-changed', quorate }];

test('both are proven, each by name, and the second is told of beside the first', (t) => {
  const result = judged({ predictedAlso: { class: 'none', darkPeers: [] }, also: [[9, 'pve2', { type: 'lacp-changed', slave: 'eth1', actor: 0x0f, partner: 0x87 }]] });
  t.deepEqual(failed({}), []);
  t.like(result, { valid: true, victim: 'pve1', link: 'pve1-eth1', class: { predicted: null, measured: 'none' }, lacp: { nodeStoppedMs: null } });
  t.deepEqual(result.also, { victim: 'pve2', link: 'pve2-eth1', class: { predicted: 'none', measured: 'none' }, lacp: { switchExpiredMs: 8990, switchDefaultedMs: null, nodeStoppedMs: 8990, errorMs: 10.5, preventedByReset: false } });
  for (const part of ['no canary arrived during the fault', 'the qdisc dropped frames during the fault', 'the counters of NIC and qdisc ran on']) {
    t.deepEqual(result.proof.filter(({ what }) => what.endsWith(part)).map(({ what }) => what), [`pve1-eth1: ${part}`, `pve2-eth1: ${part}`]);
  }
  t.false('also' in judgeTrial(recordOf(), '01'));
});

test('a second victim whose fault had no effect makes the trial invalid', (t) => {
  t.regex(failed({ canaryPassesAlso: () => true }).join(), /^pve2-eth1: no canary arrived during the fault \(\d+ of \d+ arrived\)$/);
  t.deepEqual(failed({ countersAlso: (atS) => ({ tx: 1000, rx: Math.round(2000 + 100 * atS), drops: 0, carrier: 1 }) }), ['pve2-eth1: the qdisc dropped frames during the fault (0 more)']);
  t.regex(failed({ canaryPassesAlso: (atS) => atS < 0 }).join(), /^pve2-eth1: canaries arrived after the revert \(0 of \d+ arrived\)$/);
});

test('a record that does not say what of the second victim was hit proves nothing', (t) => {
  const record = recordOf(storyOf({})).map((event) => event.type === 'target-chosen' ? { type: event.type, link: event.link, predicted: event.predicted, at: event.at, by: event.by } : event);
  t.is(judgeTrial(record, '01').reason, 'It does not count, for this was not so: the record says what must be proven (one hit slave of two).');
});

test('a second victim is no bystander', (t) => {
  const resets = (...nodes: readonly string[]): Story => ({ nodes: five, revertS: 100, endS: 120, also: nodes.map((node) => expired(60, node)), resets: nodes.map((node) => ({ node, atS: 70, backS: 90 })) });
  const told = (...nodes: readonly string[]) => (({ outcome, reason, blastRadius }) => [outcome, reason, blastRadius])(judged(resets(...nodes)));
  t.deepEqual(told('pve2'), ['fenced', 'The victim pve2 was reset by its watchdog after 71.0 s.', 0]);
  t.deepEqual(told('pve1', 'pve2'), ['fenced', 'The victims pve1 and pve2 were reset by their watchdogs after 71.0 s and 71.0 s.', 0]);
  t.deepEqual(told('pve2', 'pve4'), ['fenced-bystander', 'pve4, with nothing wrong at the bond, was reset by its watchdog after 71.0 s; so was the victim pve2.', 1]);
  t.deepEqual(told('pve1', 'pve2', 'pve4'), ['fenced-bystander', 'pve4, with nothing wrong at the bond, was reset by its watchdog after 71.0 s; so were the victims pve1 and pve2.', 1]);
});

test('victims that stay out while the others settle are isolated, and a bystander that stays out is a split', (t) => {
  const out = (...nodes: readonly string[]) => (({ outcome, reason }) => [outcome, reason])(judged({ nodes: five, also: nodes.map((node) => quorum(5, node, false)) }));
  t.deepEqual(out('pve1', 'pve2'), ['isolated', 'The victims pve1 and pve2 were out of quorum until the fault was reverted; the others had settled without them.']);
  t.deepEqual(out('pve2'), ['isolated', 'The victim pve2 was out of quorum until the fault was reverted; the others had settled without it.']);
  t.is(out('pve2', 'pve3')[0], 'split');
});

test('whom each was to lose, and did, is held against its own hash', (t) => {
  const dark = (from: string, to: string) => ({ from, to, fromS: 0, toS: 60 });
  const story: Story = { predicted: { class: 'partial', darkPeers: ['pve3'] }, predictedAlso: { class: 'isolated', darkPeers: ['pve1', 'pve3'] }, dark: [dark('pve1', 'pve3'), dark('pve2', 'pve1'), dark('pve2', 'pve3')] };
  const result = judged(story);
  t.deepEqual(result.darkPairs.map(({ from, to, predicted }) => [from, to, predicted]), [['pve1', 'pve3', true], ['pve2', 'pve1', true], ['pve2', 'pve3', true]]);
  t.deepEqual([result.class.measured, result.also!.class.measured], ['partial', 'isolated']);
  const hashes = (of: TrialResult): readonly string[] => of.findings.map(({ what, found }) => `${what}: ${found}`).filter((text) => text.includes('hash'));
  t.deepEqual(hashes(result), []);
  t.deepEqual(hashes(judged({ ...story, dark: [dark('pve1', 'pve3'), dark('pve2', 'pve1')] })), ['pve2-eth1: the peers went dark that the hash foretold: pve3 went on hearing']);
});

/** Canaries of a node each millisecond around `atS`, of which pve3 hears those that `passes`. */
const burst = (node: 'pve1' | 'pve2', atS: number, passes: (ms: number) => boolean): Also => {
  const sentMs = Array.from({ length: 171 }, (_, n) => n - 50);
  const seqOf = (ms: number): number => 2_000_000 + 1000 * atS + ms;
  const heard = sentMs.filter(passes).map(seqOf);
  const tick: Body = { type: 'tick', seq: 0, heard: {}, canarySent: [], canaryHeard: node === 'pve1' ? heard : [], ...node === 'pve2' && { canaryHeardOf: { pve2: heard } }, delivered: [], undeliveredMs: 0, counters: {} };
  return [[atS + 0.12, node, { type: 'burst-sent', sent: sentMs.map((ms) => [seqOf(ms), 1000 * (120 - ms), 100] as const) }], [atS + 0.2, 'pve3', tick]];
};

test('the fault is sure from when both have it, and may be there from when one has: canaries of the same number are told apart', (t) => {
  const { injected, reverted, sure, outer } = timelineOf(recordOf(storyOf({ also: [
    ...burst('pve1', 0, (ms) => ms <= 7), ...burst('pve2', 0, (ms) => ms <= 11), ...burst('pve1', 60, (ms) => ms >= 9), ...burst('pve2', 60, (ms) => ms >= 5),
  ] }))).window!;
  t.deepEqual(injected, [atUs(0.007) - 500, atUs(0.012) + 600]);
  t.deepEqual(reverted, [atUs(60.004) - 500, atUs(60.009) + 600]);
  t.deepEqual([outer, sure], [{ fromUs: injected[0], toUs: reverted![1] }, { fromUs: injected[1], toUs: reverted![0] }]);
});

test('one that a reset freed of the fault says nothing of the revert', (t) => {
  const story: Story = { resets: [{ node: 'pve1', atS: 30, backS: 45 }], also: [expired(20, 'pve1'), ...burst('pve1', 60, () => true), ...burst('pve2', 60, (ms) => ms >= 5)] };
  t.deepEqual(timelineOf(recordOf(storyOf(story))).window!.reverted, [atUs(60.004) - 500, atUs(60.005) + 600]);
});
