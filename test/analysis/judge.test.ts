import test from 'ava';
import fc from 'fast-check';
import { judgeRun, judgeTrial } from '../../src/analysis/judge.ts';
import { noDamage } from '../../src/model/damage.ts';
import type { Event } from '../../src/model/event.ts';
import { outcomes, standInWords } from '../../src/model/result.ts';
import type { TrialResult } from '../../src/model/result.ts';
import type { Story } from './timeline-builder.ts';
import { recordOf, scenario802 } from './timeline-builder.ts';

const judged = (story: Story): TrialResult => judgeTrial(recordOf({ revertS: 60, endS: 70, ...story }), '01');
const verdict = (story: Story): readonly [string, string] => [judged(story).outcome, judged(story).reason];

type Also = NonNullable<Story['also']>;
const membership = { type: 'membership-formed', ring: '1.a', joined: [], left: [] } as const;
const flapping = (nodes: readonly string[], untilS = 60): Also =>
  Array.from({ length: Math.floor(untilS / 5) }, (_, n) => nodes.map((node) => [5 * n + 4, node, { ...membership, ring: `1.${(4 * n + 13).toString(16)}` }] as const)).flat();
const quorum = (atS: number, node: string, quorate: boolean): Also[number] => [atS, node, { type: 'quorum-changed', quorate }];
const expired = (atS: number, node: string): Also[number] => [atS, node, { type: 'watchdog-expired' }];

test('a lab in which nothing happens is undisturbed', (t) => {
  t.deepEqual(verdict({}), ['undisturbed', 'Nothing changed on any node in 60.0 s of the fault.']);
  t.true(judged({}).valid);
});

const disturbances: readonly { readonly title: string; readonly story: Story; readonly reason: RegExp }[] = [
  { title: 'a knet link that went down', story: { also: [[2, 'pve2', { type: 'knet-link-changed', peer: 'pve1', link: 0, up: false }]] }, reason: /after 1 knet change\.$/ },
  { title: 'a late token', story: { also: [[2, 'pve2', { type: 'token-warned', ms: 2343 }]] }, reason: /after 1 token alarm\.$/ },
  { title: 'a lost token', story: { also: [[2, 'pve2', { type: 'token-lost', timeoutMs: 3125 }]] }, reason: /after 1 token alarm\.$/ },
  { title: 'a new membership', story: { also: [[2, 'pve2', membership]] }, reason: /after 1 membership\.$/ },
  { title: 'a quorum that was lost and came back', story: { also: [quorum(7, 'pve1', false), quorum(16.1, 'pve1', true)] }, reason: /after up to 9\.1 s out of quorum\.$/ },
  { title: 'a change of LACP', story: { also: [[-9, 'pve1', { type: 'lacp-changed', slave: 'eth1', actor: 0x3d, partner: 0x3d }], [2, 'pve1', { type: 'lacp-changed', slave: 'eth1', actor: 0x0d, partner: 0x47 }]] }, reason: /after 1 LACP change\.$/ },
  { title: 'a dark pair', story: { dark: [{ from: 'pve1', to: 'pve3', fromS: 1, toS: 3 }] }, reason: /after 1 dark pair\.$/ },
  { title: 'a pause of ordered delivery', story: { undelivered: [{ node: 'pve3', fromS: 3, toS: 5 }] }, reason: /after up to 2\.\d s without ordered delivery\.$/ },
];

for (const { title, story, reason } of disturbances) {
  test(`${title} is a disturbance`, (t) => {
    const [outcome, because] = verdict(story);
    t.is(outcome, 'disturbed');
    t.regex(because, reason);
  });
}

test('ordered delivery that pauses for less than a second is none', (t) => {
  t.is(judged({ undelivered: [{ node: 'pve3', fromS: 3, toS: 3.6 }] }).outcome, 'undisturbed');
});

test('what changes before the injection or after the revert is none', (t) => {
  t.is(judged({ also: [[-6, 'pve2', membership], [65, 'pve2', membership]] }).outcome, 'undisturbed');
});

