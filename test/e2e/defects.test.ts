// A harness that is broken in one place, on a real kernel whose time jumps: its trials do not count, and say why.

import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { clone, onlyRun, resultOf, withHome, type Home } from './command.ts';
import { timewarp } from './timewarp-kernel.ts';

interface Defect { readonly title: string; readonly file: string; readonly original: string; readonly broken: string; readonly found: RegExp }

const defects: readonly Defect[] = [
  {
    title: 'agents that die 40 s after their start, and are started again', file: 'agent/node/agent.py',
    original: '        self.ticks += 1\n', broken: '        self.ticks += 1\n        if self.ticks == 400:\n            os._exit(9)\n',
    found: /no agent ended before its node \(that of pve\d: it ended with exit code 9\)/,
  },
  {
    title: 'agents that read nothing of the journal 40 s after their start', file: 'agent/node/journal.py',
    original: "        works('journal')\n", broken: "        works('journal')\n        self._lines = getattr(self, '_lines', 0) + (entry.get('SYSLOG_IDENTIFIER') == 'bondproof-echo')\n        if self._lines > 20:\n            return\n",
    // Which of the two it is hangs on whether the watch lasts for much longer than that.
    found: /the journal of every node was followed to the end of the watch \(nothing came (for \d+\.\d s|after the watch) \(pve\d\)\)/,
  },
  {
    title: 'a netem that is there and drops nothing', file: 'faults/netem.ts',
    original: "'netem', 'loss', `${percent}%`]", broken: "'netem', 'loss', '0%']",
    found: /the canary is lost: not within 5 s: it arrives/,
  },
  {
    title: 'a netem that tells its senders', file: 'faults/netem.ts',
    // Beyond its limit netem answers NET_XMIT_DROP (net/sched/sch_netem.c, netem_enqueue).
    original: "'netem', 'loss', `${percent}%`]", broken: "'netem', 'limit', percent === 100 ? '0' : '1000']",
    found: /no sender was told of the fault \(\d+ canary sends failed\)/,
  },
];

/** The program with one text changed. */
const brokenClone = ({ folder }: Home, { file, original, broken }: Defect): string => {
  const copy = join(folder, 'clone');
  mkdirSync(copy);
  for (const name of ['src', 'labs', 'bin', 'package.json']) cpSync(join(clone, name), join(copy, name), { recursive: true });
  symlinkSync(join(clone, 'node_modules'), join(copy, 'node_modules'));
  const path = join(copy, 'src', file);
  const text = readFileSync(path, 'utf8');
  if (text.split(original).length !== 2) throw new Error(`src/${file} does not hold exactly one ${JSON.stringify(original)}`);
  writeFileSync(path, text.replace(original, () => broken));
  return copy;
};

for (const defect of defects) {
  timewarp(`${defect.title}: both trials are invalid, and say so`, async (t) => withHome(async (home) => {
    const reports = join(home.folder, 'reports');
    const copy = brokenClone(home, defect);
    const { code, output } = await home.of(copy, 'run', join(copy, 'labs', 'timewarp.yaml'), '--scenario', '802.3ad/fast-fast', '--labs', '1', '--seed', '3', '--reports', reports);
    t.is(code, 1, output);
    const { trials } = resultOf(onlyRun(reports));
    t.deepEqual(trials.map(({ outcome, attempt }) => [outcome, attempt]), [['invalid', 1], ['invalid', 2]], trials.map(({ reason }) => reason).join(' '));
    for (const { reason } of trials) t.regex(reason, defect.found);
  }));
}
