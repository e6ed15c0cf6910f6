import test from 'ava';
import fc from 'fast-check';
import { judgeTrial } from '../../../src/analysis/index.ts';
import { heardPairs } from '../../../src/report/html/heard.ts';
import { viewOf } from '../../../src/report/html/view.ts';
import { recordOf } from '../../analysis/timeline-builder.ts';
import type { Story } from '../../analysis/timeline-builder.ts';

const pairOf = (story: Story, from: string, to: string) => {
  const events = recordOf({ revertS: 50, ...story });
  return heardPairs(viewOf(judgeTrial(events, 'x'), events)).find((pair) => pair.from === from && pair.to === to)!;
};

test('of a dark pair nothing is heard from the injection until it ends', (t) => {
  const pair = pairOf({ dark: [{ from: 'pve1', to: 'pve3', fromS: 0, toS: 25 }] }, 'pve1', 'pve3');
  t.is(Math.round((pair.share ?? 0) * 100), 50);
  t.deepEqual(pair.levels.filter(({ level }) => level === 0), [{ fromMs: 0, toMs: 25_000, level: 0 }]);
});

test('a pair that nothing befell is one stretch of everything', (t) => {
  const pair = pairOf({ dark: [{ from: 'pve1', to: 'pve3', fromS: 0, toS: 25 }] }, 'pve3', 'pve1');
  t.is(pair.share, 1);
  t.deepEqual(pair.levels.map(({ level }) => level), [4]);
});

test('every other probe lost is half heard', (t) => {
  const pair = pairOf({ dark: [{ from: 'pve1', to: 'pve2', fromS: 0, toS: 50, lossOneIn: 2 }] }, 'pve1', 'pve2');
  t.is(pair.share, 0.5);
  t.true(pair.levels.some(({ level, fromMs, toMs }) => level === 2 && fromMs === 0 && toMs === 50_000));
});

test('while either node is away after a reset nothing counts as lost', (t) => {
  for (const node of ['pve1', 'pve2']) {
    const pair = pairOf({ resets: [{ node, atS: 20, backS: 40 }] }, 'pve1', 'pve2');
    t.true((pair.share ?? 0) > 0.99, node);
    t.false(pair.levels.some(({ level }) => level === 0), node);
  }
});

test('a sender that never ticked has no share', (t) => {
  const pair = pairOf({ mute: [{ node: 'pve1', fromS: -100, toS: 500 }] }, 'pve1', 'pve2');
  t.is(pair.share, null);
  t.deepEqual(pair.levels, []);
});

test('any probes lost: the share and each second’s level are those of the probes counted one by one', (t) => {
  const events = recordOf({ revertS: 20, endS: 30 });
  fc.assert(fc.property(fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), (fates) => {
    const thinned = events.map((event) => event.type === 'tick' && event.by === 'pve2' ? { ...event, heard: { ...event.heard, pve1: (event.heard['pve1'] ?? []).filter((seq) => fates[seq % fates.length]) } } : event);
    const view = viewOf(judgeTrial(thinned, 'x'), thinned);
    const pair = heardPairs(view).find(({ from, to }) => from === 'pve1' && to === 'pve2')!;
    const got = new Set(view.timeline.by('pve2', 'tick').flatMap(({ heard }) => heard['pve1'] ?? []));
    const probes = view.timeline.by('pve1', 'tick').map(({ at, seq }) => ({ ms: view.ms((at[0] + at[1]) / 2), got: got.has(seq) })).filter(({ ms }) => ms <= view.window.toMs - 1000);
    const during = probes.filter(({ ms }) => ms >= 0 && ms <= view.fault!.toMs);
    t.is(pair.sent, during.length);
    t.is(pair.share, during.filter((probe) => probe.got).length / during.length);
    for (const [second, those] of Map.groupBy(probes, ({ ms }) => Math.floor(ms / 1000))) {
      const share = those.filter((probe) => probe.got).length / those.length;
      const level = pair.levels.find(({ fromMs, toMs }) => second * 1000 + 500 >= fromMs && second * 1000 + 500 < toMs)?.level;
      if (second * 1000 >= view.window.fromMs) t.is(level, share >= 0.95 ? 4 : share >= 0.65 ? 3 : share >= 0.35 ? 2 : share > 0 ? 1 : 0, `second ${second}`);
    }
  }), { numRuns: 20 });
});
