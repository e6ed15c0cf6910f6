// Runs a Python script of this folder in virtual time and reads the JSON that it prints.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

/** Rejects with the script's standard error when it fails. `T` is what the script's docstring says it prints. */
export async function runScript<T>(script: string, ...args: readonly (string | number)[]): Promise<T> {
  const { stdout } = await promisify(execFile)(python, [join(import.meta.dirname, script), ...args.map(String)], { maxBuffer: 1 << 24 });
  return JSON.parse(stdout) as T;
}