test('a victim that stays out while the others settle is isolated', (t) => {
  t.deepEqual(verdict({ also: [quorum(7, 'pve1', false), [7, 'pve2', membership], [7, 'pve3', membership]] }),
    ['isolated', 'The victim pve1 was out of quorum until the fault was reverted; the others had settled without it.']);
});

test('a victim that stays out and never settles is isolated all the same', (t) => {
  t.is(judged({ also: [quorum(7, 'pve1', false), ...flapping(['pve1'])] }).outcome, 'isolated');
});

test('memberships that follow each other until the revert are a split', (t) => {
  t.deepEqual(verdict({ also: flapping(['pve1', 'pve2', 'pve3']) }), ['split', 'pve1, pve2 and pve3 had not settled when the fault was reverted, after 36 memberships.']);
  t.is(judged({ also: [...flapping(['pve2', 'pve3']), quorum(7, 'pve1', false)] }).outcome, 'split');
});

test('memberships that end in time are a disturbance', (t) => {
  t.is(judged({ also: flapping(['pve1', 'pve2', 'pve3'], 40) }).outcome, 'disturbed');
});

test('a bystander that is out to the end is a split, also when all is quiet', (t) => {
  t.deepEqual(verdict({ also: [quorum(7, 'pve1', false), quorum(7, 'pve2', false)] }), ['split', 'pve1 and pve2 were out of quorum to the end.']);
});

test('a victim that its watchdog reset is fenced', (t) => {
  const result = judgeTrial(recordOf({ revertS: 100, endS: 120, also: [expired(60, 'pve1')], resets: [{ node: 'pve1', atS: 70, bootS: 2, backS: 90 }] }), '01');
  t.deepEqual([result.outcome, result.reason], ['fenced', 'The victim pve1 was reset by its watchdog after 71.0 s.']);
  t.like(result.nodes, { pve1: { fenced: true }, pve2: { fenced: false } });
});

test('a bystander that its watchdog reset is the worst outcome', (t) => {
  const story: Story = { revertS: 100, endS: 120, also: [expired(60, 'pve2'), expired(62, 'pve3')], resets: [{ node: 'pve2', atS: 70, backS: 90 }, { node: 'pve3', atS: 72, backS: 90 }] };
  t.deepEqual(verdict(story), ['fenced-bystander', 'pve2 and pve3, with nothing wrong at the bond, were reset by their watchdogs after 71.0 s and 73.0 s.']);
  t.deepEqual(verdict({ ...story, also: [...story.also!, expired(50, 'pve1')], resets: [...story.resets!, { node: 'pve1', atS: 60, backS: 90 }] }),
    ['fenced-bystander', 'pve2 and pve3, with nothing wrong at the bond, were reset by their watchdogs after 71.0 s and 73.0 s; so was the victim.']);
});

test('a rehearsed reset counts as one, and says that it was rehearsed', (t) => {
  const also: Also = [expired(40, 'pve1'), [50, 'pve1', { type: 'reset-rehearsed' }]];
  t.deepEqual(verdict({ scenario: { ha: 'rehearse' }, also }), ['fenced', 'The victim pve1 would have been reset by its watchdog after 50.0 s.']);
});

test('a trial whose proof fails is invalid, whatever happened in it', (t) => {
  const [outcome, reason] = verdict({ also: flapping(['pve1', 'pve2']), canaryPasses: () => true });
  t.is(outcome, 'invalid');
  t.regex(reason, /^It does not count, for this was not so: no canary arrived during the fault \(\d+ of \d+ arrived\)\.$/);
  t.false(judged({ canaryPasses: () => true }).valid);
});

const broken = (atS: number, step: 'converge' | 'observe' | 'recover', interrupted = false): Also[number] => [atS, 'harness', { type: 'trial-broken', step, because: 'pve2 did not answer', interrupted }];
const until = (endS: number, story: Story = {}): readonly Event[] => recordOf({ revertS: 60, endS: 70, ...story }).filter(({ at }) => at[1] <= (endS + 12) * 1e6);

