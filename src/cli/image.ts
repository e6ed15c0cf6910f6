// `bondproof image` and `bondproof clean`: what the cache holds, kernels included.

import { parseArgs } from 'node:util';

import { exitCodes, type ExitCode } from '../model/problem.ts';
import { lockNow } from '../worlds/building/lock.ts';
import { findKernel, kernelsInCache, kernelsLock, removeKernels } from '../worlds/timewarp/kernel/index.ts';
import { removeTrees, treesInCache } from '../worlds/timewarp/tree.ts';
import { labsFolder, sweep } from '../worlds/virtual/folder.ts';
import { ensureImage, findImage, imagesInCache, removeImages } from '../worlds/virtual/image/index.ts';
import { complain, host, interruption, say } from './host.ts';
import { usageProblem } from './words.ts';

/** Says nothing where the image is there already. */
export const image = async (args: readonly string[]): Promise<ExitCode> => {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true });
  if (positionals.length > 0) throw usageProblem('bondproof image', positionals.join(' '), 'no operand');
  await ensureImage({ cacheDir: host.cacheDir, uid: host.uid, notice: complain, signal: interruption() });
  return exitCodes.ok;
};

export const clean = async (args: readonly string[]): Promise<ExitCode> => {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { remove: { type: 'boolean' } } });
  if (positionals.length > 0) throw usageProblem('bondproof clean', positionals.join(' '), 'no operand');
  for (const folder of await sweep(labsFolder(host))) say(`removed ${folder}, what was left of a lab whose program was killed`);
  const held = await lockNow(kernelsLock(host.cacheDir), new AbortController().signal);
  try {
    await cleanCache({ remove: values.remove === true, building: held === null });
  } finally {
    await held?.[Symbol.asyncDispose]();
  }
  return exitCodes.ok;
};

/** A kernel that is being built is left alone. */
const cleanCache = async ({ remove, building }: { readonly remove: boolean; readonly building: boolean }): Promise<void> => {
  const [images, kernels, trees] = [await imagesInCache(host.cacheDir), await kernelsInCache(host.cacheDir, { building }), await treesInCache(host.cacheDir)];
  const current = [(await findImage(host.cacheDir))?.folder, (await findKernel(host.cacheDir))?.folder];
  const whose = (folder: string): string => current.includes(folder) ? 'of this clone' : 'of another version';
  const found = [
    ...images.map(({ folder, bytes }) => ({ folder, bytes, what: `lab image ${whose(folder)}` })),
    ...trees.map(({ folder, bytes }) => ({ folder, bytes, what: 'files of a lab image, unpacked for timewarp labs' })),
    ...kernels.map(({ folder, bytes, complete }) => ({ folder, bytes, what: complete ? `kernel ${whose(folder)}` : 'kernel whose build is not done; `bondproof kernel build` goes on with it' })),
  ];
  if (found.length === 0) say(`nothing in ${host.cacheDir}`);
  for (const { folder, bytes, what } of found) say(bytes === null ? `${folder}  is being built right now` : `${remove ? 'removed ' : ''}${folder}  ${Math.round(bytes / 2 ** 20)} MB  ${what}`);
  if (remove) {
    await removeImages(images);
    await removeTrees(trees);
    await removeKernels(kernels.filter(({ bytes }) => bytes !== null));
  } else if (found.length > 0) say('`bondproof clean --remove` removes all of it; the next run builds what it needs');
};
