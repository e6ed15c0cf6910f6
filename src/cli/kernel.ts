// `bondproof kernel`: the kernel whose time can be bent, built and told of.

import { parseArgs } from 'node:util';

import { exitCodes, Problem, type ExitCode } from '../model/problem.ts';
import { wrap } from '../report/text.ts';
import { ensureKernel, findKernel, wantedOptions } from '../worlds/timewarp/kernel/index.ts';
import { openBar } from './bar.ts';
import { host, interruption, say } from './host.ts';
import { oneOperand, usageProblem } from './words.ts';

/** Says nothing where the kernel is there already. */
const build = async (): Promise<void> => {
  if (await findKernel(host.cacheDir)) return;
  using bar = openBar('kernel');
  const signal = interruption();
  const startMs = performance.now();
  try {
    const { release, folder } = await ensureKernel({ cacheDir: host.cacheDir, uid: host.uid, progress: bar.show, notice: bar.note, signal });
    bar[Symbol.dispose]();
    say(`kernel: Linux ${release} in ${folder}, after ${Math.round((performance.now() - startMs) / 1000)} s`);
  } catch (error) {
    if (signal.aborted) throw new Problem({ asked: 'build the kernel', found: (signal.reason as Error).message, todo: '`bondproof kernel build` goes on where it stood; `bondproof clean --remove` takes away what it has so far', exitCode: exitCodes.interrupted }, { cause: error });
    throw error;
  }
};

const info = async (): Promise<void> => {
  const kernel = await findKernel(host.cacheDir);
  if (!kernel) throw new Problem({ asked: 'tell of the kernel', found: `there is none of this version of bondproof in ${host.cacheDir}`, todo: 'bondproof kernel build', exitCode: exitCodes.setup });
  const { release, source, program } = kernel;
  say(`Linux ${release} for User Mode Linux, from ${source.name} ${source.version} of Debian ${source.suite}`);
  say(program);
  const groups = Map.groupBy(await wantedOptions(), ({ purpose }) => purpose);
  for (const [purpose, options] of groups) {
    say(`\n${purpose}`);
    const names = options.map(({ name, value }) => value === 'y' ? name : `${name}=${value}`).join(' ');
    for (const line of wrap(names, { columns: host.columns, first: '  ' })) say(line);
  }
};

export const kernel = async (args: readonly string[]): Promise<ExitCode> => {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true });
  const what = oneOperand('kernel', 'build|info', positionals);
  if (what !== 'build' && what !== 'info') throw usageProblem(`bondproof kernel ${what}`, 'there is no such thing to do', 'build or info');
  await (what === 'build' ? build : info)();
  return exitCodes.ok;
};
