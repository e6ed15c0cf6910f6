import test from 'ava';
import fc from 'fast-check';
import type { LineQueue } from '../../src/transport/lines.ts';
import { createLineQueue } from '../../src/transport/lines.ts';

const queueOf = ({ lineBytes = 1000, queueBytes = 1000 } = {}) => {
  const told: string[] = [];
  const queue = createLineQueue(
    { lineBytes, queueBytes },
    { pause: () => told.push('pause'), resume: () => told.push('resume'), tooLong: () => new Error('too long') },
  );
  return { queue, told };
};

const linesOf = async ({ lines }: LineQueue) => {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
};

test('gives the same lines wherever the chunks end', async (t) => {
  const line = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', ''));
  await t.notThrowsAsync(
    fc.assert(
      fc.asyncProperty(fc.array(line), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), async (lines, sizes) => {
        const { queue } = queueOf({ lineBytes: 10_000, queueBytes: 10_000 });
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
        for (let from = 0, i = 0; from < bytes.length; i += 1) {
          const to = from + sizes[i % sizes.length]!;
          queue.feed(bytes.subarray(from, to));
          from = to;
        }
        queue.finish({ complete: true });
        const got = await linesOf(queue);
        return got.length === lines.length && got.every((text, i) => text === lines[i]);
      }),
    ),
  );
});

test('gives a last line without a newline when the sender ended there', async (t) => {
  const { queue } = queueOf();
  queue.feed(Buffer.from('one\ntwo'));
  queue.finish({ complete: true });
  t.deepEqual(await linesOf(queue), ['one', 'two']);
});

test('drops a last line that was cut off', async (t) => {
  const { queue } = queueOf();
  queue.feed(Buffer.from('one\ntw'));
  queue.finish({ complete: false });
  t.deepEqual(await linesOf(queue), ['one']);
});

test('goes on in a second loop where the first one was left', async (t) => {
  const { queue } = queueOf();
  queue.feed(Buffer.from('one\ntwo\nthree\n'));
  queue.finish({ complete: true });
  for await (const line of queue.lines) {
    t.is(line, 'one');
    break;
  }
  t.deepEqual(await linesOf(queue), ['two', 'three']);
});

test('wakes a reader who came before the line', async (t) => {
  const { queue } = queueOf();
  const reader = queue.lines[Symbol.asyncIterator]();
  const first = reader.next();
  const second = reader.next();
  queue.feed(Buffer.from('one\n'));
  t.deepEqual(await first, { done: false, value: 'one' });
  queue.finish({ complete: true });
  t.true((await second).done);
});

test('ends with an error at a line that is too long, after the lines before it', async (t) => {
  const { queue } = queueOf({ lineBytes: 4 });
  queue.feed(Buffer.from('1234\n123'));
  queue.feed(Buffer.from('45'));
  const reader = queue.lines[Symbol.asyncIterator]();
  t.deepEqual(await reader.next(), { done: false, value: '1234' });
  await t.throwsAsync(reader.next(), { message: 'too long' });
});

test('pauses the sender while nobody reads, and resumes it when somebody does', async (t) => {
  const { queue, told } = queueOf({ queueBytes: 5 });
  const reader = queue.lines[Symbol.asyncIterator]();
  queue.feed(Buffer.from('1234\n'));
  t.deepEqual(told, []);
  queue.feed(Buffer.from('5678\n'));
  t.deepEqual(told, ['pause']);
  await reader.next();
  t.deepEqual(told, ['pause', 'resume']);
});

test('lets the sender go on unread once told to', (t) => {
  const { queue, told } = queueOf({ queueBytes: 1 });
  queue.feed(Buffer.from('1234\n'));
  queue.letGo();
  queue.feed(Buffer.from('5678\n'));
  t.deepEqual(told, ['pause', 'resume']);
});
