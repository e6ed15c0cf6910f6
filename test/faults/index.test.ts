import { readdirSync } from 'node:fs';
import test from 'ava';
import { faults, findFault, injectorOf } from '../../src/faults/index.ts';

const filesOf = (folder: string): readonly string[] =>
  readdirSync(new URL(`../../${folder}/`, import.meta.url)).map((name) => name.replace(/\.ts$/, '')).filter((name) => !['cable', 'fault', 'index', 'lease', 'netem', 'silence'].includes(name));

test('every fault has a file of its name and a line in the index', (t) =>
  t.deepEqual(faults.map(({ name }) => name).toSorted(), filesOf('src/faults').toSorted()));

test('every fault has a test', (t) => {
  const tests = readdirSync(import.meta.dirname);
  for (const { name } of faults) t.true(tests.includes(`${name}.test.ts`), name);
});

test('a fault is found by its name, and an unknown name is a defect that lists the known ones', (t) => {
  t.is(findFault('none').name, 'none');
  t.throws(() => findFault('tx-slow'), { message: 'there is no fault "tx-slow"; there are tx-silent, tx-data-silent, tx-lacpdu-silent, rx-silent, switch-tx-silent, switch-rate-slow, none, carrier-down' });
});

test('a fault is made by the injector that was asked for, by the one that can, or in its own way', (t) => {
  t.deepEqual(['tx-silent', 'none', 'carrier-down', 'rx-silent'].map((name) => injectorOf(name, 'lease')), ['lease', 'lease', null, 'netem']);
  t.deepEqual(['tx-silent', 'none', 'carrier-down', 'rx-silent', 'tx-data-silent'].map((name) => injectorOf(name, 'cable')), ['cable', 'cable', null, 'cable', 'netem']);
});
