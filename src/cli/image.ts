// `bondproof image` and `bondproof clean`: what the cache holds.

import { parseArgs } from 'node:util';

import { exitCodes, type ExitCode } from '../model/problem.ts';
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
  const images = await imagesInCache(host.cacheDir);
  const current = (await findImage(host.cacheDir))?.folder;
  if (images.length === 0) say(`nothing in ${host.cacheDir}`);
  for (const { folder, bytes } of images) say(`${values.remove === true ? 'removed ' : ''}${folder}  ${Math.round(bytes / 2 ** 20)} MB  ${folder === current ? 'the lab image of this clone' : 'lab image of another version'}`);
  if (values.remove === true) await removeImages(images);
  else if (images.length > 0) say('`bondproof clean --remove` removes all of it; the next run builds what it needs');
  return exitCodes.ok;
};
