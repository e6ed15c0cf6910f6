import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { ProgramFailed, run } from '../../../src/worlds/building/programs.ts';

const never = new AbortController().signal;

test('a program that succeeds gives its standard output alone', async (t) => {
  t.is(await run(['sh', '-c', 'echo out; echo err >&2'], { signal: never }), 'out\n');
});

test('a program that fails is told with its ending and what it said last', async (t) => {
  const error = await t.throwsAsync(run(['sh', '-c', 'echo "E: no such package" >&2; exit 100'], { signal: never }), { instanceOf: ProgramFailed });
  t.regex(error.message, /exit code 100\n {4}E: no such package$/);
});

test('lines are told whole, however they come, and the last one without its end, too', async (t) => {
  const lines: string[] = [];
  await run(['sh', '-c', 'printf "first ha"; sleep 0.2; printf "lf\\nsecond\\n"; printf "third" >&2'], { signal: never, line: (text) => lines.push(text) });
  t.deepEqual(lines.toSorted(), ['first half', 'second', 'third']);
});

test('a program that does not exist is a failure of the program', async (t) => {
  await t.throwsAsync(run(['bondproof-no-such-program'], { signal: never }), { instanceOf: ProgramFailed, message: /bondproof-no-such-program/ });
});

test('an interruption kills the program with all that it started, and gives its own reason', async (t) => {
  const stop = new AbortController();
  const started: number[] = [];
  const line = (text: string): void => {
    started.push(...text.split(' ').map(Number));
    stop.abort(new Error('enough'));
  };
  await t.throwsAsync(run(['sh', '-c', 'sleep 1000 & echo "$$ $!"; wait'], { signal: stop.signal, line }), { message: 'enough' });
  t.is(started.length, 2);
  for (const pid of started) while (lives(pid)) await sleep(10);
});

test('nothing is started after an interruption', async (t) => {
  await t.throwsAsync(run(['sh', '-c', 'exit 1'], { signal: AbortSignal.abort(new Error('already')) }), { message: 'already' });
});

/** A killed process that nobody has waited for yet is a zombie, and lives no more. */
const lives = (pid: number): boolean => {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};
