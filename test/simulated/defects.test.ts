// Worlds with something wrong that no device tells of: the trial does not count there, and its reason says why.

import test from 'ava';

import type { Injector, Scenario } from '../../src/model/scenario.ts';
import { shortScenario, SimulatedWorld } from './world.ts';

interface Tried { readonly world: SimulatedWorld; readonly reasons: readonly string[] }

/** Both attempts at the trial, for one that does not count is repeated; `atMs` is after the beginning of the first. */
const tried = async (prepare: (world: SimulatedWorld) => void, { injector = 'netem', scenario = shortScenario }: { readonly injector?: Injector; readonly scenario?: Scenario } = {}): Promise<Tried> => {
  const world = new SimulatedWorld();
  prepare(world);
  await world.run(scenario, injector);
  return { world, reasons: world.results().map((result) => typeof result === 'string' ? result : `${result.outcome}: ${result.reason.replace('It does not count, for this was not so: ', '')}`) };
};

/** When the fault of a trial without defects comes and goes. */
const faultMs = async (injector: Injector = 'netem'): Promise<{ readonly fromMs: number; readonly toMs: number }> => {
  const { world } = await tried(() => undefined, { injector });
  const { fromUs, toUs } = world.faulty[0]!;
  return { fromMs: fromUs / 1000, toMs: toUs! / 1000 };
};

test('a trial without a defect proves all of it, echoes and cable included', async (t) => {
  const { world, reasons } = await tried(() => undefined);
  t.is(reasons.length, 1);
  t.regex(reasons[0]!, /^disturbed: /);
  const [result] = world.results();
  const whats = typeof result === 'object' ? result.proof.map(({ what }) => what) : [];
  for (const what of ['pve1-eth1 leads to swp1', 'no sender was told of the fault', 'no agent ended before its node', 'the journal of every node was followed to the end of the watch']) t.true(whats.includes(what), what);
});

for (const [name, node] of [['the victim', 'pve1'], ['another node', 'pve3']] as const) {
  test(`an agent of ${name} that is killed in mid-fault, though it is started again at once`, async (t) => {
    const { fromMs } = await faultMs();
    const { reasons } = await tried((world) => { world.clock.after(fromMs + 5000, () => { world.machine(node).killAgent(); }); });
    t.is(reasons[0], `invalid: no agent ended before its node (that of ${node}: it ended with exit code 137).`);
    t.regex(reasons[1]!, /^disturbed/);
  });
}

test('a journal that is not followed any more, in mid-fault', async (t) => {
  const { fromMs } = await faultMs();
  const { reasons } = await tried((world) => { world.clock.after(fromMs + 3000, () => { world.machine('pve2').defect = 'journal-stops'; }); });
  t.regex(reasons[0]!, /^invalid: the journal of every node was followed to the end of the watch \(nothing came for 1\d\.\d s \(pve2\)\)\.$/);
});

test('a journal that is not followed from the beginning lets no fault come', async (t) => {
  const { world, reasons } = await tried((each) => { each.machine('pve2').defect = 'journal-stops'; });
  t.is(reasons[0], 'inconclusive: The trial was broken off in step arm: an undisturbed baseline: not within 90 s: pve2: its journal is not followed.');
  t.is(world.faulty.length, 0);
});

test('a qdisc that drops nothing, and a lease that has no effect', async (t) => {
  for (const [injector, defect] of [['netem', 'passes'], ['lease', 'reinjects']] as const) {
    const { world, reasons } = await tried((each) => { each.machine('pve1').defect = defect; }, { injector });
    t.deepEqual(reasons, Array.from({ length: 2 }, () => 'invalid: the canary is lost: not within 5 s: it arrives.'), injector);
    t.deepEqual(await world.recover(), []);
  }
});

test('a sink that gives back what it took later than the proof looks', async (t) => {
  const { fromMs } = await faultMs('lease');
  const { reasons } = await tried((world) => { world.clock.after(fromMs + 3000, () => { world.machine('pve1').defect = 'reinjects'; }); }, { injector: 'lease' });
  t.regex(reasons[0]!, /^invalid: no canary arrived during the fault \(\d+ of \d+ arrived\)\.$/);
});

test('a qdisc that answers with errors', async (t) => {
  const { reasons } = await tried((world) => { world.machine('pve1').defect = 'refuses'; });
  t.regex(reasons[0]!, /^invalid: no sender was told of the fault \(\d+ canary sends failed\)\.$/);
});

test('cables that are in each other’s ports let no fault come', async (t) => {
  const { world, reasons } = await tried((each) => { each.swapCables('pve1'); });
  t.deepEqual(reasons, Array.from({ length: 2 }, () => 'invalid: pve1-eth1 leads to swp1 (0 of 300000 bytes came to swp1, and 302800 to swp2).'));
  t.is(world.faulty.length, 0);
  const broken = world.record().find((event) => event.type === 'trial-broken');
  t.is(broken?.because, 'of 300000 bytes that pve1 sent on eth1, 0 came to swp1 of sw1, 302800 to swp2, which is pve1-eth2 in the lab file');
});

test('nor do those of a node that is not hit matter', async (t) => {
  const { reasons } = await tried((world) => { world.swapCables('pve2'); });
  t.is(reasons.length, 1);
  t.regex(reasons[0]!, /^disturbed: /);
});
