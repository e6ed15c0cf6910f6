// Root is needed for installing packages only: a plain user runs a trial in user namespaces.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chownSync, mkdirSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { basename, join } from 'node:path';

import test from 'ava';

import { clone, finished, onlyRun, resultOf } from './command.ts';
import { imageForTests, publicFolder, withEnv } from './virtual-env.ts';

const nobody = 65534;
const asNobody = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'] as const;

/** What the program needs to run, in a folder that everybody can read: the clone and the cache may lie where only root can. */
const copyProgram = (to: string, image: string): void => {
  for (const part of ['src', 'bin', 'labs', 'package.json', 'node_modules']) execFileSync('cp', ['-r', join(clone, part), to]);
  mkdirSync(join(to, 'cache', 'bondproof', 'images'), { recursive: true });
  execFileSync('cp', ['-r', '--sparse=always', image, join(to, 'cache', 'bondproof', 'images', basename(image))]);
};

test.serial('a plain user runs a trial in user namespaces', async (t) => withEnv(async (env) => {
  const image = await imageForTests({ ...env, randomBytes });
  const root = publicFolder();
  try {
    copyProgram(root, image.folder);
    for (const name of ['run', 'state', 'reports']) {
      mkdirSync(join(root, name), { mode: 0o700 });
      chownSync(join(root, name), nobody, nobody);
    }
    const allowed = spawnSync(asNobody[0], [...asNobody.slice(1), 'unshare', '--user', '--map-root-user', '--net', 'true']).status === 0;
    const child = spawn(asNobody[0], [...asNobody.slice(1), join(root, 'bin', 'bondproof'), 'run', join(root, 'labs', 'virtual.yaml'), '--scenario', 'control/carrier-down', '--reports', join(root, 'reports')], {
      env: { PATH: process.env['PATH'], HOME: root, XDG_CACHE_HOME: join(root, 'cache'), XDG_RUNTIME_DIR: join(root, 'run'), XDG_STATE_HOME: join(root, 'state') }, stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { code, output } = await finished(child);
    if (!allowed) {
      t.not(code, 0);
      t.log('this host lets nobody but root make namespaces');
      return;
    }
    t.is(code, 0, output);
    t.like(resultOf(onlyRun(join(root, 'reports'))).trials.at(-1), { scenario: 'control/carrier-down', valid: true, outcome: 'disturbed' });
  } finally {
    execFileSync('rm', ['-rf', root]);
  }
}));
