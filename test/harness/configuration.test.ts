import test from 'ava';

import type { Bench } from '../../src/harness/bench.ts';
import { portsAsTheyAre } from '../../src/harness/configuration.ts';
import type { Query } from '../../src/model/command.ts';
import { linux } from '../../src/switches/linux.ts';
import { captured } from '../switches/engines.ts';
import { paperLab } from './paper-lab.ts';

const undoOf = (dialect: string, shown: string) => portsAsTheyAre({
  lab: { ...paperLab, switch: { ...paperLab.switch, dialect } }, devices: { ask: async <T>(_: string, query: Query<T>) => Promise.resolve(query.parse(shown)) },
} as unknown as Bench);

test('the undo of switch ports is their form, or where that is in a file the file as it is', async (t) => {
  const groups = [1, 2, 3].map((n) => ({ name: `pve${n}`, ports: [`swp${2 * n - 1}`, `swp${2 * n}`] }));
  const shown = captured('cumulus/lacp-fast.txt').split('\n');
  t.deepEqual(await undoOf('linux', shown[0]!), linux.configure(groups, { kind: 'lacp', rate: 'fast' }).map((command) => ({ device: 'sw1', command })));
  const [action, ...others] = await undoOf('cumulus', shown.with(1, Buffer.from('auto po1 # of somebody else').toString('base64')).join('\n'));
  t.deepEqual(others, []);
  t.is(action?.device, 'sw1');
  t.is(action?.command.stdin, 'auto po1 # of somebody else');
});
