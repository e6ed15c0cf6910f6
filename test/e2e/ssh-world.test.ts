// The machines of a virtual lab that is up, described as real ones: the same trial code, over TCP and ssh.

import { join } from 'node:path';

import test from 'ava';

import { asHardware, placeMarkers } from './as-hardware.ts';
import { clone, onlyRun, resultOf, withHome } from './command.ts';

test.serial('the same machines as an ssh lab: a trial sees nothing but what answers, and leaves them as they were', async (t) => withHome(async (home) => {
  t.is((await home.run('up', join(clone, 'labs', 'virtual.yaml'))).code, 0);
  using hardware = await asHardware(home);
  const { file } = hardware;

  const foreign = await home.run('check', file);
  t.is(foreign.code, 4, foreign.output);
  t.regex(foreign.output, /WRONG pve1 +marker +a marker of lab virtual/);
  await placeMarkers(home, file);

  const checked = await home.run('check', file);
  t.is(checked.code, 0, checked.output);

  const reports = join(home.folder, 'reports');
  const { code, output } = await home.run('run', file, '--scenario', '802.3ad/fast-fast', '--reports', reports);
  t.is(code, 0, output);
  const result = resultOf(onlyRun(reports));
  const trial = result.trials.at(-1)!;
  t.like(trial, { scenario: '802.3ad/fast-fast', valid: true, outcome: 'disturbed', fenced: [] }, trial.reason);
  t.is(result.world, 'ssh');
  t.true(result.simulated.some((text) => text.includes('stand-in')), 'told although no world said so');
  t.regex((await home.run('ssh', 'virtual', 'pve1', 'cat', '/etc/network/interfaces')).output, /bond-mode active-backup/);
}));
