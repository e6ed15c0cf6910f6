// Lab files that would take a parser long, or much. As a program: each is refused, however little memory there is.

import { argv } from 'node:process';

import { loadLab } from '../../src/labs/lab-file.ts';
import { Problem } from '../../src/model/problem.ts';

export const bombs: Readonly<Record<string, string>> = {
  'aliases of aliases': `a: &a [x, x]\n${Array.from({ length: 900 }, (_, n) => `k${n}: &b${n} [*a, *a, *a, *a]`).join('\n')}\n`,
  'nine by nine of them': ['a: &a0 [x,x,x,x,x,x,x,x,x]', ...Array.from({ length: 9 }, (_, n) => `b${n}: &a${n + 1} [${Array(9).fill(`*a${n}`).join(',')}]`)].join('\n'),
  'a merge of merges': 'a: &a {<<: *a}\nb: {<<: [*a, *a]}\n',
  'a tag that makes things': 'name: !!js/function "x"\nworld: !<tag:yaml.org,2002:binary> aGk=\n',
  'braces without end': '{ '.repeat(16_000),
  'questions without end': '? '.repeat(16_000),
  'a key ten thousand times': 'a: 1\n'.repeat(6000),
  'a scalar without end': `name: ${'x'.repeat(32_000)}\nworld: virtual\n`,
  'escapes without end': `name: "${'\\x41'.repeat(8000)}"\nworld: virtual\n`,
  'thousands of nodes': `world: ssh\nnodes: [${'{},'.repeat(8000)}]\n`,
  'thousands of names': `world: ssh\nnodes: [${'{name: a},'.repeat(3000)}]\n`,
};

if (argv[1] === import.meta.filename) {
  const refused = Object.values(bombs).filter((text) => {
    try {
      loadLab(text, { file: 'x', home: '/', dialects: [] });
    } catch (error) {
      return error instanceof Problem;
    }
    return false;
  });
  console.log(`${refused.length} refused`);
}
