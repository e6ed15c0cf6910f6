// What trials take for granted of a node is so in both embedded worlds: one suite, and what it finds in one it finds in the other.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import test from 'ava';

import { loadLab } from '../../src/labs/lab-file.ts';
import type { Lab } from '../../src/model/lab.ts';
import { timewarpWorld } from '../../src/worlds/timewarp/world.ts';
import type { VirtualEnv } from '../../src/worlds/virtual/up.ts';
import { virtualWorld } from '../../src/worlds/virtual/world.ts';
import { allAbilities } from '../worlds/abilities.ts';
import { clone } from './command.ts';
import { timewarp } from './timewarp-kernel.ts';
import { withEnv } from './virtual-env.ts';
import { whenReady } from './virtual-ready.ts';

const options = { signal: new AbortController().signal, notice: () => undefined };

const labIn = (name: string, { runDir }: VirtualEnv): Lab => {
  const file = join(clone, 'labs', `${name}.yaml`);
  return loadLab(readFileSync(file, 'utf8'), { file, home: runDir, dialects: [] });
};

test.serial('a machine has all abilities of a node', (t) => withEnv(async (env) => {
  await using open = await virtualWorld(env).open(labIn('virtual', env), options);
  await whenReady(open, { timeoutMs: 300_000 });
  await allAbilities(t, open);
}));

timewarp('a node whose time jumps has them, too', (t) => withEnv(async (env) => {
  await using open = await timewarpWorld(env).open(labIn('timewarp', env), options);
  await whenReady(open, { timeoutMs: 300_000 });
  await allAbilities(t, open);
}));
