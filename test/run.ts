// Runs lint, types, unit and end-to-end tests one after the other, each to its end, and adds up what they say.

import { spawn } from 'node:child_process';

interface Totals { readonly passed: number; readonly failed: number; readonly skipped: number }

interface Part { readonly name: string; readonly title: string; readonly argv: readonly string[]; readonly counts: boolean }

const ava = 'node_modules/ava/entrypoints/cli.js';
const parts: readonly Part[] = [
  { name: 'lint', title: 'types', argv: ['node_modules/typescript/bin/tsc'], counts: false },
  { name: 'lint', title: 'lint', argv: ['node_modules/eslint/bin/eslint.js', '--max-warnings', '0', '.'], counts: false },
  { name: 'unit', title: 'unit tests', argv: [ava], counts: true },
  { name: 'simulated', title: 'simulated worlds', argv: [ava, '--config', 'test/simulated/ava.config.js'], counts: true },
  { name: 'e2e', title: 'end-to-end tests', argv: [ava, '--config', 'test/e2e/ava.config.js'], counts: true },
];

const run = async ({ argv }: Part): Promise<{ readonly code: number; readonly output: string }> => new Promise((resolve, reject) => {
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    process.stdout.write(chunk);
  });
  child.on('error', reject);
  child.on('close', (code) => resolve({ code: code ?? 1, output }));
});

/** AVA's last lines: `12 tests passed`, or `1 test failed`, `1 uncaught exception`, ... without a word of those that passed. */
const totalsOf = (output: string): Totals => {
  const plain = output.replace(/\u001b\[[\d;]*m/g, '');
  const count = (pattern: RegExp): number => [...plain.matchAll(pattern)].reduce((sum, [, n]) => sum + Number(n), 0);
  return {
    passed: count(/^\s+(\d+) tests? passed$/gm) || [...plain.matchAll(/^\s+✔ /gm)].length,
    failed: count(/^\s+(\d+) (?:tests? failed|tests? remained pending.*|uncaught exceptions?|unhandled rejections?)$/gm),
    skipped: count(/^\s+(\d+) tests? (?:skipped|todo)$/gm),
  };
};

const wanted = process.argv.slice(2);
const sum: { -readonly [Key in keyof Totals]: Totals[Key] } = { passed: 0, failed: 0, skipped: 0 };
for (const part of parts) {
  if (wanted.length > 0 && !wanted.includes(part.name)) continue;
  console.log(`\n# ${part.title}`);
  const { code, output } = await run(part);
  const counted = part.counts ? totalsOf(output) : { passed: code === 0 ? 1 : 0, failed: 0, skipped: 0 };
  // A part that ended badly without naming a failed test (a time-out, a file that does not load) has failed all the same.
  const totals: Totals = { ...counted, failed: code === 0 ? counted.failed : Math.max(1, counted.failed) };
  console.log(`# ${part.title}: ${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
  for (const key of ['passed', 'failed', 'skipped'] as const) sum[key] += totals[key];
}
console.log(`\n${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exitCode = sum.failed > 0 || sum.passed === 0 ? 1 : 0;
