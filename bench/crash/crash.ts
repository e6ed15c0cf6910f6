// One crash: an orchestrator, a moment, a death; then what the traffic saw and what was left.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Arrival } from '../../test/agent/canary.ts';
import { inhabitants, residue } from '../../test/agent/inhabitants.ts';
import type { Rig } from './rig.ts';

export const leaseMs = 1000;
export const graceMs = 250;

export const kinds = ['orchestrator killed', 'orchestrator stopped', 'ssh session killed', 'holder killed', 'nft killed', 'holder and nft stopped', 'network cut'] as const;
export type Kind = (typeof kinds)[number];

export interface Crash {
  readonly at: string;
  readonly seed: number;
  readonly kind: Kind;
  /** From the orchestrator's start to its death, or the death of what it needs. */
  readonly momentMs: number;
  /** How far the orchestrator said it was. */
  readonly phase: string;
  /** Datagrams were lost at that moment, or after it by an order that was on its way. */
  readonly faultWasLive: boolean;
  /** From then until the first datagram that arrived after the last lost one; 0 when none was lost, null when it never flowed again. */
  readonly liftedAfterMs: number | null;
  readonly leaseMs: number;
  /** From then until nothing was left; null when something stayed. What was stopped is killed once the traffic was judged, and counts from there. */
  readonly goneAfterMs: number | null;
  readonly residue: readonly string[];
}

export const crash = async (rig: Rig, { seed, kind, momentMs }: Pick<Crash, 'seed' | 'kind' | 'momentMs'>): Promise<Crash> => {
  await provenClean(rig);
  const at = new Date().toISOString();
  const from = rig.canary.arrivals.length - 1;
  const [program, ...args] = [...rig.far, process.execPath, join(import.meta.dirname, 'orchestrator.ts'), rig.login.hostKey, rig.login.privateKeyFile, String(leaseMs)];
  const orchestrator = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, NODE_COMPILE_CACHE: rig.compileCache } });
  const exited = once(orchestrator, 'exit');
  let phase = 'started';
  orchestrator.stdout.setEncoding('utf8').on('data', (text: string) => { phase = text.trim().split('\n').at(-1)!; });
  const begunUs = rig.canary.nowUs();
  await sleep(momentMs);
  const victims = await victimsOf(kind, rig, orchestrator.pid!);
  const atUs = rig.canary.nowUs();
  if (kind === 'network cut') await rig.cable('down');
  for (const pid of victims) process.kill(pid, kind.endsWith('stopped') ? 'SIGSTOP' : 'SIGKILL');
  const phaseThen = phase;

  await sleep(leaseMs + graceMs + 100);
  const lifted = await judged(rig, from, atUs);
  if (kind === 'holder and nft stopped') for (const pid of victims) signal(pid, 'SIGKILL');
  const thawedUs = kind === 'holder and nft stopped' ? rig.canary.nowUs() : atUs;
  const left = await leftBehind(rig);
  const goneAfterMs = left.length === 0 ? round((rig.canary.nowUs() - thawedUs) / 1000) : null;

  signal(orchestrator.pid!, 'SIGKILL');
  await exited;
  for (const pid of childrenOf(rig.sshdPid)) signal(pid, 'SIGKILL'); // One whose cable was pulled waits for minutes.
  if (kind === 'network cut') await rig.cable('up');
  return { at, seed, kind, momentMs: round((atUs - begunUs) / 1000), phase: phaseThen, ...lifted, leaseMs, goneAfterMs, residue: left };
};

/** The processes that the kind is about; where they are not there yet, as soon as they are. */
const victimsOf = async (kind: Kind, rig: Rig, orchestratorPid: number): Promise<readonly number[]> => {
  const all = (what: 'holder' | 'nft'): readonly number[] => inhabitants(rig.network).filter((each) => each.what === what).map(({ pid }) => pid);
  const find = (): readonly number[] | null => {
    switch (kind) {
      case 'network cut': return [];
      case 'orchestrator killed':
      case 'orchestrator stopped': return [orchestratorPid];
      case 'ssh session killed': return some(childrenOf(rig.sshdPid));
      case 'holder killed': return some(all('holder'));
      case 'nft killed': return some(all('nft'));
      case 'holder and nft stopped': return all('nft').length === 0 ? null : [...all('holder'), ...all('nft')];
    }
  };
  const end = Date.now() + 20_000;
  while (Date.now() < end) {
    const victims = find();
    if (victims) return victims;
    await sleep(10);
  }
  throw new Error(`${kind}: within 20 s there was none`);
};

const some = (pids: readonly number[]): readonly number[] | null => pids.length === 0 ? null : pids;

const judged = async ({ canary }: Rig, from: number, atUs: number): Promise<Pick<Crash, 'faultWasLive' | 'liftedAfterMs'>> => {
  const flows = (): boolean => canary.nowUs() - canary.arrivals.at(-1)!.heardUs < 100_000;
  const end = Date.now() + 5000;
  while (!flows() && Date.now() < end) await sleep(10);
  const verdict = verdictOf(canary.arrivals.slice(from), atUs);
  return flows() ? verdict : { faultWasLive: verdict.faultWasLive, liftedAfterMs: null };
};

/** Datagrams are numbered, so a hole is a loss and never a sender that was late. */
export const verdictOf = (arrivals: readonly Arrival[], atUs: number): { readonly faultWasLive: boolean; readonly liftedAfterMs: number } => {
  const last = arrivals.findLast((after, n) => n > 0 && after.seq > arrivals[n - 1]!.seq + 1 && after.sentUs > atUs);
  return last ? { faultWasLive: true, liftedAfterMs: round((last.heardUs - atUs) / 1000) } : { faultWasLive: false, liftedAfterMs: 0 };
};

/** What is left when nothing more goes: a holder that has no plan yet waits 20 s for it. */
const leftBehind = async (rig: Rig): Promise<readonly string[]> => {
  const end = Date.now() + 25_000;
  for (;;) {
    const left = await residue(rig.node, rig.network);
    if (left.length === 0 || Date.now() > end) return left;
    await sleep(50);
  }
};

const provenClean = async (rig: Rig): Promise<void> => {
  const left = await residue(rig.node, rig.network);
  if (left.length > 0) throw new Error(`the namespaces are not clean: ${left.join(', ')}`);
  const heard = rig.canary.arrivals.length;
  const end = Date.now() + 5000;
  while (rig.canary.arrivals.length < heard + 10) {
    if (Date.now() > end) throw new Error('the canary does not cross');
    await sleep(10);
  }
};

const childrenOf = (parent: number): readonly number[] => readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
  try {
    // proc_pid_stat(5): the name in parentheses may hold anything, the parent is the second field after it.
    return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[1] === String(parent);
  } catch {
    return false; // It ended while we looked.
  }
});

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // It is gone already: that is what was wanted.
  }
};

const round = (ms: number): number => Math.round(ms * 10) / 10;
