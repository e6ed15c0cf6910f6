// What was on a NIC before a fault is there after it: on a kernel that has netem and the qdiscs of real nodes, fq_codel and mq among them, which this machine's
// may not have. Needs the kernel that `bondproof kernel build` makes.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { loadLab } from '../../src/labs/lab-file.ts';
import { timewarpWorld } from '../../src/worlds/timewarp/world.ts';
import { manyLayouts } from '../faults/layouts.ts';
import { clone } from './command.ts';
import { timewarp } from './timewarp-kernel.ts';
import { withEnv } from './virtual-env.ts';

const limit = { timeoutMs: 60_000 };

timewarp('whatever stood on a NIC stands there after the fault as it did, on a kernel that has it all', async (t) => withEnv(async (env) => {
  t.timeout(600_000);
  const file = join(clone, 'labs', 'timewarp.yaml');
  const lab = loadLab(readFileSync(file, 'utf8'), { file, home: env.runDir, dialects: [] });
  await using open = await timewarpWorld(env).open(lab, { signal: AbortSignal.timeout(600_000), notice: () => undefined });
  const session = await open.session('pve1', limit);
  const run = async (argv: readonly string[]) => session.run({ argv }, limit);
  const { stdout } = await run(['sh', '-c', 'ip tuntap add dev tap9 mode tap; ip link set tap9 up; tc qdisc show dev tap9; ip link del tap9']);
  t.regex(stdout, /^qdisc fq_codel 0: root/, 'the default of real nodes');
  const tally = await manyLayouts(t, run, { from: 1, to: 100 });
  t.is(tally['not to be had on this kernel'], 0);
  t.true(tally.restored >= 10 && tally['refused, and forced without effect'] >= 40, JSON.stringify(tally));
}));
