import test from 'ava';
import { dialects, managedDialects } from '../../src/switches/index.ts';

test('a name says which dialect it is, and whether trials talk to such a switch as to a machine', (t) => {
  const names = [...dialects, ...managedDialects].map(({ name }) => name);
  t.deepEqual(names, [...new Set(names)]);
});
