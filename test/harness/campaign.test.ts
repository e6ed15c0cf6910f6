import test from 'ava';

import { planTrials, runCampaign, type Campaign } from '../../src/harness/campaign.ts';
import { undoJournal } from '../../src/harness/journal.ts';
import { parseRecord } from '../../src/harness/record-text.ts';
import { noDamage } from '../../src/model/damage.ts';
import { exitCodes, Problem } from '../../src/model/problem.ts';
import { failAt, simulatedDisk, type BeforeEffect, type SimulatedDisk } from './crashing-disk.ts';
import { paperLab, paperScenario } from './paper-lab.ts';
import { sleepingClock } from './sleeping-clock.ts';

const path = '/run/trials/01-802.3ad-fast-fast/events.ndjson';

/** One trial on a lab that nobody reaches: it breaks off in its preflight. `ended` is what is safe on the disk when its end is told. */
const runOnPaper = async (before: BeforeEffect = () => undefined, more: Partial<Campaign> = {}): Promise<{ readonly disk: SimulatedDisk; readonly ended: readonly string[]; readonly slots: readonly number[]; readonly failure: unknown }> => {
  const disk = simulatedDisk({ before });
  const ended: string[] = [];
  const slots: number[] = [];
  const campaign: Campaign = {
    run: 'r', name: 'chosen', folder: '/run', seed: 1, trials: planTrials([paperScenario()], 1, 'netem'), labsAtOnce: 1, oneByOne: true, more: null, disk, reservations: null,
    open: async (slot) => Promise.resolve(slots.push(slot)).then(() => ({
      lab: paperLab, clock: sleepingClock(), lasting: false, about: {}, realTime: true, seed: null, simulated: [], power: () => null, console: () => null,
      session: async () => Promise.reject(new Error('nobody answers')),
      [Symbol.asyncDispose]: async () => Promise.resolve(),
    })),
    journal: () => undoJournal(simulatedDisk(), '/undo'), about: {}, startedAt: () => '2026-01-01T00:00:00.000Z', signal: new AbortController().signal,
    progress: ({ kind }) => { if (kind === 'ended') ended.push(disk.synced()[path] ?? ''); },
    ...more,
  };
  const failure: unknown = await runCampaign(campaign).then(() => null, (error: unknown) => error);
  return { disk, ended, slots, failure };
};

test('the end of a trial is told when its whole record is on the disk', async (t) => {
  const { ended, failure } = await runOnPaper();
  t.is(failure, null);
  t.is(ended.length, 2, 'it is tried again once');
  for (const text of ended) {
    const { events, damage } = parseRecord(text);
    t.deepEqual(damage, noDamage);
    t.deepEqual([events[0]?.type, events.at(-1)?.type], ['trial-started', 'trial-ended']);
  }
});

test('whatever the disk refuses of a record ends the run with what it was, and its trial is not told as ended', async (t) => {
  // makeFolder, create, syncFolder, append, sync.
  for (let nth = 0; nth < 5; nth += 1) for (const code of ['ENOSPC', 'EROFS', 'EIO']) {
    const { ended, failure } = await runOnPaper(failAt(nth, code, { written: 30 }));
    t.true(failure instanceof Problem && failure.parts.exitCode === exitCodes.resources, `${code} at ${nth}`);
    t.regex(String(failure), new RegExp(`${code}.*(no fault was made|nothing was left)`));
    t.deepEqual(ended, []);
  }
});

test('scenarios for labs of several shapes have each a lab of theirs, one after the other', async (t) => {
  const scenarios = [undefined, { nodes: 5 }, undefined, { nodes: 5 }].map((lab, n) => paperScenario({ name: `802.3ad/${n}`, ...lab && { lab } }));
  const opened: (number | undefined)[] = [];
  const { failure, ended } = await runOnPaper(undefined, { trials: planTrials(scenarios, 1, 'netem'), open: async (_slot, _seed, { lab }) => {
    opened.push(lab?.nodes);
    return Promise.resolve({
      lab: paperLab, clock: sleepingClock(), lasting: false, about: {}, realTime: true, seed: null, simulated: [], power: () => null, console: () => null,
      session: async () => Promise.reject(new Error('nobody answers')), [Symbol.asyncDispose]: async () => Promise.resolve(),
    });
  } });
  t.is(failure, null);
  t.is(ended.length, 8);
  // None becomes whole on paper, so each trial and each of its repetitions has a lab.
  t.deepEqual(opened, [undefined, undefined, 5, 5, undefined, undefined, 5, 5]);
});

test('labs are added while the host has room for them, and none when it has not', async (t) => {
  const trials = planTrials(Array.from({ length: 6 }, () => paperScenario()), 1, 'netem');
  let asked = 0;
  const roomy = await runOnPaper(undefined, { trials, more: { labsAtMost: 3, untilRoom: async () => { asked += 1; return Promise.resolve(); } } });
  t.is(roomy.failure, null);
  t.deepEqual([...new Set(roomy.slots)].sort(), [0, 1, 2]);
  t.is(asked, 2);
  const busy = await runOnPaper(undefined, { trials, more: { labsAtMost: 3, untilRoom: async (wanted) => { while (wanted()) await new Promise((resolve) => { setImmediate(resolve); }); } } });
  t.is(busy.failure, null);
  t.deepEqual([...new Set(busy.slots)], [0]);
  t.is(busy.ended.length, 12);
});
