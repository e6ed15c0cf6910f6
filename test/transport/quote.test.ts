import { execFileSync } from 'node:child_process';
import test from 'ava';
import fc from 'fast-check';
import { commandLine, shellText, showCommand } from '../../src/transport/quote.ts';

const word = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'));
const shellWord = fc.string({ unit: fc.constantFrom(...Array.from(` \t\n'"\\$\`!*?[]{}()<>|&;~#=%-a`)) });

test('a shell takes apart what was quoted into exactly the same words', (t) => {
  const property = fc.property(fc.array(fc.oneof(word, shellWord), { minLength: 1, maxLength: 12 }), (argv) => {
    const output = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${shellText(argv)}`], { encoding: 'utf8' });
    return output === argv.map((text) => `${text}\0`).join('');
  });
  t.notThrows(() => fc.assert(property, { numRuns: 100 }));
});

test('a shell runs the named program with the locale of parsers', (t) => {
  const line = commandLine(['/bin/sh', '-c', 'printf "%s %s" "$LC_ALL" "$1"', 'sh', "it's"], { timeoutMs: 60_000 });
  t.is(execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8', env: { LC_ALL: 'de_DE.UTF-8', PATH: '/usr/bin:/bin' } }), "C it's");
});

const texts: readonly (readonly [words: readonly string[], text: string])[] = [
  [['tc', 'qdisc', 'show', 'dev', 'eth1'], 'tc qdisc show dev eth1'],
  [['echo', ''], "echo ''"],
  [['echo', "it's"], String.raw`echo 'it'\''s'`],
  [['echo', '$HOME;`id`'], "echo '$HOME;`id`'"],
  [['echo', 'a=b'], "echo 'a=b'"],
  [['echo', '~root'], "echo '~root'"],
  [['cat', '/etc/pve/.members', 'x,y%z+1'], 'cat /etc/pve/.members x,y%z+1'],
];
for (const [words, text] of texts) test(`${JSON.stringify(words)} becomes ${text}`, (t) => t.is(shellText(words), text));

test('lets the device end a program later than this side gives it up', (t) => {
  t.is(commandLine(['tc', 'qdisc'], { timeoutMs: 2500 }), 'LC_ALL=C exec timeout -k 1 4 tc qdisc');
  t.is(commandLine(['tc', 'qdisc'], { timeoutMs: null }), 'LC_ALL=C exec tc qdisc');
  t.is(commandLine(['tc', 'qdisc'], { timeoutMs: 2500, through: ['sudo', '-n', '--', 'it'] }), 'LC_ALL=C exec sudo -n -- it timeout -k 1 4 tc qdisc', 'behind sudo, as root');
});

for (const bad of ['a\0b', 'half \ud800 character']) {
  test(`refuses ${JSON.stringify(bad)}, which no program can get as an argument`, (t) => {
    t.throws(() => shellText(['echo', bad]), { message: /not an argument of any program/ });
  });
}

for (const argv of [[], [''], ['-i', 'sh'], ['PATH=/tmp', 'sh']]) {
  test(`refuses ${JSON.stringify(argv)}, which names no program`, (t) => t.throws(() => commandLine(argv, { timeoutMs: null }), { message: /no program to run/ }));
}

test('shows long commands cut', (t) => {
  const shown = showCommand(['python3', '-c', 'x'.repeat(10_000)]);
  t.true(shown.startsWith('python3 -c xxx'));
  t.true(shown.endsWith('...'));
  t.true(shown.length < 200);
});
