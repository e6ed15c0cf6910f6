// One builder at a time for each cache folder. The lock is flock(2)'s, held by a child that ends with us: nothing to clean up.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Waits, after a call of `waiting`, while another process has the lock. */
export const lock = async (file: string, { signal, waiting }: { readonly signal: AbortSignal; readonly waiting: () => void }): Promise<AsyncDisposable> => {
  const first = await lockNow(file, signal);
  if (first) return first;
  waiting();
  const second = await tryLock(file, [], signal);
  if (second) return second;
  throw new Error(`flock ${file} failed`);
};

/** Null when another process has it, or there is no folder for the file. */
export const lockNow = (file: string, signal: AbortSignal): Promise<AsyncDisposable | null> => tryLock(file, ['--nonblock'], signal);

/** Null when another process has it. The child reads our end of a pipe, so it ends when we do, whatever the reason. */
const tryLock = async (file: string, options: readonly string[], signal: AbortSignal): Promise<AsyncDisposable | null> => {
  signal.throwIfAborted();
  const child = spawn('flock', [...options, file, 'sh', '-c', 'echo locked; exec cat'], { detached: true, stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = once(child, 'close');
  const letGo = (): void => { child.stdin.destroy(); };
  const stop = (): void => { if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL'); };
  signal.addEventListener('abort', stop, { once: true });
  // `error` (no such program) rejects `ended`; the end of a child that does not get the lock resolves it.
  const locked = await Promise.race([once(child.stdout, 'data').then(() => true), ended.then(() => false)]);
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  if (!locked) return null;
  return {
    async [Symbol.asyncDispose]() {
      letGo();
      await ended;
    },
  };
};
