import test from 'ava';

import { TrialBroken } from '../../src/harness/bench.ts';
import { endOf } from '../../src/harness/ending.ts';
import { exitCodes, Problem } from '../../src/model/problem.ts';
import { SessionError } from '../../src/model/session.ts';

test('a device that fails is a Problem that names it and the way back', (t) => {
  for (const error of [new SessionError('pve1: it does not answer keepalives', { device: 'pve1', sent: true }), new TrialBroken('pve1: what the fault touched is not as it was')]) {
    const end = endOf(error);
    t.true(end instanceof Problem && end.parts.exitCode === exitCodes.device);
    t.regex((end as Problem).message, /pve1.*\n.*\n.*bondproof recover LAB/);
  }
});

test('a Problem and a defect stay what they are', (t) => {
  const problem = new Problem({ asked: 'x', found: 'y', exitCode: exitCodes.busy });
  const defect = new TypeError('z');
  t.is(endOf(problem), problem);
  t.is(endOf(defect), defect);
});
