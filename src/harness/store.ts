// Where a run's record lies: one folder a run, one folder a trial, and the reports made from them.

import { copyFile, mkdir, open, readdir, readFile, rename, rmdir, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { judgeRecord, runOf, type JudgedTrial } from '../analysis/index.ts';
import type { Damage } from '../model/damage.ts';
import type { Event } from '../model/event.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import type { RunResult } from '../model/result.ts';
import { runFiles, trialFiles, trialSection, type ReportFile } from '../report/index.ts';
import { isUnchecked, parseRecord } from './record-text.ts';

/** A campaign on three nodes leaves about 2 MB a trial; the rest is so that a disk is never filled. */
const freeMb = 300;

/** `03-802.3ad-slow-slow`; the second attempt at it has `-again`. */
export const trialFolder = (trial: { readonly number: number; readonly scenario: string; readonly attempt: 1 | 2 }): string =>
  join('trials', `${String(trial.number).padStart(2, '0')}-${trial.scenario.replace(/[^a-z0-9.-]+/gi, '-')}${trial.attempt === 2 ? '-again' : ''}`);

/** Makes the folder of a new run; a run never shares one. */
export const createRun = async (root: string, run: string): Promise<string> => {
  await mkdir(root, { recursive: true });
  const { bavail, bsize } = await statfs(root);
  const haveMb = Math.floor(bavail * bsize / 2 ** 20);
  if (haveMb < freeMb) {
    throw new Problem({ asked: `keep a run in ${root}`, found: `${haveMb} MB of disk are free`, right: `${freeMb} MB`, todo: 'make room, or remove old runs from there', exitCode: exitCodes.resources });
  }
  const folder = join(root, run);
  await mkdir(folder);
  await mkdir(join(folder, 'trials'));
  return folder;
};

/** Removes the folder of a run that ended before its first trial began; false where one has begun. */
export const discardRun = async (folder: string): Promise<boolean> => {
  try {
    await rmdir(join(folder, 'trials'));
    await rmdir(folder);
    return true;
  } catch {
    return false;
  }
};

export interface StoredTrial { readonly folder: string; readonly events: readonly Event[]; readonly damage: Damage }

/** Reads the records of a run, in the order of their folders' names. */
export const readRun = async (folder: string): Promise<readonly StoredTrial[]> => {
  const trials: StoredTrial[] = [];
  for await (const trial of readTrials(folder)) trials.push(trial);
  return trials;
};

/** The same one by one: those of a large run are more than fits into memory. */
async function* readTrials(folder: string): AsyncGenerator<StoredTrial> {
  const names = await readdir(join(folder, 'trials')).catch(() => {
    throw new Problem({ asked: `read the run ${folder}`, found: 'no folder `trials` in it', right: 'a folder that `bondproof run` made', todo: 'see `ls reports`', exitCode: exitCodes.usage });
  });
  for (const name of names.sort()) {
    const text = await readFile(join(folder, 'trials', name, 'events.ndjson'), 'utf8').catch(() => null);
    if (text === null) continue;
    if (isUnchecked(text)) {
      throw new Problem({ asked: `read the run ${folder}`, found: `${name} has a record of format 1, which cannot tell whether it is whole`, right: 'format 2', todo: 'use the reports that lie beside it, or run it again', exitCode: exitCodes.usage });
    }
    yield { folder: join('trials', name), ...parseRecord(text) };
  }
}

/** Makes every report of a run anew from its records alone; the same records give the same bytes. */
export const writeReports = async (folder: string): Promise<RunResult> => {
  const judged: JudgedTrial[] = [];
  const sections = new Map<string, string>();
  for await (const trial of readTrials(folder)) {
    const each = judgeRecord(trial);
    judged.push(each);
    sections.set(trial.folder, trialSection(each.result, trial.events));
    await writeFiles(folder, trialFiles(trial));
  }
  const run = runOf(judged);
  await writeFiles(folder, runFiles(run, (trial) => sections.get(trial.folder)!));
  return run;
};

const writeFiles = async (folder: string, files: readonly ReportFile[]): Promise<void> => {
  for (const { path, content } of files) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    // Whole or not at all: a report that a full disk cut short would be read as one.
    await writeFile(`${target}.new`, content);
    await rename(`${target}.new`, target);
  }
};

export const sizeOf = async (path: string | null): Promise<number> => path === null ? 0 : stat(path).then(({ size }) => size, () => 0);

/** Copies what a growing file got since it was `from` bytes long. */
export const copyTail = async (source: string, from: number, target: string): Promise<void> => {
  if (from === 0) {
    await copyFile(source, target);
    return;
  }
  const file = await open(source, 'r');
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.max(0, size - from));
    await file.read(bytes, 0, bytes.length, from);
    await writeFile(target, bytes);
  } finally {
    await file.close();
  }
};
