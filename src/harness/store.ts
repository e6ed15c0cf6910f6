// Where a run's record lies: one folder a run, one folder a trial, and the reports made from them.

import { copyFile, mkdir, open, readdir, readFile, rename, rm, rmdir, stat, statfs, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';

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
    await rm(join(folder, 'plan.json'), { force: true });
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
  for (const name of await namesOf(folder)) {
    const trial = await readTrial(folder, name);
    if (trial !== null) trials.push(trial);
  }
  return trials;
};

const namesOf = async (folder: string): Promise<readonly string[]> => {
  const names = await readdir(join(folder, 'trials')).catch(() => {
    throw new Problem({ asked: `read the run ${folder}`, found: 'no folder `trials` in it', right: 'a folder that `bondproof run` made', todo: 'see `ls reports`', exitCode: exitCodes.usage });
  });
  return names.sort();
};

/** Null where it has no record. */
const readTrial = async (folder: string, name: string): Promise<StoredTrial | null> => {
  const bytes = await readFile(join(folder, 'trials', name, 'events.ndjson')).catch(() => null);
  if (bytes === null) return null;
  if (isUnchecked(bytes.toString('utf8', 0, bytes.indexOf('\n') + 1))) {
    throw new Problem({ asked: `read the run ${folder}`, found: `${name} has a record of format 1, which cannot tell whether it is whole`, right: 'format 2', todo: 'use the reports that lie beside it, or run it again', exitCode: exitCodes.usage });
  }
  return { folder: join('trials', name), ...parseRecord(bytes) };
};

/** Makes every report of a run anew from its records alone; the same records give the same bytes. */
export const writeReports = async (folder: string): Promise<RunResult> => {
  const names = await namesOf(folder);
  const shared = names.length < manyTrials || availableParallelism() < 2 ? [] : names.filter((_, n) => n % 2 === 1);
  const [own, others] = await Promise.all([reportTrials(folder, names.filter((name) => !shared.includes(name))), shared.length === 0 ? [] : reportElsewhere(folder, shared)]);
  const trials = [...own, ...others].sort((a, b) => a.name < b.name ? -1 : 1);
  const sections = new Map(trials.map(({ judged, section }) => [judged.result.folder, section]));
  const run = runOf(trials.map(({ judged }) => judged));
  await writeFiles(folder, runFiles(run, (trial) => sections.get(trial.folder)!));
  return run;
};

/** From here on it pays to start a second thread, which costs a second of a processor. */
const manyTrials = 12;

/** What is left of a trial when its record is forgotten. */
export interface ReportedTrial { readonly name: string; readonly judged: JudgedTrial; readonly section: string }

/** Judges each trial and writes what lies beside its record, one after the other. */
export const reportTrials = async (folder: string, names: readonly string[]): Promise<readonly ReportedTrial[]> => {
  const trials: ReportedTrial[] = [];
  for (const name of names) {
    const trial = await readTrial(folder, name);
    if (trial === null) continue;
    const judged = judgeRecord(trial);
    trials.push({ name, judged, section: trialSection(judged.result, trial.events) });
    await writeFiles(folder, trialFiles(trial));
  }
  return trials;
};

/** The same on another processor. */
const reportElsewhere = async (folder: string, names: readonly string[]): Promise<readonly ReportedTrial[]> => new Promise((resolve, reject) => {
  const worker = new Worker(new URL('store-worker.ts', import.meta.url), { workerData: { folder, names } satisfies WorkerTask });
  worker.once('message', (answer: WorkerAnswer) => {
    if ('trials' in answer) resolve(answer.trials);
    else reject(new Problem(answer.problem));
  });
  worker.once('error', reject);
  worker.once('exit', (code) => { reject(new Error(`the second thread of the reports ended with ${code}`)); });
});

export interface WorkerTask { readonly folder: string; readonly names: readonly string[] }
export type WorkerAnswer = { readonly trials: readonly ReportedTrial[] } | { readonly problem: Problem['parts'] };

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
