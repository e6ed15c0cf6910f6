// What a harness may have wrong without knowing: each makes the trial invalid, by the part of the proof that is about it. docs/method.md has the table.

import test from 'ava';

import { judgeTrial } from '../../src/analysis/judge.ts';
import type { Event } from '../../src/model/event.ts';
import { labOf, recordOf, type Story } from './timeline-builder.ts';

const judged = (story: Story): readonly [string, string] => {
  const { outcome, reason } = judgeTrial(recordOf({ revertS: 30, endS: 40, ...story }), '01');
  return [outcome, reason.replace('It does not count, for this was not so: ', '')];
};

test('without a defect the trial counts', (t) => {
  t.is(judged({})[0], 'undisturbed');
});

const agentLost = (node: string): NonNullable<Story['also']>[number][2] => ({ type: 'agent-lost', node, because: 'it ended with signal SIGKILL' });
const agentStarted = (node: string, life: number): NonNullable<Story['also']>[number][2] => ({ type: 'agent-started', node, bootId: `${node}-${life}` });

test('an agent that was killed and came back at once', (t) => {
  const killed: Story = { mute: [{ node: 'pve2', fromS: 10, toS: 11 }], also: [[10, 'harness', agentLost('pve2')], [10.9, 'harness', agentStarted('pve2', 1)]] };
  t.deepEqual(judged(killed), ['invalid', 'no agent ended before its node (that of pve2: it ended with signal SIGKILL).']);
});

test('an agent that was killed, and never came back', (t) => {
  t.deepEqual(judged({ mute: [{ node: 'pve2', fromS: 10, toS: 99 }], also: [[10, 'harness', agentLost('pve2')]] }), ['invalid', 'every node was watched without a gap of 2 s (longest silence 20.1 s (pve2)).']);
  t.deepEqual(judged({ mute: [{ node: 'pve2', fromS: 29, toS: 99 }], also: [[29, 'harness', agentLost('pve2')]] })[1], 'no agent ended before its node (that of pve2: it ended with signal SIGKILL).');
});

test('but one that ended with its node, before the baseline or after the watch, is no defect', (t) => {
  const reset: Story = { resets: [{ node: 'pve2', atS: 10, backS: 20 }], also: [[5, 'pve2', { type: 'watchdog-expired' }], [11, 'harness', agentLost('pve2')], [15, 'harness', agentStarted('pve2', 2)]] };
  t.is(judged(reset)[0], 'fenced-bystander');
  for (const atS of [-7, 33]) t.is(judged({ also: [[atS, 'harness', agentLost('pve2')], [atS + 0.5, 'harness', agentStarted('pve2', 1)]] })[0], 'undisturbed', `${atS}`);
});

test('a journal that is not followed any more while the agent lives', (t) => {
  t.deepEqual(judged({ unfollowed: [{ node: 'pve3', fromS: 10, toS: 99 }] }), ['invalid', 'the journal of every node was followed to the end of the watch (nothing came for 20.7 s (pve3)).']);
  t.deepEqual(judged({ unfollowed: [{ node: 'pve3', fromS: 29, toS: 99 }] }), ['invalid', 'the journal of every node was followed to the end of the watch (nothing came after the watch (pve3)).']);
  t.deepEqual(judged({ unfollowed: [{ node: 'pve3', fromS: 10, toS: 17 }] })[0], 'invalid');
  t.deepEqual(judged({ unfollowed: [{ node: 'pve3', fromS: 10, toS: 13 }] })[0], 'undisturbed');
});

test('where a node was reset, nobody misses its journal until it is back', (t) => {
  const also: Story['also'] = [[5, 'pve2', { type: 'watchdog-expired' }]];
  t.is(judged({ also, resets: [{ node: 'pve2', atS: 10, backS: 20 }] })[0], 'fenced-bystander');
  t.is(judged({ also, resets: [{ node: 'pve2', atS: 10, backS: null }], mute: [{ node: 'pve2', fromS: 10, toS: 99 }] })[0], 'fenced-bystander');
  t.is(judged({ also, resets: [{ node: 'pve2', atS: 10, backS: 20 }], unfollowed: [{ node: 'pve2', fromS: 10, toS: 99 }] })[0], 'invalid');
});

