// A trial on a virtual lab, through the command line: what the kernel really does, and that everything is left as it was.

import { existsSync } from 'node:fs';
import { join } from 'node:path';

import test from 'ava';

import { clone, eventsOf, onlyRun, reportsOf, resultOf, withHome } from './command.ts';

const virtual = join(clone, 'labs', 'virtual.yaml');

test.serial('802.3ad fast-fast is disturbed, recovers unfenced, and leaves a record that makes the same reports again', async (t) => withHome(async (home) => {
  const reports = join(home.folder, 'reports');
  const { code, output } = await home.run('run', virtual, '--scenario', '802.3ad/fast-fast', '--seed', '7', '--reports', reports);
  t.is(code, 0, output);
  const run = onlyRun(reports);
  const result = resultOf(run);
  const trial = result.trials.at(-1)!;
  t.like(trial, { scenario: '802.3ad/fast-fast', valid: true, outcome: 'disturbed', fenced: [], victim: 'pve1', link: 'pve1-eth1' }, trial.reason);
  t.deepEqual(trial.class, { predicted: 'partial', measured: 'partial' });
  t.true(trial.lacp!.nodeStoppedMs! < 15_000, `the node stopped after ${trial.lacp!.nodeStoppedMs} ms`);
  t.true(trial.darkPairs.some(({ from, predicted }) => from === 'pve1' && predicted));
  t.like(result, { seed: 7, campaign: 'chosen', lab: 'virtual', world: 'virtual' });
  t.true(result.simulated.some((text) => text.includes('stand-in')));
  t.deepEqual(trial.proof.filter(({ held }) => !held), []);

  for (const name of ['report.html', 'junit.xml', 'summary.md', 'metrics.csv', join(trial.folder, 'pve1-eth1.lacp.pcap'), join(trial.folder, 'pve2.journal.txt'), join(trial.folder, 'sw1.console.txt')]) {
    t.true(existsSync(join(run, name)), name);
  }
  const before = reportsOf(run);
  t.is((await home.run('report', run)).code, 0);
  t.deepEqual(reportsOf(run), before);

  const events = eventsOf(run, trial.folder);
  const steps = events.flatMap((event) => event.type === 'step-started' ? [event.step] : []);
  t.deepEqual(steps, ['reconcile', 'preflight', 'configure', 'converge', 'baseline', 'arm', 'inject', 'prove', 'observe', 'revert', 'prove-gone', 'recover']);
  const index = (type: string): number => events.findIndex((event) => event.type === type);
  t.true(index('undo-armed') < index('fault-staged') && index('fault-staged') < index('fault-applied'), 'undo before do');
}));