const unfinished: readonly { readonly title: string; readonly events: readonly Event[]; readonly reason: string }[] = [
  { title: 'an empty record', events: [], reason: 'The record is empty.' },
  { title: 'a record without its beginning', events: recordOf().slice(1), reason: 'The record has no beginning.' },
  { title: 'a record torn in the baseline', events: until(-1), reason: 'The record ends before the fault was applied.' },
  { title: 'a record torn during the fault', events: until(20), reason: 'The record ends before the fault was reverted.' },
  { title: 'a record torn after the revert', events: until(62), reason: 'The record ends before the lab was whole again.' },
  { title: 'a trial broken off before the fault', events: until(-1, { also: [broken(-8, 'converge')] }), reason: 'The trial was broken off in step converge: pve2 did not answer.' },
  { title: 'a trial broken off while it watched', events: recordOf({ also: [broken(20, 'observe')] }), reason: 'The trial was broken off in step observe: pve2 did not answer.' },
  { title: 'a trial that was interrupted', events: recordOf({ also: [broken(110, 'recover', true)] }), reason: 'The trial was interrupted in step recover: pve2 did not answer.' },
];

for (const { title, events, reason } of unfinished) {
  test(`${title} is inconclusive`, (t) => {
    const result = judgeTrial(events, '01');
    t.deepEqual([result.outcome, result.reason, result.valid], ['inconclusive', reason, false]);
  });
}

test('what the lab did is no verdict before the record’s end: what was lost there cannot be told', (t) => {
  const { outcome, reason } = judgeTrial(recordOf({ revertS: 60, endS: 70 }).filter(({ type }) => type !== 'trial-ended'), '01');
  t.deepEqual([outcome, reason], ['inconclusive', 'The record ends before the trial did.']);
});

for (const [damage, words] of [
  [{ brokenLines: 1 }, '1 line cannot be read'],
  [{ missingLines: 1 }, '1 line is missing'],
  [{ brokenLines: 2, missingLines: 3, doubledLines: 1 }, '2 lines cannot be read, 3 lines are missing and 1 line is there twice'],
] as const) {
  test(`a trial whose record is damaged does not count: ${words}`, (t) => {
    const { outcome, valid, reason } = judgeTrial(recordOf({ revertS: 60, endS: 70 }), '01', { ...noDamage, ...damage });
    t.deepEqual([outcome, valid, reason], ['invalid', false, `It does not count, for its record is damaged: ${words}.`]);
  });
}

test('a torn end alone leaves the judging to the events', (t) => {
  t.true(judgeTrial(recordOf({ revertS: 60, endS: 70 }), '01', { ...noDamage, tornEnd: true }).valid);
});

test('recovery is counted from the revert, not from when somebody began to wait for it', (t) => {
  const events = recordOf({ revertS: 60, endS: 90.2, also: [[80, 'harness', { type: 'step-started', step: 'recover' }]] });
  t.is(judgeTrial(events, '01').recoveryMs, 30_000);
});

test('a lab that does not get whole again leaves the trial judged, and without a recovery', (t) => {
  const events = recordOf({ revertS: 60, endS: 70, also: [broken(69, 'recover')] }).filter(({ type }) => type !== 'lab-whole');
  const result = judgeTrial(events, '01');
  t.deepEqual([result.outcome, result.valid, result.recoveryMs], ['undisturbed', true, null]);
});

