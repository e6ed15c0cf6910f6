// The process's surroundings, read here and handed down: environment, folders, terminal, time, randomness.

import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

import { withoutSecrets } from '../model/secret.ts';
import { printable } from '../report/text.ts';

/** The clone. */
export const root = join(import.meta.dirname, '..', '..');

const { env, stdout } = process;

/** A relative path in an XDG variable is to be ignored (XDG Base Directory Specification). */
const xdg = (name: string, otherwise: string): string => {
  const value = env[name];
  return value !== undefined && isAbsolute(value) ? value : otherwise;
};

export const host = {
  home: homedir(),
  cacheDir: join(xdg('XDG_CACHE_HOME', join(homedir(), '.cache')), 'bondproof'),
  /** Undo journals and locks: they outlive runs, and reboots. */
  stateDir: join(xdg('XDG_STATE_HOME', join(homedir(), '.local', 'state')), 'bondproof'),
  runDir: xdg('XDG_RUNTIME_DIR', '/tmp'),
  uid: process.getuid?.() ?? 0,
  sshAuthSock: env['SSH_AUTH_SOCK'] ?? null,
  nodeBinary: process.execPath,
  randomBytes,
  terminal: stdout.isTTY,
  columns: stdout.isTTY ? Math.max(80, stdout.columns) : 80,
  /** NO_COLOR counts when it is set and not empty (no-color.org). */
  color: stdout.isTTY && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb',
} as const;

/** What a device said is among it somewhere: it shall not steer the terminal, and secrets of its are not for here. */
const safe = (text: string): string => withoutSecrets(text).split('\n').map(printable).join('\n');

export const say = (text: string): void => { stdout.write(`${safe(text)}\n`); };

export const complain = (text: string): void => { process.stderr.write(`${safe(text)}\n`); };

/** Text with colours, or JSON: each piece of it was made safe before, and it comes from records. */
export const sayAsIs = (text: string): void => { stdout.write(`${text}\n`); };

/** Aborted by the first SIGINT, SIGTERM or SIGHUP: everything is undone and reported. The second one ends the program at once. */
export const interruption = (): AbortSignal => {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130);
      complain(`\n${name}: undoing and ending; once more ends at once, and leaves the undoing to the nodes and the next command`);
      controller.abort(new Error(`interrupted by ${name}`));
    });
  }
  return controller.signal;
};
