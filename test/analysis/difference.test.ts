import test from 'ava';
import { chanceOfApart, diffTrials } from '../../src/analysis/difference.ts';
import { sightOf, type Sight } from '../../src/analysis/quantities.ts';
import type { Body, Event } from '../../src/model/event.ts';
import { recordOf, scenario802, type Story } from './timeline-builder.ts';

/** A trial of fast LACP on both sides, whose NIC goes out of use at `stoppedS`, and whose quorum is lost for `outS` where it is at all. */
const sight = ({ stoppedS = 5.8, tokenS = 3.4, outS = 4.6, story = {} }: { stoppedS?: number; tokenS?: number | null; outS?: number; story?: Partial<Story> } = {}): Sight => {
  const also: readonly (readonly [number, string, Body])[] = [
    ...([[-9, 0x3f, 0x3f], [2.8, 0x3f, 0x8f], [5.5, 0x3f, 0x47], [stoppedS, 0x0f, 0x47]] as const).map(([atS, actor, partner]) => [atS, 'pve1', { type: 'lacp-changed', slave: 'eth1', actor, partner }] as const),
    ...tokenS === null ? [] : [[tokenS, 'pve2', { type: 'token-lost', timeoutMs: 3125 }] as const],
    [7.3, 'pve1', { type: 'quorum-changed', quorate: false }], [7.3 + outS, 'pve1', { type: 'quorum-changed', quorate: true }],
    [61, 'harness', { type: 'compared', device: 'pve1', before: 'a', after: 'a' }],
  ];
  const fast = { name: '802.3ad/fast-fast', bond: { ...scenario802.bond, lacpRate: 'fast' as const }, ports: { kind: 'lacp' as const, rate: 'fast' as const }, ha: 'idle' as const };
  return sightOf(recordOf({ scenario: fast, revertS: 60, dark: [{ from: 'pve1', to: 'pve3', fromS: 0, toS: 5 }], also, ...story }));
};

const told = (before: readonly Sight[], after: readonly Sight[]): readonly string[] =>
  diffTrials(before, after).changed.map(({ what, before: was, after: is, because }) => `${what}: ${was} → ${is}${because === null ? '' : `, ${because}`}`);

const stopped = (...times: readonly number[]): readonly Sight[] => times.map((stoppedS) => sight({ stoppedS }));

test('a trial has not changed from itself, and what was compared is counted', (t) => {
  t.deepEqual(diffTrials([sight()], [sight()]), { counted: [1, 1], outcomes: ['disturbed', 'disturbed'], compared: 14, changed: [] });
});

test('of single trials what differs within its tolerance is noise, and what differs by more has changed', (t) => {
  t.deepEqual(told(stopped(5.8), stopped(11)), []);
  t.deepEqual(told(stopped(5.8), stopped(11.3)), ['LACP: NIC out of use: 5.8 s → 11.3 s, may be 5.3 s apart']);
  t.deepEqual(told(stopped(11.3), stopped(5.8)), ['LACP: NIC out of use: 11.3 s → 5.8 s, may be 5.3 s apart'], 'either way round');
});

test('of four trials and four, ranges that lie apart have changed, however near they are, and ranges that overlap have not', (t) => {
  t.deepEqual(told(stopped(5.6, 5.7, 5.8, 5.9), stopped(6.2, 6.4, 6.1, 6.3)), ['LACP: NIC out of use: 5.6 to 5.9 s → 6.1 to 6.4 s, ranges lie apart; of noise alone in 1 of 35']);
  t.deepEqual(told(stopped(5.6, 5.7, 5.8, 6.2), stopped(6.1, 6.4, 6.2, 40)), []);
});

test('where too few trials would part by chance, their tolerance decides', (t) => {
  t.deepEqual(told(stopped(5.6, 5.8), stopped(6.1, 6.4)), []);
  t.deepEqual(told(stopped(5.6, 5.8), stopped(11.3, 11.9)), ['LACP: NIC out of use: 5.6 to 5.8 s → 11.3 to 11.9 s, may be 5.3 s apart']);
});

test('how often ranges part by chance', (t) => {
  t.deepEqual([[1, 1], [2, 2], [3, 3], [4, 4], [1, 39]].map(([some, others]) => Math.round(1 / chanceOfApart(some!, others!) * 100) / 100), [1, 3, 10, 35, 20]);
});

test('what one run saw in all of its trials and the other in none has changed; what some trials saw has not', (t) => {
  const [lost, kept] = [sight(), sight({ tokenS: null })];
  t.deepEqual(told([lost, lost], [kept, kept]), ['corosync: last token: 0.3 s → not seen, seen by one run only', 'corosync: first token lost: 3.4 s → not seen, seen by one run only']);
  t.deepEqual(told([lost, kept], [kept, kept]), []);
  t.deepEqual(told([kept], [kept]), []);
});

test('a word that one run alone said has changed, one that both said has not', (t) => {
  const dark = (to: string): Sight => sight({ story: { dark: [{ from: 'pve1', to, fromS: 0, toS: 5 }] } });
  t.deepEqual(told([dark('pve3')], [dark('pve2')]), ['dark pairs: pve1 → pve3 → pve1 → pve2']);
  t.deepEqual(told([dark('pve3'), dark('pve2')], [dark('pve2'), dark('pve2')]), []);
});

test('the outcome is that of the worst trial with a verdict', (t) => {
  const out = sight({ outS: 80 });
  t.deepEqual(told([sight(), sight()], [sight(), out]), ['outcome: disturbed in 2 of 2 → isolated in 1 of 2']);
  t.deepEqual(told([out, sight()], [sight(), out]), []);
});

test('trials without a verdict are left out, and a scenario that lost its verdict has changed in that alone', (t) => {
  const unproven = sight({ stoppedS: 30, story: { canaryPasses: () => true } });
  t.deepEqual(diffTrials([sight()], [unproven, sight()]), { counted: [1, 1], outcomes: ['disturbed', 'disturbed'], compared: 14, changed: [] });
  t.deepEqual(diffTrials([sight()], [unproven]), { counted: [1, 0], outcomes: ['disturbed', 'invalid'], compared: 1, changed: [{ what: 'outcome', before: 'disturbed', after: 'invalid', because: null }] });
});

test('what was left behind has changed', (t) => {
  const left = sightOf(recordOf({ also: [[101, 'harness', { type: 'compared', device: 'pve1', before: 'a', after: 'b' } satisfies Extract<Event, { type: 'compared' }> | Body]] }));
  const clean = sightOf(recordOf({ also: [[101, 'harness', { type: 'compared', device: 'pve1', before: 'a', after: 'a' }]] }));
  t.deepEqual(told([clean], [left]), ['undone, and as before: yes → not as before']);
});
