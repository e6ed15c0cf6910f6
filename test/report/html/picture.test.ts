import test from 'ava';
import { judgeTrial } from '../../../src/analysis/index.ts';
import { activeSlaveGroup, faultGroup, lacpGroups } from '../../../src/report/html/bond-lanes.ts';
import { deliveryGroup, heardGroup, knetGroup, quorumGroup } from '../../../src/report/html/cluster-lanes.ts';
import { fencingGroup } from '../../../src/report/html/fencing-lanes.ts';
import { heardPairs } from '../../../src/report/html/heard.ts';
import type { Lane, LaneGroup } from '../../../src/report/html/lane.ts';
import { picture } from '../../../src/report/html/picture.ts';
import { viewOf } from '../../../src/report/html/view.ts';
import type { View } from '../../../src/report/html/view.ts';
import { recordOf } from '../../analysis/timeline-builder.ts';
import type { Story } from '../../analysis/timeline-builder.ts';
import { goldenRun, goldenTrials } from '../golden.ts';

const viewOfStory = (story: Story): View => {
  const events = recordOf(story);
  return viewOf(judgeTrial(events, 'x'), events);
};

const golden = (index: number): View => viewOf(goldenRun.trials[index]!, goldenTrials[index]!.events);

const figures = (group: LaneGroup | null): readonly string[] => (group?.lanes ?? []).map(({ label, figure, loud }) => `${label}: ${figure}${loud ? '!' : ''}`);

test('each lane ends in a figure of the time of the fault, loud where something happened', (t) => {
  const view = golden(0);
  t.deepEqual(figures(faultGroup(view)), ['pve1-eth1: 130 s']);
  t.deepEqual(figures(lacpGroups(view)[0]!), ['the switch: 42.7 s out!', 'the node pve1: 35.8 s out!']);
  t.deepEqual(figures(knetGroup(view)).filter((line) => line.endsWith('!')), ['pve1 → pve3: 96.4 s down!', 'pve3 → pve1: 30.6 s down!']);
  t.deepEqual(figures(quorumGroup(view)), ['pve1 (victim): 91.0 s lost!', 'pve2: kept, 15×', 'pve3: 10.7 s lost!']);
  t.deepEqual(figures(heardGroup(view, heardPairs(view))).filter((line) => line.endsWith('!')), ['pve1 → pve3: 28 %!']);
  t.deepEqual(figures(fencingGroup(view)), ['pve1 (victim): 50.7 s old!', 'pve2: 71.2 s old!', 'pve3: 54.1 s old!']);
});

test('each knet link of a pair has a lane of its own', (t) => {
  const knet = (atS: number, link: number, up: boolean) => [atS, 'pve1', { type: 'knet-link-changed', peer: 'pve2', link, up }] as const;
  const view = viewOfStory({ also: [knet(10, 0, false), knet(12, 1, true), knet(30, 0, true)] });
  t.deepEqual(figures(knetGroup(view)).slice(0, 3), ['pve1 → pve2, 0: 20.0 s down!', 'pve1 → pve2, 1: up', 'pve1 → pve3: up']);
});

test('lanes that say nothing are left out', (t) => {
  const calm = viewOfStory({ refreshS: { pve1: [], pve2: [], pve3: [] } });
  t.deepEqual(lacpGroups(calm), []);
  t.is(activeSlaveGroup(calm), null);
  t.is(fencingGroup(calm), null);
});

test('delivery that never stood still for a second flows', (t) => {
  t.deepEqual(figures(deliveryGroup(viewOfStory({ undelivered: [{ node: 'pve2', fromS: 10, toS: 10.5 }, { node: 'pve3', fromS: 20, toS: 25 }] }))), ['pve1 (victim): flowing', 'pve2: flowing', 'pve3: 5.1 s still!']);
});

