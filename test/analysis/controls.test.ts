import test from 'ava';

import { controlsIn } from '../../src/analysis/controls.ts';
import type { Event } from '../../src/model/event.ts';
import { recordOf, type Story } from './timeline-builder.ts';

const nothing: Story['canaryPasses'] = () => true;
const counters: Story['counters'] = (atS) => ({ tx: Math.round(1000 + 100 * atS), rx: Math.round(2000 + 100 * atS), drops: null, carrier: 1 });
const none = (story: Story = {}): readonly Event[] => recordOf({
  revertS: 20, endS: 40, scenario: { name: 'control/none', fault: 'none' }, proof: { canary: 'kept', drops: 'still', tx: 'moves', carrier: 1 }, predicted: { class: 'none', darkPeers: [] }, canaryPasses: nothing, counters, ...story,
});
const trials = (...events: readonly (readonly Event[])[]): Parameters<typeof controlsIn>[0] => events.map((each, at) => ({ folder: `trials/${at + 1}`, events: each }));
const nullOf = (...events: readonly (readonly Event[])[]) => controlsIn(trials(...events))[0]!;

test('a null control holds where nothing changed, and says how rare it may be all the same', (t) => {
  const { kind, holds, words, invalid } = nullOf(...Array.from({ length: 50 }, () => none()));
  t.deepEqual([kind, holds, words, invalid], ['null', true, '50 of 50 trials without any change, so at most 5.8 % are otherwise (95 %)', []]);
});

test('whatever comes without a fault breaks it, by name', (t) => {
  const broken = (story: Story): string => nullOf(none(story)).breaches.map(({ words }) => words).join('; ');
  t.is(broken({ also: [[3, 'pve2', { type: 'token-lost', kind: 'timeout' } as never]] }), '1 lost token');
  t.is(broken({ dark: [{ from: 'pve1', to: 'pve3', fromS: 2, toS: 9 }] }), 'dark: pve1 → pve3');
  t.regex(broken({ undelivered: [{ node: 'pve3', fromS: 2, toS: 9 }] }), /^pve3 without delivery for [67]\.\d s, which is more than its token time-out$/);
  t.is(broken({ undelivered: [{ node: 'pve3', fromS: 2, toS: 4 }] }), '');
  const { holds, words } = nullOf(none(), none({ dark: [{ from: 'pve1', to: 'pve3', fromS: 2, toS: 9 }] }));
  t.deepEqual([holds, words], [false, '1 of 2 trials without any change']);
});

test('one in 25 may not count, and is shown; more are a lab that cannot be believed', (t) => {
  const mute = none({ mute: [{ node: 'pve2', fromS: -20, toS: 99 }] });
  const few = nullOf(...Array.from({ length: 24 }, () => none()), mute);
  t.true(few.holds);
  t.deepEqual(few.invalid.map(({ folder }) => folder), ['trials/25']);
  t.regex(few.words, /, 1 did not count$/);
  t.false(nullOf(none(), mute, mute).holds);
  t.false(nullOf(mute).holds, 'none that counts');
  t.deepEqual(controlsIn([]), []);
});

test('a positive control is one after which everybody is there', (t) => {
  const down = (story: Story = {}): readonly Event[] => recordOf({
    revertS: 20, endS: 40, scenario: { name: 'control/carrier-down', fault: 'carrier-down', detector: 'carrier' }, proof: { canary: 'lost', drops: null, tx: null, carrier: 0 },
    counters: (atS) => ({ tx: Math.round(1000 + 100 * Math.min(atS, 0) + 100 * Math.max(atS - (story.revertS ?? 20), 0)), rx: 2000, drops: null, carrier: atS > 0 && atS < (story.revertS ?? 20) ? 0 : 1 }), ...story,
  });
  const [positive] = controlsIn(trials(down()));
  t.like(positive, { kind: 'positive', holds: true, breaches: [], invalid: [] });
  t.true(positive!.words.startsWith('1 of 1 trial recovered, and nobody was reset'));
  const [reset] = controlsIn(trials(down({ revertS: 80, endS: 100, resets: [{ node: 'pve2', atS: 57, backS: null }], refreshS: { pve2: [-5] } })));
  t.false(reset!.holds, JSON.stringify(reset));
  t.true(reset!.breaches[0]!.words.includes('pve2 was reset'));
});
