// An image is used when its kernel was seen to run on this host's processor, with its modules and programs.

import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { killGroup, lastLines } from './programs.ts';
import { asRoot } from './privileges.ts';

/** A boot to this point takes about two seconds; a loaded host may take its time. */
const limitMs = 120_000;

/**
 * Boots the image once, without a network, until guest/root's `proof` has spoken.
 * @throws Error with what the console said last, or the signal's reason
 */
export const proveBoot = async (folder: string, { uid, signal }: { readonly uid: number; readonly signal: AbortSignal }): Promise<void> => {
  signal.throwIfAborted();
  const cow = join(folder, 'proof.cow');
  const argv = [
    ...asRoot(uid), './linux', 'umid=proof', `uml_dir=${folder}/`, 'mem=128M', 'seccomp=on', 'quiet', `ubd0=${cow},${join(folder, 'disk.img')}`,
    'root=/dev/ubda', 'rw', 'con=null', 'con0=null,fd:1', 'ssl=null', 'init=/usr/lib/bondproof/proof',
  ];
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...argv], { cwd: folder, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<string>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, killedBy) => resolve(killedBy ?? `exit code ${code}`));
  });
  const stop = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
  const kill = (): void => killGroup(child.pid);
  stop.addEventListener('abort', kill, { once: true });
  try {
    const said: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      said.push(line);
      if (line.includes('bondproof: proof passed')) return;
      if (line.includes('bondproof: proof failed')) break;
    }
    signal.throwIfAborted();
    throw new Error(`it does not run here; its console's last words:\n${lastLines(said.join('\n'), 8)}`);
  } finally {
    stop.removeEventListener('abort', kill);
    kill();
    await ended;
    await rm(cow, { force: true });
    await rm(join(folder, 'proof'), { recursive: true, force: true });
  }
};
