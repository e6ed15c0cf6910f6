// LACP trials on timewarp labs, the fault at phases spread over the period of LACPDUs. Goes on where an earlier call stood.
// Usage: node bench/lacp/trials.ts [--each N] [--minutes M]. Results are added to bench/results/lacp-phases.ndjson.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

import { ratePairs, resultsFile, readResults, type LacpTrial, type RatePair } from './results.ts';

const root = dirname(dirname(import.meta.dirname));
/** Trials of each pair in one call of bondproof: as many strata has the period in it. Labs are brought up for each call. */
const batch = 25;

/** Nobody is reset: a reset of the victim would hide when LACP gives the slave up. */
const scenario = ({ node, onSwitch }: RatePair): string => `name: 802.3ad/${node}-${onSwitch}/idle
summary: LACP with its rates ${node} at the node and ${onSwitch} at the switch, and no HA.
bond: { mode: 802.3ad, lacpRate: ${node}, xmitHashPolicy: layer2+3, miimonMs: 100 }
ports: { kind: lacp, rate: ${onSwitch} }
fault: tx-silent
target: first
ha: idle
`;

interface Json {
  readonly about: Readonly<Record<string, string>>;
  readonly trials: readonly {
    readonly scenario: string; readonly number: number; readonly attempt: number; readonly valid: boolean; readonly outcome: string;
    readonly phase: { readonly wantedMs: number; readonly measuredMs: number | null } | null;
    readonly lacp: { readonly switchExpiredMs: number | null; readonly switchDefaultedMs: number | null; readonly nodeStoppedMs: number | null } | null;
    readonly nodes: Readonly<Record<string, { readonly deliveryOutageMs: number; readonly outOfQuorumMs: number }>>;
  }[];
}

const run = async (folder: string, pairs: readonly RatePair[], { seed, repeat }: { readonly seed: number; readonly repeat: number }): Promise<readonly LacpTrial[]> => {
  const files = pairs.map((pair) => {
    const file = join(folder, `${pair.node}-${pair.onSwitch}.yaml`);
    writeFileSync(file, scenario(pair));
    return file;
  });
  const reports = join(folder, `run-${seed}`);
  const child = spawn(join(root, 'bin/bondproof'), ['run', join(root, 'labs/timewarp.yaml'), ...files.flatMap((file) => ['--scenario', file]), '--phase', 'lacpdu', '--repeat', String(repeat), '--keep-labs', '--seed', String(seed), '--reports', reports], { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'close') as [number | null];
  if (code !== 0 && code !== 1) throw new Error(`bondproof ended with ${code}`);
  const [name] = existsSync(reports) ? readdirSync(reports) : [];
  const { about, trials } = JSON.parse(readFileSync(join(reports, name!, 'run.json'), 'utf8')) as Json;
  rmSync(reports, { recursive: true });
  return trials.map((trial): LacpTrial => {
    const [, node, onSwitch] = /^802\.3ad\/(fast|slow)-(fast|slow)\//.exec(trial.scenario) as unknown as [string, RatePair['node'], RatePair['onSwitch']];
    const most = (figure: 'deliveryOutageMs' | 'outOfQuorumMs'): number => Math.max(0, ...Object.values(trial.nodes).map((each) => each[figure]));
    return {
      at: new Date().toISOString(), node, onSwitch, seed, number: trial.number, attempt: trial.attempt, valid: trial.valid, outcome: trial.outcome, wantedMs: trial.phase?.wantedMs ?? null, phaseMs: trial.phase?.measuredMs ?? null,
      expiredMs: trial.lacp?.switchExpiredMs ?? null, defaultedMs: trial.lacp?.switchDefaultedMs ?? null, stoppedMs: trial.lacp?.nodeStoppedMs ?? null,
      deliveryOutageMs: most('deliveryOutageMs'), outOfQuorumMs: most('outOfQuorumMs'), kernel: about['kernel'] ?? '', corosync: about['corosync'] ?? '',
    };
  });
};

const { values } = parseArgs({ options: { each: { type: 'string', default: '250' }, minutes: { type: 'string', default: '600' } } });
const untilMs = performance.now() + Number(values.minutes) * 60_000;
const folder = mkdtempSync(join(tmpdir(), 'bp-lacp-'));
try {
  mkdirSync(dirname(resultsFile), { recursive: true });
  for (;;) {
    const known = readResults();
    const missing = ratePairs.map((pair) => ({ ...pair, count: Number(values.each) - known.filter(({ node, onSwitch, valid }) => valid && node === pair.node && onSwitch === pair.onSwitch).length })).filter(({ count }) => count > 0);
    if (missing.length === 0 || performance.now() > untilMs) break;
    const startedMs = performance.now();
    // Each batch has a seed of its own, so that its phases are.
    const seed = 1 + Math.max(0, ...known.map((trial) => trial.seed));
    const trials = await run(folder, missing, { seed, repeat: Math.min(batch, ...missing.map(({ count }) => count)) });
    appendFileSync(resultsFile, trials.map((trial) => `${JSON.stringify(trial)}\n`).join(''));
    process.stdout.write(`${known.length + trials.length} trials; ${((performance.now() - startedMs) / 1000 / trials.length).toFixed(1)} s each\n`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
