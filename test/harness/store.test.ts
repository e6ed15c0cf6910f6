import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import test from 'ava';

import { judgeRun } from '../../src/analysis/index.ts';
import { recordLine } from '../../src/harness/record-text.ts';
import { createRun, discardRun, readRun, writeReports } from '../../src/harness/store.ts';
import { reportFiles } from '../../src/report/index.ts';
import { Problem } from '../../src/model/problem.ts';
import { recordOf } from '../analysis/timeline-builder.ts';

const lines = recordOf({ revertS: 60, endS: 70 }).map((event, at) => recordLine(event, at + 1));

const inRun = async (record: string, work: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'run-'));
  try {
    await mkdir(join(folder, 'trials', '01-x'), { recursive: true });
    await writeFile(join(folder, 'trials', '01-x', 'events.ndjson'), record);
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
};

test('a whole record is judged by what is in it, and the same record gives the same bytes', async (t) => inRun(lines.join(''), async (folder) => {
  const readAll = async (): Promise<readonly string[]> => Promise.all(['run.json', 'report.html', 'summary.md', 'junit.xml'].map(async (name) => readFile(join(folder, name), 'utf8')));
  t.true((await writeReports(folder)).trials[0]?.valid);
  const first = await readAll();
  t.true((await writeReports(folder)).trials[0]?.valid);
  t.deepEqual(await readAll(), first);
}));

test('every report says that a record is damaged', async (t) => inRun([...lines.slice(0, 20), 'x', ...lines.slice(20, 40), ...lines.slice(43)].join(''), async (folder) => {
  const { trials } = await writeReports(folder);
  t.like(trials, [{ outcome: 'invalid', valid: false }]);
  for (const name of ['run.json', 'report.html', 'summary.md', 'junit.xml']) {
    t.regex(await readFile(join(folder, name), 'utf8'), /its record is damaged: 1 line cannot be read and 3 lines are missing/, name);
  }
}));

test('a record of a killed trial is told as what it is, and its end does not count as a loss', async (t) => inRun(lines.slice(0, 60).join('').slice(0, -9), async (folder) => {
  t.like((await writeReports(folder)).trials, [{ outcome: 'inconclusive', valid: false }]);
}));

test('a run whose records nobody can check is refused', async (t) => inRun('{"at":[0,0],"by":"harness","type":"trial-started","format":1,"run":"r"}\n', async (folder) => {
  const error = await t.throwsAsync(writeReports(folder), { instanceOf: Problem });
  t.regex(error.message, /01-x has a record of format 1/);
}));

const trialText = (number: number): string => recordOf({ revertS: 20, endS: 30, trial: { number, startedAt: `2025-01-31T12:${number}:00.000Z` } }).map((event, at) => recordLine(event, at + 1)).join('');

/** So many that they are shared among threads; `others` in place of some. */
const inLargeRun = async (others: Readonly<Record<number, string>>, work: (folder: string) => Promise<void>): Promise<void> => inRun(trialText(1), async (folder) => {
  for (let number = 2; number <= 14; number += 1) {
    const path = join(folder, 'trials', `${String(number).padStart(2, '0')}-x`);
    await mkdir(path);
    await writeFile(join(path, 'events.ndjson'), others[number] ?? trialText(number));
  }
  await work(folder);
});

test('a large run has the reports that its records make, whoever makes them', async (t) => inLargeRun({ 4: '' }, async (folder) => {
  await writeReports(folder);
  const trials = await readRun(folder);
  t.is(trials.length, 14);
  for (const { path, content } of reportFiles(judgeRun(trials), trials)) t.deepEqual(await readFile(join(folder, path)), Buffer.from(content as string), path);
}));

test('what is wrong with the record of a large run is told as with any other', async (t) => {
  const unchecked = '{"at":[0,0],"by":"harness","type":"trial-started","format":1,"run":"r"}\n';
  for (const number of [2, 3]) await inLargeRun({ [number]: unchecked }, async (folder) => {
    const error = await t.throwsAsync(writeReports(folder), { instanceOf: Problem });
    t.regex(error.message, /0[23]-x has a record of format 1/);
  });
});

test('a run that ended before its first trial leaves no folder; one with a trial is kept', async (t) => inRun('', async (folder) => {
  t.true(await discardRun(await createRun(join(folder, 'reports'), 'refused')));
  t.deepEqual(await readdir(join(folder, 'reports')), []);
  t.false(await discardRun(folder));
  t.deepEqual(await readdir(join(folder, 'trials')), ['01-x']);
}));
