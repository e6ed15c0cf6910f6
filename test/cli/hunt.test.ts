// What `bondproof hunt` refuses before it does anything.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import test from 'ava';

import { timeOption } from '../../src/cli/words.ts';

const root = join(import.meta.dirname, '../..');

const refusals: readonly (readonly [what: string, args: readonly string[], says: RegExp])[] = [
  ['no goal', ['labs/timewarp.yaml'], /no --goal\n {2}right would be: "bystander fenced" \(a node with a healthy bond is reset\), "victim fenced"/],
  ['a goal that there is not', ['labs/timewarp.yaml', '--goal', 'fame'], /--goal "fame": there is no such goal/],
  ['a lab without a seed', ['labs/virtual.yaml', '--goal', 'split'], /hunt on lab virtual: its world is virtual, whose labs have no seed.*\n {2}right would be: a lab of the timewarp world/],
  ['a budget that is no time', ['labs/timewarp.yaml', '--goal', 'split', '--budget', '20'], /--budget 20: not a time\n {2}right would be: a whole number and its unit: 90s, 20m or 2h/],
];

for (const [what, args, says] of refusals) {
  test(`refused: ${what}`, (t) => {
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'src/cli/main.ts'), 'hunt', ...args], { encoding: 'utf8', cwd: root });
    t.regex(stderr, says);
    t.is(status, 2);
  });
}

test('a time has a unit', (t) => {
  t.deepEqual(['90s', '20m', '2h', undefined].map((value) => timeOption('--budget', value)), [90_000, 1_200_000, 7_200_000, null]);
  for (const value of ['0s', '-1m', '1.5h', 'm', '5 m', '1d']) t.throws(() => timeOption('--budget', value), { name: 'Problem' }, value);
});
