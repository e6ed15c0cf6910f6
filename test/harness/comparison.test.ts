import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import test from 'ava';

import { compareRuns } from '../../src/harness/comparison.ts';
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
