// Which processes live in a network namespace, and what a fault left there.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

import type { Session } from '../../src/model/session.ts';

export const networkOf = async (session: Session): Promise<string> => (await session.run({ argv: ['readlink', '/proc/self/ns/net'] }, { timeoutMs: 10_000 })).stdout;

interface Inhabitant { readonly pid: number; readonly what: 'holder' | 'nft' }

export const inhabitants = (network: string): readonly Inhabitant[] => readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid): Inhabitant[] => {
  try {
    if (readlinkSync(`/proc/${pid}/ns/net`) !== network) return [];
    const [program = '', ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    if (program.endsWith('nft') || args.includes('nft')) return [{ pid: Number(pid), what: 'nft' }];
    return args.some((arg) => arg.includes("bondproof's holder:")) ? [{ pid: Number(pid), what: 'holder' }] : [];
  } catch {
    return []; // It ended while we looked.
  }
});

/** Tables, sinks, processes and files that a fault left in the namespace; nothing when it is gone. */
export const residue = async (session: Session, network: string): Promise<readonly string[]> => {
  const look = 'nft list tables; ip -br link show bondproof-sink 2> /dev/null; cd /run/bondproof 2> /dev/null && ls | grep -vx fault.lock; true';
  const seen = await session.run({ argv: ['sh', '-c', look] }, { timeoutMs: 10_000 });
  if (seen.exitCode !== 0 || seen.stderr) return [`cannot tell: ${seen.stderr}`]; // What could not be read is not absent.
  return [...inhabitants(network).map(({ pid, what }) => `process ${what} ${pid}`), ...seen.stdout.split('\n').filter((line) => line !== '')];
};