// The documentation's worst sentence: LACP slow at both ends, partial, a healthy node is reset.
const golden: Story = {
  revertS: 120,
  endS: 150,
  dark: [{ from: 'pve1', to: 'pve3', fromS: 0, toS: 90.2 }],
  undelivered: ['pve1', 'pve2', 'pve3'].map((node) => ({ node, fromS: 3.2, toS: node === 'pve2' ? 68 : 95 })),
  refreshS: { pve1: [-8, 2, 100, 110], pve2: [-8], pve3: [-8, 2, 100, 110] },
  resets: [{ node: 'pve2', atS: 68, bootS: 2, backS: 98 }],
  also: [
    [-9, 'pve1', { type: 'lacp-changed', slave: 'eth1', actor: 0x3d, partner: 0x3d }],
    [1.4, 'pve1', { type: 'knet-link-changed', peer: 'pve3', link: 0, up: false }],
    [3.5, 'pve1', { type: 'token-lost', timeoutMs: 3125 }],
    ...flapping(['pve1', 'pve2', 'pve3'], 68),
    [42, 'pve2', { type: 'watchdog-warned' }],
    expired(57, 'pve2'),
    [87.01, 'pve1', { type: 'lacp-changed', slave: 'eth1', actor: 0x3d, partner: 0x8f }],
    [90.01, 'pve1', { type: 'lacp-changed', slave: 'eth1', actor: 0x3d, partner: 0x47 }],
    [90.21, 'pve1', { type: 'lacp-changed', slave: 'eth1', actor: 0x0d, partner: 0x47 }],
    quorum(69, 'pve1', false), quorum(95.01, 'pve1', true), quorum(95.01, 'pve2', true),
  ],
};

test('a whole record makes a whole result', (t) => {
  const result = judgeTrial(recordOf(golden), '03-802.3ad-slow-slow');
  const { nodes, darkPairs, proof, predictions, ...rest } = result;
  t.deepEqual(rest, {
    number: 1, attempt: 1, repetition: 1, folder: '03-802.3ad-slow-slow', scenario: '802.3ad/slow-slow',
    outcome: 'fenced-bystander', valid: true, reason: 'pve2, with nothing wrong at the bond, was reset by its watchdog after 69.0 s.',
    victim: 'pve1', fault: 'tx-silent', injector: 'netem', link: 'pve1-eth1', ha: 'armed', class: { predicted: 'partial', measured: 'partial' },
    phase: null, faultMs: 119_990, fenced: [{ node: 'pve2', afterMs: 68_990, errorMs: 1010, bystander: true, rehearsed: false }],
    lacp: { switchExpiredMs: 87_000, switchDefaultedMs: 90_000, nodeStoppedMs: 90_200, errorMs: 10.5, preventedByReset: false },
    lacpdus: { sentMs: null, receivedMs: null, switchSilentMs: null },
    activeSlave: null,
    counts: { knetChanges: 1, tokenLosses: 1, memberships: 39, quorumChanges: 3, lacpChanges: 3 }, recoveryMs: 29_800, bondOptionsBy: {}, blastRadius: 1,
    findings: [{ what: '"first membership" came as predicted', found: 'after 4.0 s, predicted not before 6.9 s' }],
  });
  t.like(nodes, {
    pve1: { outOfQuorumMs: 26_010, fenced: false, memberships: 13, tokenLosses: 1, lockAgeMs: 98_000, nearMissMs: -38_000, settled: true },
    pve2: { outOfQuorumMs: 27_010, fenced: true, lockAgeMs: 76_000, nearMissMs: null, settled: true },
    pve3: { outOfQuorumMs: 0, fenced: false, settled: true },
  });
  t.true(nodes['pve3']!.deliveryOutageMs >= 91_500 && nodes['pve3']!.deliveryOutageMs <= 92_500);
  t.like(darkPairs, [{ from: 'pve1', to: 'pve3', lossRatio: 1, predicted: true }]);
  t.is(darkPairs.length, 1);
  t.true(proof.every((part) => part.held));
  t.deepEqual(predictions.map(({ what, measuredMs, within }) => [what, measuredMs, within]), [
    ['switch expired', 87_000, true], ['switch defaulted', 90_000, true], ['node stopped', 90_200, true], ['first knet link down', 1390, true], ['first token lost', 3490, true],
    ['first membership', 3990, false], ['point of no return', 56_990, true], ['reset', 68_990, true],
  ]);
});