test('with many nodes the pairs that nothing happened to share one lane', (t) => {
  const nodes = Array.from({ length: 8 }, (_, n) => `pve${n + 1}`);
  const view = viewOfStory({ nodes, revertS: 20, dark: [{ from: 'pve1', to: 'pve5', fromS: 0, toS: 20 }], also: [[2, 'pve1', { type: 'knet-link-changed', peer: 'pve5', link: 0, up: false }]] });
  t.deepEqual(heardGroup(view, heardPairs(view)).lanes.map(({ label }) => label), ['pve1 → pve5', '55 others']);
  t.deepEqual(knetGroup(view).lanes.map(({ label }) => label), ['pve1 → pve5', '55 others']);
  t.regex(knetGroup(view).lanes[1]!.says, /^up throughout: pve1 → pve2, pve3, pve4, pve6, pve7, pve8; pve2 → pve1, pve3, /);
});

test('pairs of one lane that have a link each are named with it', (t) => {
  const nodes = ['pve1', 'pve2', 'pve3', 'pve4'];
  const [{ says } = { says: '' }] = knetGroup(viewOfStory({ nodes, also: [0, 1].map((link) => [-5, 'pve1', { type: 'knet-link-changed', peer: 'pve2', link, up: true }] as const) })).lanes.slice(-1);
  t.regex(says, /: pve1 → pve2 link 0, pve2 link 1, pve3, pve4; pve2 → /);
});

test('dots stand where the refreshes were, each told from the one before it', (t) => {
  const html = picture(viewOfStory({ refreshS: { pve1: [-9.87, 0.13, 10.4, 20.33], pve2: [], pve3: [] } }), [fencingGroup(viewOfStory({ refreshS: { pve1: [-9.87, 0.13, 10.4, 20.33], pve2: [], pve3: [] } }))!], 'Trial 1');
  const places = (d: string): readonly number[] => [...d.matchAll(/[Mm]([-\d.]+) /g)].map(([, x]) => Number(x)).reduce<number[]>((all, x) => [...all, Math.round(((all.at(-1) ?? 0) + x) * 10) / 10], []);
  const [, dots] = /class="dots" d="([^"]+)"/.exec(html)!;
  const [, curve] = /class="curve"[^>]* d="([^"]+)"/.exec(html)!;
  t.deepEqual(places(dots!), [...curve!.matchAll(/M([\d.]+) /g)].map(([, x]) => Number(x)));
});

test('the active NIC is the one of the survey until it changes', (t) => {
  const view = viewOfStory({ also: [[-20, 'pve1', { type: 'active-slave-changed', bond: 'bond0', slave: 'eth1' }], [30, 'pve1', { type: 'active-slave-changed', bond: 'bond0', slave: 'eth2' }]] });
  const spans = (lane: Lane | undefined) => (lane?.shapes ?? []).flatMap((shape) => (shape.shape === 'span' ? [`${shape.state} ${Math.round(shape.fromMs / 1000)} to ${Math.round(shape.toMs / 1000)} s`] : []));
  t.deepEqual(spans(activeSlaveGroup(view)?.lanes[0]), ['eth1, the silent one -10 to 30 s', 'eth2 30 to 120 s']);
});

test('labels at the head that would overlap stand in rows of their own', (t) => {
  const view = viewOfStory({
    resets: [{ node: 'pve2', atS: 62, backS: 90 }, { node: 'pve3', atS: 63, backS: 92 }],
    refreshS: { pve1: [0], pve2: [-1], pve3: [0] },
  });
  const rows = [...picture(view, [faultGroup(view)], 'Trial 1').matchAll(/top:([\d.]+)em" title="pve\d was reset/g)].map(([, top]) => top);
  t.deepEqual(rows, ['0.00', '1.35']);
});

test('a lock that grows beyond the top of its lane rises at the same slope and stays there', (t) => {
  const view = viewOfStory({ refreshS: { pve1: [0], pve2: [], pve3: [] }, revertS: 100, endS: 120 });
  const curve = fencingGroup(view)?.lanes[0]?.shapes.find(({ shape }) => shape === 'curve');
  t.deepEqual(curve?.shape === 'curve' ? curve.points.map((point) => point && `${Math.abs(Math.round(point.atMs / 1000))} s: ${point.value.toFixed(2)}`) : null, ['0 s: 0.00', '66 s: 1.00', '120 s: 1.00', null]);
});