test('an older record, of before there were echoes, is judged without them', (t) => {
  const record = recordOf({ revertS: 30, endS: 40 }).filter(({ type }) => type !== 'journal-echoed');
  t.is(judgeTrial(record, '01').outcome, 'invalid');
  const older = record.map((event) => event.type !== 'trial-started' ? event : Object.fromEntries(Object.entries(event).filter(([name]) => name !== 'echoEveryMs')) as unknown as Event);
  t.is(judgeTrial(older, '01').outcome, 'undisturbed');
});

test('a qdisc that drops nothing', (t) => {
  t.deepEqual(judged({ canaryPasses: () => true, counters: (atS) => ({ tx: Math.round(1000 + 10 * atS), rx: 0, drops: 0, carrier: 1 }) }), ['invalid', 'no canary arrived during the fault (299 of 299 arrived).']);
  const broken = judged({ canaryPasses: () => true, also: [[5, 'harness', { type: 'trial-broken', step: 'prove', because: 'the canary is lost: not within 5 s: it arrives', interrupted: false }]] });
  t.deepEqual(broken, ['invalid', 'the canary is lost: not within 5 s: it arrives.']);
});

test('a trial that was interrupted while it proved its fault, or broke in another step, has no verdict at all', (t) => {
  t.is(judged({ also: [[5, 'harness', { type: 'trial-broken', step: 'prove', because: 'interrupted', interrupted: true }]] })[0], 'inconclusive');
  t.is(judged({ also: [[5, 'harness', { type: 'trial-broken', step: 'observe', because: 'pve1: no answer', interrupted: false }]] })[0], 'inconclusive');
});

test('a qdisc that answers with errors', (t) => {
  t.deepEqual(judged({ refused: (atS) => atS > 0 && atS < 30 ? 1 : 0 }), ['invalid', 'no sender was told of the fault (300 canary sends failed).']);
  t.is(judged({ refused: (atS) => atS > 31 ? 1 : 0 })[0], 'undisturbed');
});

test('a cable that leads elsewhere, whether or not the trial went on', (t) => {
  const tried = (swp1: number, swp2: number): Story => ({ also: [[-6, 'harness', { type: 'cable-tried', link: labOf(['pve1', 'pve2', 'pve3']).links[0]!, bytes: 300_000, came: { swp1, swp2, swp3: 900 } }]] });
  const wrong: readonly [string, string] = ['invalid', 'pve1-eth1 leads to swp1 (1200 of 300000 bytes came to swp1, and 303800 to swp2).'];
  t.deepEqual(judged(tried(1200, 303_800)), wrong);
  t.deepEqual(judged({ also: [...tried(1200, 303_800).also!, [-5.5, 'harness', { type: 'trial-broken', step: 'baseline', because: 'elsewhere', interrupted: false }]] }), wrong);
  t.deepEqual(judged(tried(1200, 900)), ['invalid', 'pve1-eth1 leads to swp1 (1200 of 300000 bytes came to swp1).']);
  t.is(judged(tried(303_800, 1200))[0], 'undisturbed');
});

test('a sink that gives back what it took, by the same NIC, by the other, or later', (t) => {
  const proof: Story['proof'] = { drops: null };
  const still = (atS: number) => ({ tx: atS > 30 ? Math.round(100 * atS) : 1000, rx: 0, drops: null, carrier: 1 } as const);
  t.is(judged({ proof, counters: still })[0], 'undisturbed');
  t.deepEqual(judged({ proof, canaryPasses: () => true, counters: still }), ['invalid', 'no canary arrived during the fault (299 of 299 arrived).']);
  t.deepEqual(judged({ proof, counters: (atS) => ({ tx: Math.round(1000 + 100 * atS), rx: 0, drops: null, carrier: 1 }) })[1], 'the NIC sent nothing during the fault (2990 more packets).');
});
