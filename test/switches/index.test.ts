import test from 'ava';
import { dialects, findDialect } from '../../src/switches/index.ts';

test('a dialect is found by its name', (t) => t.is(findDialect('linux'), dialects[0]!));

test('an unknown dialect is a Problem that lists the known ones', (t) =>
  t.throws(() => findDialect('ios'), { name: 'Problem', message: 'switch dialect "ios": there is none of this name\n  right would be: one of linux, openvswitch, teamd, cumulus' }));
