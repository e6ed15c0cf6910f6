import test from 'ava';
import { countersAgree, quietBefore, ringsRise } from '../../src/analysis/invariants.ts';
import { timelineOf, type Timeline, type Window } from '../../src/analysis/timeline.ts';
import type { ProofPart } from '../../src/analysis/validity.ts';
import type { Body } from '../../src/model/event.ts';
import type { Story } from './timeline-builder.ts';
import { recordOf } from './timeline-builder.ts';

const told = (part: (timeline: Timeline, window: Window) => ProofPart | readonly ProofPart[], story: Story): readonly [boolean, string] => {
  const timeline = timelineOf(recordOf({ revertS: 30, endS: 40, ...story }));
  const [{ held, found }] = [part(timeline, timeline.window!)].flat() as [ProofPart];
  return [held, found];
};

const ring = (name: string): Body => ({ type: 'membership-formed', ring: name, joined: [], left: [] });

test('rings rise on each node, by number and not by text', (t) => {
  t.deepEqual(told(ringsRise, { also: [[5, 'pve1', ring('1.d')], [6, 'pve2', ring('1.d')], [9, 'pve1', ring('2.11')], [12, 'pve1', ring('1.a5')]] }), [true, 'each later than the one before']);
  t.deepEqual(told(ringsRise, {}), [true, 'each later than the one before']);
});

test('one that falls, or comes twice, is of another life', (t) => {
  t.deepEqual(told(ringsRise, { also: [[5, 'pve1', ring('1.11')], [9, 'pve1', ring('1.d')]] }), [false, '1.d after 1.11 on pve1']);
  t.deepEqual(told(ringsRise, { also: [[5, 'pve2', ring('1.d')], [9, 'pve2', ring('1.d')], [12, 'pve2', ring('1.d')]] }), [false, '1.d after 1.d on pve2, and 1 more']);
});

test('a node that was reset may begin anew', (t) => {
  const also: Story['also'] = [[2, 'pve2', ring('1.31')], [20, 'pve2', ring('2.8')]];
  t.true(told(ringsRise, { also, resets: [{ node: 'pve2', atS: 8, bootS: 2, backS: 25 }] })[0]);
  t.false(told(ringsRise, { also })[0]);
});

test('before the baseline and after the watch rings do not matter', (t) => {
  t.true(told(ringsRise, { also: [[-9, 'pve1', ring('1.31')], [5, 'pve1', ring('1.d')], [35, 'pve1', ring('1.5')]] })[0]);
});

test('a cluster that changes in the last ten seconds of the baseline was disturbed before the fault', (t) => {
  t.deepEqual(told(quietBefore, { also: [[-6, 'pve2', ring('1.9')], [0.4, 'pve2', ring('1.d')]] }), [true, 'quiet for 5.0 s']);
  t.deepEqual(told(quietBefore, { baselineS: 11.5, also: [[-10.1, 'pve2', ring('1.9')]] }), [true, 'quiet for 10.0 s']);
  t.false(told(quietBefore, { baselineS: 11.5, also: [[-9.9, 'pve2', ring('1.9')]] })[0]);
  t.deepEqual(told(quietBefore, { also: [[-3, 'pve2', ring('1.d')], [-2, 'pve1', { type: 'token-lost', timeoutMs: 3125 }]] }), [false, 'pve1 and pve2: token lost and membership formed']);
  for (const body of [{ type: 'knet-link-changed', peer: 'pve1', link: 0, up: false }, { type: 'quorum-changed', quorate: false }, { type: 'gather-stuck', text: 'x' }] satisfies readonly Body[]) {
    t.false(told(quietBefore, { also: [[-0.1, 'pve3', body]] })[0]);
  }
});

const counters = (more: (atS: number) => Partial<{ readonly tx: number; readonly rx: number; readonly drops: number | null }>): NonNullable<Story['counters']> =>
  (atS) => ({ tx: 1000, rx: Math.round(2000 + 10 * atS), drops: Math.max(0, Math.round(atS)), carrier: 1, ...more(atS) });

test('a counter that falls was not one and the same', (t) => {
  t.regex(told(countersAgree, { counters: counters(() => ({})) })[1], /^in all of \d+ ticks$/);
  t.deepEqual(told(countersAgree, { counters: counters((atS) => ({ drops: atS < 10 ? 50 : 0 })) }), [false, 'drops fell']);
  t.deepEqual(told(countersAgree, { counters: counters((atS) => ({ tx: atS < 10 ? 1000 : 20, rx: atS < 10 ? 1000 : 20 })) }), [false, 'tx and rx fell']);
  t.deepEqual(told(countersAgree, { counters: counters(() => ({ drops: null })) })[0], true);
  t.deepEqual(told(countersAgree, { mute: [{ node: 'pve1', fromS: -9, toS: 99 }] }), [false, 'they were not seen']);
});
