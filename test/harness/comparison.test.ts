import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import test from 'ava';

import { compareRuns, diffRuns } from '../../src/harness/comparison.ts';
import { recordLine } from '../../src/harness/record-text.ts';
import type { Event } from '../../src/model/event.ts';
import { Problem } from '../../src/model/problem.ts';
import { recordOf } from '../analysis/timeline-builder.ts';

const named = (name: string, events: readonly Event[], repetition = 1): readonly Event[] =>
  events.map((event) => event.type === 'trial-started' ? { ...event, repetition, scenario: { ...event.scenario, name } } : event);

const inFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'runs-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
};

const keep = async (run: string, trials: Readonly<Record<string, readonly Event[]>>): Promise<void> => {
  for (const [name, events] of Object.entries(trials)) {
    await mkdir(join(run, 'trials', name), { recursive: true });
    await writeFile(join(run, 'trials', name, 'events.ndjson'), events.map((event, at) => recordLine(event, at + 1)).join(''));
  }
};

test('what both runs tried is compared, what one tried alone is named, and later repetitions do not count', async (t) => inFolder(async (folder) => {
  const trial = recordOf({ revertS: 60, endS: 70 });
  const broken = [...trial.slice(0, 5), { ...trial.at(-1)!, type: 'trial-broken', step: 'observe', because: 'a cut', interrupted: false } as Event];
  const [one, two] = [join(folder, 'one'), join(folder, 'two')];
  await keep(one, { '01-a': named('a', trial), '02-b': named('b', trial), '03-only': named('only here', trial), '04-a': named('a', broken, 2) });
  await keep(two, { '01-b': named('b', broken), '02-b-again': named('b', broken), '03-a': named('a', trial), '04-there': named('only there', trial) });
  const { both, only } = await compareRuns(one, two);
  t.deepEqual(both.map(({ scenario, compared }) => [scenario, compared.find(({ what }) => what === 'outcome')?.agrees]), [['a', true], ['b', false]]);
  t.deepEqual(both[1]?.compared.find(({ what }) => what === 'the fault was proven')?.agrees, false);
  t.deepEqual(only, [['only here'], ['only there']]);
  await t.throwsAsync(compareRuns(one, folder), { instanceOf: Problem });
}));

const started = (events: readonly Event[], change: (start: Extract<Event, { readonly type: 'trial-started' }>) => Event): readonly Event[] => events.map((event) => event.type === 'trial-started' ? change(event) : event);

test('all repetitions of a scenario are held against those of the other run, the last attempt of each, and what ran is told', async (t) => inFolder(async (folder) => {
  const [calm, torn] = [recordOf({ revertS: 30 }), recordOf({ revertS: 30, canaryPasses: () => true })];
  const other = (events: readonly Event[]): readonly Event[] => started(events, (start) => ({ ...start, about: { ...start.about, kernel: '7.2.0' } }));
  const [one, two] = [join(folder, 'one'), join(folder, 'two')];
  await keep(one, { '01-a': named('a', calm), '02-a': named('a', calm, 2), '03-b': named('b', calm), '04-only': named('only here', calm) });
  await keep(two, { '01-a': other(named('a', torn)), '01-a-again': other(named('a', calm)), '02-b': other(named('b', torn)) });
  const diff = await diffRuns(one, two);
  t.deepEqual(diff.versions, [{ what: 'kernel', before: '6.12.0', after: '7.2.0' }]);
  t.deepEqual(diff.both.map(({ scenario, counted, outcomes, redefined }) => [scenario, counted, outcomes, redefined]), [
    ['a', [2, 1], ['undisturbed in 2 of 2', 'undisturbed'], false], ['b', [1, 0], ['undisturbed', 'invalid'], false],
  ]);
  t.deepEqual(diff.only, [['only here'], []]);
}));

test('a scenario of one name that is another one is told of', async (t) => inFolder(async (folder) => {
  const trial = recordOf({ revertS: 30 });
  await keep(join(folder, 'one'), { '01-a': named('a', trial) });
  await keep(join(folder, 'two'), { '01-a': started(named('a', trial), (start) => ({ ...start, scenario: { ...start.scenario, forMs: 9000 } })) });
  t.deepEqual((await diffRuns(join(folder, 'one'), join(folder, 'two'))).both.map(({ redefined }) => redefined), [true]);
}));

test('runs of different labs are no two runs of one lab', async (t) => inFolder(async (folder) => {
  const trial = recordOf({ revertS: 30 });
  await keep(join(folder, 'one'), { '01-a': trial });
  await keep(join(folder, 'two'), { '01-a': started(trial, (start) => ({ ...start, lab: { ...start.lab, world: 'ssh' } })) });
  const error = await t.throwsAsync(diffRuns(join(folder, 'one'), join(folder, 'two')), { instanceOf: Problem });
  t.regex(error.message, /the first is of the lab virtual of the virtual world, the second of the lab virtual of the ssh world/);
}));
