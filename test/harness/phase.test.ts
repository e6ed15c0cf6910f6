import test from 'ava';

import { TrialBroken, type Bench } from '../../src/harness/bench.ts';
import { phaseLimitMs, waitForPhase } from '../../src/harness/phase.ts';
import { TrialRecord } from '../../src/harness/record.ts';
import { emptyNode } from '../../src/harness/view.ts';
import type { Body } from '../../src/model/event.ts';
import type { Phase } from '../../src/model/phase.ts';
import { SimulatedClock } from '../simulated/clock.ts';
import { simulatedDisk } from './crashing-disk.ts';
import { paperLab, paperScenario } from './paper-lab.ts';

const link = paperLab.links[0]!;
const sent: Body = { type: 'lacpdu', slave: link.nic, direction: 'out', frame: '' };
const refreshed: Body = { type: 'lrm-refreshed', state: 'active' };

interface Seen { readonly atMs: number; readonly lateMs?: number; readonly by?: string; readonly body: Body }

/** When the wait was over, on paper, counted from its beginning; a second before that the record begins. */
const waited = async (phase: Phase, seen: readonly Seen[], { leadMs = 0, troubleMs = [] as readonly (readonly [from: number, to: number])[] } = {}): Promise<{ readonly ms: number; readonly baselinesMs: readonly number[] }> => {
  const clock = new SimulatedClock();
  const record = await TrialRecord.create(simulatedDisk({ folders: ['/run'] }), '/run/events.ndjson', clock);
  record.note({ type: 'target-chosen', link, predicted: null });
  const beganMs = 1000;
  for (const { atMs, lateMs = 1, by = 'pve1', body } of seen) {
    const atUs = (beganMs + atMs) * 1000;
    clock.after(beganMs + atMs + lateMs, () => { record.append(body, [atUs - 500, atUs + 500], by); });
  }
  await clock.drive({ done: () => false, forMs: beganMs });
  const node = {
    ...emptyNode(),
    get agentUs() { return record.nowUs(); },
    get echoedUs() { return record.nowUs(); },
    get deliveredUs() { return record.nowUs(); },
    get quorate() {
      const ms = record.nowUs() / 1000 - beganMs;
      return !troubleMs.some(([from, to]) => ms >= from && ms < to);
    },
  };
  const bench = { lab: paperLab, scenario: paperScenario({ ha: 'idle' }), record, view: { nodes: new Map([['pve1', node]]) }, open: { clock }, signal: new AbortController().signal } as unknown as Bench;
  let over = false;
  const waiting = waitForPhase(bench, phase, leadMs).then(() => record.nowUs() / 1000 - beganMs).finally(() => { over = true; });
  waiting.catch(() => undefined); // Told below.
  await clock.drive({ done: () => over, forMs: 2 * phaseLimitMs });
  return { ms: await waiting, baselinesMs: record.events.flatMap((event) => event.type === 'step-started' && event.step === 'baseline' ? [event.at[0] / 1000 - beganMs] : []) };
};

const every = (periodMs: number, fromMs: number, seen: Omit<Seen, 'atMs'>): readonly Seen[] => Array.from({ length: 300 }, (_, n) => ({ ...seen, atMs: fromMs + n * periodMs }));

test('the instant is counted from the middle of a fresh anchor, and what the injection takes comes off', async (t) => {
  // The one before the wait is not fresh, though its instant is still to come.
  const seen = every(30_000, -10_000, { body: sent });
  t.is((await waited({ anchor: 'lacpdu', afterMs: 12_500 }, seen)).ms, 32_500);
  t.is((await waited({ anchor: 'lacpdu', afterMs: 12_500 }, seen, { leadMs: 40 })).ms, 32_460);
});

test('a fraction of a millisecond is rounded: clocks sleep whole ones', async (t) => {
  t.is((await waited({ anchor: 'lacpdu', afterMs: 488.369 }, every(1100, -300, { body: sent }))).ms, 800 + 488);
});

test('what came in, on another slave or of another node is no anchor', async (t) => {
  const seen: readonly Seen[] = [
    { atMs: 100, body: { ...sent, direction: 'in' } }, { atMs: 200, body: { ...sent, slave: 'eth2' } }, { atMs: 300, body: sent, by: 'pve2' },
    { atMs: 350, body: refreshed }, { atMs: 700, body: sent },
  ];
  t.is((await waited({ anchor: 'lacpdu', afterMs: 500 }, seen)).ms, 1200);
  t.is((await waited({ anchor: 'lrm', afterMs: 500 }, seen)).ms, 850);
});

test('where the next anchor comes before the instant, it is counted from that', async (t) => {
  t.is((await waited({ anchor: 'lacpdu', afterMs: 950 }, [{ atMs: 100, body: sent }, { atMs: 900, body: sent }, { atMs: 2000, body: sent }])).ms, 1850);
  // Seen while the last of the wait is slept.
  t.is((await waited({ anchor: 'lacpdu', afterMs: 950 }, [{ atMs: 100, body: sent }, { atMs: 1030, body: sent }, { atMs: 2100, body: sent }])).ms, 1980);
});

test('an instant right behind a LACPDU is met as soon as that is seen', async (t) => {
  const { ms } = await waited({ anchor: 'lacpdu', afterMs: 3 }, every(1100, 500, { body: sent, lateMs: 1 }), { leadMs: 10 });
  t.true(ms >= 501 && ms <= 506, `${ms}`);
});

test('an instant that is over when the refresh is seen comes one round later', async (t) => {
  const seen = every(10_040, 500, { body: refreshed, lateMs: 900 });
  t.is((await waited({ anchor: 'lrm', afterMs: 400 }, seen)).ms, 10_900);
  // Not before the refresh itself, which is late.
  t.is((await waited({ anchor: 'lrm', afterMs: 20 }, seen)).ms, 10_600);
});

test('what goes wrong meanwhile lets it begin anew, with five seconds of calm and a fresh anchor', async (t) => {
  const seen = every(30_000, 1000, { body: sent });
  const { ms, baselinesMs } = await waited({ anchor: 'lacpdu', afterMs: 10_000 }, seen, { troubleMs: [[5000, 6000]] });
  t.is(ms, 41_000);
  t.deepEqual(baselinesMs, [6000]);
  t.deepEqual((await waited({ anchor: 'lacpdu', afterMs: 10_000 }, seen)).baselinesMs, []);
});

test('a wait that has no end is given up', async (t) => {
  await t.throwsAsync(waited({ anchor: 'lacpdu', afterMs: 500 }, []), { instanceOf: TrialBroken, message: /^the instant lacpdu\+0\.5s: not within 210 s: no lacpdu yet$/ });
  await t.throwsAsync(waited({ anchor: 'lacpdu', afterMs: 999 }, every(900, 100, { body: sent })), { instanceOf: TrialBroken, message: /not within 210 s: it (is in|was)/ });
  await t.throwsAsync(waited({ anchor: 'lrm', afterMs: 500 }, every(10_000, 0, { body: refreshed }), { troubleMs: [[0, 1e9]] }), { instanceOf: TrialBroken, message: /not within 210 s: pve1: not quorate/ });
});
