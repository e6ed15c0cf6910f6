import { execFileSync } from 'node:child_process';
import test from 'ava';
import { compareVersions, newestFirst, sourcesIn } from '../../../../src/worlds/timewarp/kernel/version.ts';

/** Oldest first. */
const ordered = [
  '0', '0.9~rc1-1', '0.9-1', '1.0~', '1.0', '1.0-0', '1.0a', '1.0+b', '1.0.1', '6.1.9-1', '6.1.107-1', '6.12.94-1', '6.12.107-1~bpo12+1', '6.12.107-1',
  '7.2~rc7-1~exp1', '7.2-1', '7.2.9-1', '7.2.9-1+b1', '7.2.12-1', '7.10.1-1', '1:0.1-1', '2:0.1-1',
];
/** deb-version(7) calls these the same. */
const same = [['1.0', '1.0-0'], ['0:7.2-1', '7.2-1'], ['7.02-1', '7.2-1']] as const;

test('versions are ordered as listed', (t) => {
  for (const [at, older] of ordered.entries()) {
    for (const newer of ordered.slice(at + 1)) {
      if (same.some(([a, b]) => a === older && b === newer)) continue;
      t.true(compareVersions(older, newer) < 0, `${older} < ${newer}`);
      t.true(compareVersions(newer, older) > 0, `${newer} > ${older}`);
    }
  }
});

test('spellings of one version are the same', (t) => {
  for (const [a, b] of same) t.is(compareVersions(a, b), 0, `${a} = ${b}`);
});

test('dpkg says the same of each two neighbours', (t) => {
  const pairs = [...ordered.slice(1).map((newer, at) => [ordered[at]!, newer] as const), ...same];
  const script = 'while [ $# -gt 0 ]; do for op in lt eq gt; do dpkg --compare-versions "$1" $op "$2" && echo $op; done; shift 2; done';
  const said = execFileSync('sh', ['-c', script, 'sh', ...pairs.flat()], { encoding: 'utf8' }).trim().split('\n');
  t.deepEqual(pairs.map(([a, b]) => ['lt', 'eq', 'gt'][Math.sign(compareVersions(a, b)) + 1]), said);
});

const testing = `linux-source-7.2 |   7.2.12-1 | http://mirror.example/debian testing/main amd64 Packages
`;
const unstable = `linux-source |   7.3.1-1 | http://mirror.example/debian unstable/main amd64 Packages
linux-source-7.2 |   7.2.13-1 | http://mirror.example/debian unstable/main amd64 Packages
linux-source-7.10 |   7.10.1-1 | http://mirror.example/debian unstable/main amd64 Packages
`;
const stable = `linux-source-6.12 | 6.12.107-1 | http://mirror.example/debian stable/main amd64 Packages
linux-source-6.12 |  6.12.94-1 | http://mirror.example/debian stable/main amd64 Packages
`;

test('the newest of all suites comes first, and each package once with its newest version', (t) => {
  const sources = [...sourcesIn('testing', testing), ...sourcesIn('unstable', unstable), ...sourcesIn('stable', stable)];
  t.deepEqual(newestFirst(sources).map(({ suite, name, version }) => `${suite} ${name} ${version}`), [
    'unstable linux-source-7.10 7.10.1-1', 'unstable linux-source-7.2 7.2.13-1', 'stable linux-source-6.12 6.12.107-1',
  ]);
});

test('the same version is taken from the suite that is listed first', (t) => {
  t.is(newestFirst([...sourcesIn('testing', testing), ...sourcesIn('unstable', testing)])[0]?.suite, 'testing');
});

test('the package that only leads to another one is no source, and a suite may have none', (t) => {
  t.deepEqual(sourcesIn('unstable', unstable).map(({ name }) => name), ['linux-source-7.2', 'linux-source-7.10']);
  t.deepEqual(sourcesIn('stable', ''), []);
});