test('no record makes the judge throw, and any order of the same events gives the same result', (t) => {
  const record = recordOf({ ...golden, revertS: 20, endS: 25, resets: [{ node: 'pve2', atS: 12, backS: 18 }] }).filter(({ type }, at) => type !== 'tick' || at % 4 === 0);
  fc.assert(fc.property(fc.shuffledSubarray([...record]), (events) => {
    const result = judgeTrial(events, 'x');
    t.true(outcomes.includes(result.outcome));
    t.true(result.reason.endsWith('.'));
    t.deepEqual(JSON.parse(JSON.stringify(result)), result);
    t.deepEqual(judgeTrial(events.toSorted((a, b) => a.at[0] - b.at[0]), 'x').outcome, result.outcome);
  }), { numRuns: 60 });
});

test('every torn end of a record is inconclusive', (t) => {
  const record = recordOf({ revertS: 5, endS: 8 });
  for (let length = 0; length < record.findIndex(({ type }) => type === 'fault-reverted'); length += 7) {
    t.is(judgeTrial(record.slice(0, length), 'x').outcome, 'inconclusive');
  }
});

test('a run has the facts of its trials, in the order of the campaign', (t) => {
  const trial = (number: number, attempt: 1 | 2, about: Readonly<Record<string, string>>) => ({
    folder: `${number}.${attempt}`, events: recordOf({ revertS: 5, endS: 8, trial: { number, attempt, about, simulated: ['HA stand-in', `lab ${number}`], startedAt: `2025-01-31T12:0${number}:00.000Z` } }),
  });
  const { trials, ...rest } = judgeRun([trial(2, 1, { b: '2' }), trial(1, 2, { a: '1' }), trial(1, 1, { a: '1' })]);
  t.deepEqual(rest, {
    format: 1, run: '2025-01-31T12-00-00Z', startedAt: '2025-01-31T12:01:00.000Z', campaign: 'modes', lab: 'virtual', world: 'virtual', seed: 7, planned: 14,
    about: { a: '1', b: '2' }, simulated: ['HA stand-in', 'lab 2', 'lab 1', standInWords], blastRadius: 0,
  });
  t.deepEqual(trials.map(({ folder }) => folder), ['1.1', '1.2', '2.1']);
});

test('a run without trials is empty', (t) => {
  t.deepEqual(judgeRun([]).trials, []);
  t.is(judgeRun([]).blastRadius, null);
  t.is(judgeRun([{ folder: 'x', events: [] }]).trials[0]?.outcome, 'inconclusive');
});

test('a pulled cable that LACP answers is a disturbance, not a failure', (t) => {
  const result = judged({
    scenario: { ...scenario802, name: 'control/carrier-down', fault: 'carrier-down', detector: 'carrier' }, proof: { canary: 'lost', drops: null, tx: null, carrier: 0 },
    counters: (atS) => ({ tx: 0, rx: 0, drops: null, carrier: atS > 0 && atS < 60 ? 0 : 1 }),
    also: [[-9, 'pve1', { type: 'lacp-changed', slave: 'eth1', actor: 0x3d, partner: 0x3d }], [0.2, 'pve1', { type: 'lacp-changed', slave: 'eth1', actor: 0x05, partner: 0x45 }]],
  });
  t.deepEqual([result.outcome, result.valid], ['disturbed', true]);
});

/** A fault of 30 s, and a watch that went on until `watchedS`. */
const ended = (story: Story, watchedS = 60): TrialResult => judged({ scenario: { forMs: 30_000 }, revertS: 30, watchedS, endS: watchedS + 10, ...story });

test('after a fault with an end of its own, nodes are judged by the end of the watch', (t) => {
  t.deepEqual([ended({}).outcome, ended({}).reason, ended({}).faultMs], ['undisturbed', 'Nothing changed on any node in 30.0 s of the fault and after it.', 29_990]);
  // It had not settled when the fault was reverted, and had when the watch ended.
  const shaken = ended({ also: [[28, 'pve2', membership]] });
  t.deepEqual([shaken.outcome, shaken.reason, shaken.nodes['pve2']?.settled], ['disturbed', 'Every node had settled when the watch ended, after 1 membership.', true]);
  t.is(judged({ revertS: 30, endS: 70, also: [[28, 'pve2', membership]] }).outcome, 'split');
});

