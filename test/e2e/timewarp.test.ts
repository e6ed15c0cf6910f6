// Trials on a lab whose time jumps: what happens is what happens on a lab of machines in real time. Needs the kernel that `bondproof kernel build` makes.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';

import { setTimeout as sleep } from 'node:timers/promises';

import { drawSchedule, nameOf } from '../../src/hunt/schedule.ts';
import { clone, eventsOf, onlyRun, resultOf, untilSaid, withHome } from './command.ts';
import { timewarp } from './timewarp-kernel.ts';

const lab = join(clone, 'labs', 'timewarp.yaml');

timewarp('802.3ad fast-fast is disturbed and recovers unfenced, active-backup/active fences the victim alone, and a seed makes a trial again', async (t) => withHome(async (home) => {
  const reports = join(home.folder, 'reports');
  const { code, output } = await home.run('run', lab, '--scenario', '802.3ad/fast-fast', '--scenario', 'active-backup/active', '--labs', '1', '--reports', reports);
  t.is(code, 0, output);
  const run = onlyRun(reports);
  const result = resultOf(run);
  t.is(result.world, 'timewarp');
  t.true(result.simulated.some((text) => text.includes('whose time travels')));
  const [lacp, active] = ['802.3ad/fast-fast', 'active-backup/active'].map((name) => result.trials.find(({ scenario }) => scenario === name)!);

  t.like(lacp, { outcome: 'disturbed', valid: true, fenced: [], victim: 'pve1', link: 'pve1-eth1' }, lacp!.reason);
  t.deepEqual(lacp!.class, { predicted: 'partial', measured: 'partial' });
  // The node hears no LACPDU for three times the fast rate, and one more before its port is disabled (IEEE 802.1AX, 6.4.4; drivers/net/bonding/bond_3ad.c).
  t.true(lacp!.lacp!.nodeStoppedMs! > 2000 && lacp!.lacp!.nodeStoppedMs! < 15_000, `the node stopped after ${lacp!.lacp!.nodeStoppedMs} ms`);

  t.deepEqual(lacp!.predictions.filter(({ within }) => within === false), []);
  t.is(lacp!.predictions.find(({ what }) => what === 'node stopped')?.within, true);

  t.like(active, { outcome: 'fenced', valid: true }, active!.reason);
  t.deepEqual(active!.fenced.map(({ node, bystander, rehearsed }) => ({ node, bystander, rehearsed })), [{ node: 'pve1', bystander: false, rehearsed: false }]);
  // As in the virtual world: 60 to 62 s after the last refresh, which was up to 15 s before, and 10 s of the watchdog's.
  const { afterMs, errorMs } = active!.fenced[0]!;
  t.true(afterMs + errorMs > 54_000 && afterMs - errorMs < 75_000, `reset after ${afterMs} +- ${errorMs} ms`);
  t.true(eventsOf(run, active!.folder).some((event) => event.type === 'node-back' && event.node === 'pve1'));

  const again = await home.run('replay', run, String(lacp!.number), '--reports', join(home.folder, 'again'));
  t.is(again.code, 0, again.output);
  t.regex(again.output, /the same again: all \d{4} events, byte for byte/);
}));

timewarp('a switch that asks for slow LACPDUs from one moment on says so on the wire, is as before after it, and costs a fraction of a second at most', async (t) => withHome(async (home) => {
  const reports = join(home.folder, 'reports');
  const { code, output } = await home.run('run', lab, '--scenario', '802.3ad/fast-fast/switch-rate-slow', '--reports', reports);
  t.is(code, 0, output);
  const [trial] = resultOf(onlyRun(reports)).trials;
  t.like(trial, { valid: true, fenced: [], findings: [] }, trial!.reason);
  // The switch's timer was set by the old rate: 3 s after the last LACPDU its port is EXPIRED, until the node answers (bond_3ad.c, ad_rx_machine).
  t.deepEqual(trial!.darkPairs.filter(({ fromMs, toMs }) => toMs === null || toMs - fromMs > 1000), []);
  t.is(trial!.lacp!.nodeStoppedMs, null);
  t.true(trial!.proof.some(({ what, held }) => held && what === 'the switch asked for slow LACPDUs during the fault, and not before'));
}));

/** Processes that run in the folder or below it, as a lab's kernel does. */
const ofFolder = (folder: string): readonly string[] => readdirSync('/proc').filter((pid) => {
  try {
    return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
  } catch {
    return false; // It ended while we looked.
  }
});

