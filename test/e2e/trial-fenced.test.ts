// A trial that fences on a virtual lab, through the command line: who is reset, and when.

import { join } from 'node:path';

import test from 'ava';

import { clone, eventsOf, onlyRun, resultOf, withHome } from './command.ts';

const virtual = join(clone, 'labs', 'virtual.yaml');

test.serial('active-backup/active fences the victim alone, with the times of watchdog-mux and softdog', async (t) => withHome(async (home) => {
  const reports = join(home.folder, 'reports');
  const { code, output } = await home.run('run', virtual, '--scenario', 'active-backup/active', '--reports', reports);
  t.is(code, 0, output);
  const run = onlyRun(reports);
  const trial = resultOf(run).trials.at(-1)!;
  t.like(trial, { outcome: 'fenced', valid: true }, trial.reason);
  t.deepEqual(trial.fenced.map(({ node, bystander, rehearsed }) => ({ node, bystander, rehearsed })), [{ node: 'pve1', bystander: false, rehearsed: false }]);
  // Expiry 60 to 62 s after the last refresh, which was up to 15 s before; reset 10 to 11 s later, softdog's own tick on top.
  const { afterMs, errorMs } = trial.fenced[0]!;
  t.true(afterMs + errorMs > 54_000 && afterMs - errorMs < 75_000, `reset after ${afterMs} +- ${errorMs} ms`);
  const events = eventsOf(run, trial.folder);
  const reset = events.find((event) => event.type === 'node-reset')!;
  t.not(reset.oldBootId, reset.bootId);
  t.true(events.some((event) => event.type === 'node-back' && event.node === 'pve1'));
}));
