import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import test, { type ExecutionContext } from 'ava';

import { excerpt } from '../../src/harness/excerpt.ts';
import { Problem } from '../../src/model/problem.ts';
import type { Verification } from '../../src/report/verification.ts';

const record = (trial: string): string => join('runs', 'a', 'trials', trial, 'events.ndjson');

const files: Readonly<Record<string, string>> = {
  'verification.html': '<p>page</p>', 'verification.md': '# page', 'verdicts.json': '{}', 'plan.json': '{}', 'plan-00000000.json': '{}',
  'runs/a/report.html': '<p>run</p>', 'runs/a/run.json': '{"not": "kept"}',
  [record('01')]: 'first\n'.repeat(100), [record('02')]: 'second\n'.repeat(100), [record('03')]: 'third\n'.repeat(100),
};

const verificationOf = async (t: ExecutionContext): Promise<{ readonly folder: string; readonly to: string }> => {
  const place = await mkdtemp(join(tmpdir(), 'bp-'));
  t.teardown(async () => { await rm(place, { recursive: true }); });
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(place, 'whole', name, '..'), { recursive: true });
    await writeFile(join(place, 'whole', name), content);
  }
  return { folder: join(place, 'whole'), to: join(place, 'kept', 'small') };
};

const deciding = (...trials: readonly string[]) => ({ deciding: trials.map((folder) => ({ run: 'a', result: { folder: join('trials', folder) } })) });
const verdicts = [deciding('02', '01'), deciding('02'), deciding()] as unknown as Verification['verdicts'];

test('pages, verdicts and plans, records that decide, and digests of everything that was there', async (t) => {
  const { folder, to } = await verificationOf(t);
  const { bytes, records, deciding: all } = await excerpt(folder, to, { verdicts }, 1_000_000);
  t.deepEqual([records, all], [2, 2]);
  const kept = (await readdir(to, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map(({ name }) => name).sort();
  t.deepEqual(kept, ['SHA256SUMS', 'events.ndjson.gz', 'events.ndjson.gz', 'plan-00000000.json', 'plan.json', 'report.html', 'verdicts.json', 'verification.html', 'verification.md']);
  t.is(gunzipSync(await readFile(join(to, `${record('02')}.gz`))).toString(), files[record('02')]!);
  // sha256sum(1) checks the whole with it.
  execFileSync('sha256sum', ['--check', '--strict', '--quiet', join(to, 'SHA256SUMS')], { cwd: folder });
  t.true((await readFile(join(to, 'SHA256SUMS'), 'utf8')).includes(createHash('sha256').update(files[record('03')]!).digest('hex')));
  t.is(bytes, Number(execFileSync('sh', ['-c', 'cat $(find "$1" -type f) | wc -c', 'sh', to], { encoding: 'utf8' })));
});

test('what has no room is left out, the second most telling before the first', async (t) => {
  const { folder, to } = await verificationOf(t);
  const { bytes } = await excerpt(folder, to, { verdicts }, 0);
  const { records } = await excerpt(folder, `${to}-2`, { verdicts }, bytes + 60);
  t.is(records, 1);
  t.deepEqual(await readdir(join(`${to}-2`, 'runs', 'a', 'trials')), ['02']);
});

test('nothing is written over', async (t) => {
  const { folder, to } = await verificationOf(t);
  await excerpt(folder, to, { verdicts }, 0);
  await t.throwsAsync(excerpt(folder, to, { verdicts }, 0), { instanceOf: Problem });
});