test('what happens after the revert of such a fault counts, but not after the watch', (t) => {
  const late = ended({ also: [[35, 'pve2', membership], quorum(35, 'pve2', false), quorum(41, 'pve2', true)] });
  t.like(late, { outcome: 'disturbed', counts: { memberships: 1, quorumChanges: 2 } });
  t.is(late.nodes['pve2']?.outOfQuorumMs, 6000);
  t.is(ended({ also: [[61, 'pve2', membership]] }).outcome, 'undisturbed');
  t.is(ended({ also: [quorum(35, 'pve2', false)] }).outcome, 'split');
  t.is(ended({ also: [quorum(35, 'pve1', false)] }).reason, 'The victim pve1 was out of quorum until the watch ended; the others had settled without it.');
});

test('a watchdog that counted when the fault ended fences, though it ran out long after', (t) => {
  const counting: Story = { refreshS: { pve2: [-8, 2] }, also: [expired(62, 'pve2')], resets: [{ node: 'pve2', atS: 72, bootS: 2, backS: 88 }] };
  const result = ended(counting, 105);
  t.deepEqual([result.outcome, result.reason, result.valid], ['fenced-bystander', 'pve2, with nothing wrong at the bond, was reset by its watchdog after 73.0 s.', true]);
  t.is(result.nodes['pve2']?.lockAgeMs, 70_000);
  t.is(ended({ ...counting, scenario: { forMs: 30_000, ha: 'rehearse' }, resets: [] }, 105).outcome, 'fenced-bystander');
  // So does the victim's.
  t.is(ended({ refreshS: { pve1: [-8, 2] }, also: [expired(62, 'pve1')], resets: [{ node: 'pve1', atS: 72, backS: 88 }] }, 105).outcome, 'fenced');
});

test('one that was fed again after the fault ended had not counted, and its reset makes the trial count for nothing', (t) => {
  const result = ended({ refreshS: { pve2: [-8, 2, 34] }, also: [expired(94, 'pve2')], resets: [{ node: 'pve2', atS: 104, backS: 120 }] }, 135);
  t.deepEqual([result.outcome, result.fenced], ['invalid', []]);
  t.regex(result.reason, /another reset of pve2/);
});

test('observers are needed until the watch ends', (t) => {
  t.is(ended({ mute: [{ node: 'pve3', fromS: 40, toS: 45 }] }).outcome, 'invalid');
  t.is(judged({ revertS: 30, endS: 70, mute: [{ node: 'pve3', fromS: 40, toS: 45 }] }).outcome, 'undisturbed');
});

test('a watch that was interrupted after the fault ended is inconclusive', (t) => {
  t.is(ended({ also: [[50, 'harness', { type: 'trial-broken', step: 'observe', because: 'interrupted', interrupted: true }]] }).outcome, 'inconclusive');
});

const times = { revertS: 100, endS: 120 } as const;

test('the blast radius counts bystanders once, and a run has the mean of its valid trials', (t) => {
  const reset = (node: string, atS: number): Story => ({ also: [expired(atS - 10, node)], resets: [{ node, atS, backS: atS + 15 }] });
  const both: Story = { ...times, also: [...reset('pve2', 70).also!, ...reset('pve1', 71).also!], resets: [...reset('pve2', 70).resets!, ...reset('pve1', 71).resets!] };
  const records = [both, { ...times }, { ...times, canaryPasses: () => true }].map((story, at) => ({ folder: String(at), events: recordOf({ ...story, trial: { number: at + 1 } }) }));
  const run = judgeRun(records);
  t.deepEqual(run.trials.map(({ blastRadius, valid }) => [blastRadius, valid]), [[1, true], [0, true], [0, false]]);
  t.is(run.blastRadius, 0.5);
});

test('a near miss is what the oldest lock had left', (t) => {
  const { nodes } = judged({ refreshS: { pve1: [-2, 8, 55], pve2: [-4, 6, 16, 26, 36, 46, 56], pve3: [] } });
  t.deepEqual(Object.values(nodes).map(({ nearMissMs }) => nearMissMs), [13_000, 50_000, null]);
});