timewarp('a lab that is kept has one trial after the other, each as if it were the first, and none can be replayed', async (t) => withHome(async (home) => {
  const reports = join(home.folder, 'reports');
  const { code, output } = await home.run('run', lab, '--scenario', '802.3ad/fast-fast', '--repeat', '2', '--labs', '1', '--keep-labs', '--reports', reports);
  t.is(code, 0, output);
  const run = onlyRun(reports);
  const { trials } = resultOf(run);
  t.deepEqual(trials.map(({ valid, attempt, outcome, fenced }) => ({ valid, attempt, outcome, fenced })), Array.from({ length: 2 }, () => ({ valid: true, attempt: 1, outcome: 'disturbed', fenced: [] })));
  const again = await home.run('replay', run, '2', '--reports', join(home.folder, 'again'));
  t.is(again.code, 2);
  t.regex(again.output, /its lab had other trials before it/);
}));

timewarp('a program that is killed takes its kernel along, and the next one clears its folder away', async (t) => withHome(async (home) => {
  const runDir = join(home.folder, 'run');
  const killed = home.start('run', lab, '--scenario', 'broadcast', '--reports', join(home.folder, 'reports'));
  await untilSaid(killed, /: converge/);
  t.true(ofFolder(runDir).length > 0);
  killed.kill('SIGKILL');
  while (ofFolder(runDir).length > 0) await sleep(50);
  t.is(readdirSync(runDir).filter((name) => name.startsWith('bondproof-timewarp-')).length, 1);
  const next = home.start('run', lab, '--scenario', 'broadcast', '--reports', join(home.folder, 'more-reports'));
  await untilSaid(next, /: preflight/);
  t.is(readdirSync(runDir).filter((name) => name.startsWith('bondproof-timewarp-')).length, 1);
  next.kill('SIGKILL');
  while (ofFolder(runDir).length > 0) await sleep(50);
}));

timewarp('a verification runs what a claim wants, with the fault at the phase that was drawn, and then wants nothing more', async (t) => withHome(async (home) => {
  const reports = join(home.folder, 'reports');
  const verify = async (): ReturnType<typeof home.run> => home.run('verify', lab, '--claim', 'C01', '--seed', '5', '--reports', reports);
  const first = await verify();
  t.is(first.code, 0, first.output);
  t.regex(first.output, /^C01 +upheld/m);
  const folder = join(reports, 'verification-timewarp');
  const run = onlyRun(join(folder, 'runs'));
  const [trial] = resultOf(run).trials;
  t.like(trial, { scenario: '802.3ad/fast-fast', valid: true }, trial!.reason);
  const { wantedMs, measuredMs, errorMs } = trial!.phase!;
  // One that would come within the first tenth of a second comes when the LACPDU is told of (agents tell ten times a second).
  t.true(Math.abs(measuredMs! - Math.max(wantedMs, 100)) <= errorMs! + 20, `wanted ${wantedMs} ms after the LACPDU, came after ${measuredMs} ± ${errorMs} ms`);
  const page = readFileSync(join(folder, 'verification.html'), 'utf8');
  t.true(page.includes(`runs/${basename(run)}/report.html#trial-1-1`));

  const second = await verify();
  t.is(second.code, 0, second.output);
  t.is(readdirSync(join(folder, 'runs')).length, 1, 'nothing was wanted');
}));

/** The first seed that draws the plain schedule of this name first: so the first trial of its hunt is known. */
const seedFor = (name: string): number => {
  for (let seed = 0; ; seed += 1) if (nameOf(drawSchedule(seed, 1)) === name) return seed;
};

timewarp('a hunt finds what it is for, confirms it, and its file runs; a trial of it can be had again', async (t) => withHome(async (home) => {
  const reports = join(home.folder, 'reports');
  const found = join(home.folder, 'found.yaml');
  // One trial of budget: what it finds is not shrunk.
  const { code, output } = await home.run('hunt', lab, '--goal', 'victim fenced', '--trials', '1', '--seed', String(seedFor('active-backup/active')), '--confirm', '1', '--labs', '1', '--out', found, '--reports', reports);
  t.is(code, 0, output);
  t.regex(output, /“victim fenced” after 2 trials: active-backup\/active \(not shrunk to the end\)\nTried again to confirm it: the goal was met in 1 of 1 trials/);
  const hunted = resultOf(onlyRun(reports));
  t.deepEqual(hunted.trials.map(({ number, repetition, scenario, outcome }) => [number, repetition, scenario, outcome]), [[1, 1, 'active-backup/active', 'fenced'], [2, 2, 'active-backup/active', 'fenced']]);

  const seed = /trial 1 of active-backup\/active met the goal; its lab again: --seed (\d+)/.exec(output)?.[1] ?? '';
  const again = join(home.folder, 'again');
  t.is((await home.run('run', lab, '--scenario', found, '--seed', seed, '--labs', '1', '--reports', again)).code, 0);
  const [first, second] = [hunted, resultOf(onlyRun(again))].map(({ trials }) => ({ ...trials[0], number: 1, folder: '' }));
  t.deepEqual(second, first);
}));
