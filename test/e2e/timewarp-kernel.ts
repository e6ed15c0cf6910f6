// For tests that need the kernel that `bondproof kernel build` makes: where there is none they say so.

import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

import test, { type ExecutionContext } from 'ava';

import { findKernel } from '../../src/worlds/timewarp/kernel/index.ts';

const xdg = process.env['XDG_CACHE_HOME'];
const cacheDir = join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), '.cache'), 'bondproof');

export const timewarp = (title: string, body: (t: ExecutionContext) => Promise<void>): void => {
  test.serial(title, async (t) => {
    if (await findKernel(cacheDir) !== null) return body(t);
    t.log('LEFT OUT: this needs a kernel of our own, which `bondproof kernel build` makes');
    t.pass();
  });
};
