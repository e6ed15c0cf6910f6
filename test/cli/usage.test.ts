import test from 'ava';
import { usage } from '../../src/cli/usage.ts';

test('the help fits a terminal of 80 columns', (t) => {
  t.deepEqual(usage.split('\n').filter((line) => line.length > 80), []);
});
