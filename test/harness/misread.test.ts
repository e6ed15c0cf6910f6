import test from 'ava';

import { misreadAt } from '../../src/harness/misread.ts';
import type { Question } from '../../src/switches/dialect.ts';
import { matchOf, readJson } from '../../src/switches/reading.ts';

const json = { parse: ([answer = '']: readonly string[]) => readJson('show', answer) };
const lineOf = ({ parse }: Pick<Question<unknown>, 'parse'>, output: string) => {
  const question = { commands: [], parse };
  try {
    question.parse([output]);
  } catch (error) {
    return misreadAt(question, [{ command: 'show', output, refused: null }], error);
  }
  throw new Error('it was understood');
};

test('JSON that breaks off: its last line', (t) => t.deepEqual(lineOf(json, '{\n "a": 1,\n "b": [\n'), { command: 'show', line: 3, text: ' "b": [' }));

test('JSON with a line that is none, of which V8 says the place', (t) => t.deepEqual(lineOf(json, '{\n "a": 1,\n%LINK-3-UPDOWN: down\n "b": 2\n}'), { command: 'show', line: 3, text: '%LINK-3-UPDOWN: down' }));

test('JSON with a value that is none, of which V8 shows what is around', (t) => t.is(lineOf(json, `{\n "a": 1,\n "${'b'.repeat(40)}": x2,\n "c": 3\n}`)?.line, 3));

test('words before JSON: the line that they are in', (t) => t.is(lineOf(json, 'Warning\n{\n "a": 1\n}')?.line, 1));

test('a text without what is looked for has no line to blame', (t) =>
  t.is(lineOf({ parse: ([answer = '']) => matchOf('show', answer, /^Version (.*)$/m) }, 'a\nb\n'), null));

test('a line without which all is understood', (t) => {
  const numbers = { parse: ([answer = '']: readonly string[]) => answer.trim().split('\n').map((line) => matchOf('show', line, /^\d+$/)) };
  t.deepEqual(lineOf(numbers, '1\n2\nthree\n4\n'), { command: 'show', line: 3, text: 'three' });
});
