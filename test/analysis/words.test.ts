import test from 'ava';
import { counted, listed, secondsOf } from '../../src/analysis/words.ts';

for (const { names, text } of [{ names: [], text: 'nothing' }, { names: ['a'], text: 'a' }, { names: ['a', 'b'], text: 'a and b' }, { names: ['a', 'b', 'c'], text: 'a, b and c' }]) {
  test(`${names.length} names are listed as "${text}"`, (t) => {
    t.is(listed(names), text);
  });
}

test('counts and times read as people write them', (t) => {
  t.is(counted(1, 'membership'), '1 membership');
  t.is(counted(2, 'dark pair'), '2 dark pairs');
  t.is(secondsOf(71_249), '71.2 s');
});
