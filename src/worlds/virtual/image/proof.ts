// An image is used when its kernel was seen to run on this host's processor, with its modules and programs.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bootOnce } from '../../building/boot.ts';
import { asRoot } from '../../building/privileges.ts';

/**
 * Boots the image once, without a network, until guest/root's `proof` has spoken.
 * @throws Error with what the console said last, or the signal's reason
 */
export const proveBoot = async (folder: string, { uid, signal }: { readonly uid: number; readonly signal: AbortSignal }): Promise<void> => {
  const cow = join(folder, 'proof.cow');
  const argv = [
    ...asRoot(uid), './linux', 'umid=proof', `uml_dir=${folder}/`, 'mem=128M', 'seccomp=on', 'quiet', `ubd0=${cow},${join(folder, 'disk.img')}`,
    'root=/dev/ubda', 'rw', 'con=null', 'con0=null,fd:1', 'ssl=null', 'init=/usr/lib/bondproof/proof',
  ];
  try {
    await bootOnce(argv, { cwd: folder, signal });
  } finally {
    await rm(cow, { force: true });
    await rm(join(folder, 'proof'), { recursive: true, force: true });
  }
};
