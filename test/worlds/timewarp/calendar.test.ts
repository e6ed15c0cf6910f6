import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

import test from 'ava';

import { keepCalendar, type Calendar } from '../../../src/worlds/timewarp/calendar.ts';

const message = (op: number, seq: number, time: bigint): Buffer => {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32LE(op, 0);
  bytes.writeUInt32LE(seq, 4);
  bytes.writeBigUInt64LE(time, 8);
  return bytes;
};

interface Kernel { readonly calendar: Calendar; readonly say: (bytes: Buffer) => void; readonly heard: () => Promise<readonly (string | number)[]>; readonly errors: Error[] }

/** A calendar, and the other end of its socket: what a kernel would say and hear. */
const withKernel = async (use: (kernel: Kernel) => Promise<void>, onWait = (): void => undefined): Promise<void> => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const kernel = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [socket] = await once(server, 'connection') as [Socket];
  const errors: Error[] = [];
  const calendar = keepCalendar(socket, { epochNs: 1_700_000_000_000_000_000n, onWait, onError: (error) => { errors.push(error); } });
  let rest = Buffer.alloc(0);
  const waiting: (() => void)[] = [];
  kernel.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 16 && waiting.length > 0) waiting.shift()!();
  });
  const heard = async (): Promise<readonly (string | number)[]> => {
    if (rest.length < 16) await new Promise<void>((resolve) => { waiting.push(resolve); });
    const bytes = rest.subarray(0, 16);
    rest = rest.subarray(16);
    return [bytes.readUInt32LE(0), bytes.readUInt32LE(4), String(bytes.readBigUInt64LE(8))];
  };
  try {
    await use({ calendar, say: (bytes) => { kernel.write(bytes); }, heard, errors });
  } finally {
    kernel.destroy();
    socket.destroy();
    server.close();
  }
};

test('a kernel that starts, asks for its time and waits goes on at the time that it asked for, and freely until the next', async (t) => {
  let waits = 0;
  await withKernel(async ({ calendar, say, heard }) => {
    // In pieces, as a socket may give them.
    const all = Buffer.concat([message(1, 1, 1n), message(8, 2, 0n), message(3, 3, 5_000n)]);
    say(all.subarray(0, 20));
    say(all.subarray(20));
    t.deepEqual(await heard(), [0, 1, '0']);
    t.deepEqual(await heard(), [0, 2, '1700000000000000000']);
    while (waits === 0) await new Promise((resolve) => { setImmediate(resolve); });
    t.deepEqual(calendar.waits(), { wantsNs: 5_000 });
    calendar.run(9_000);
    // Nobody asks for an answer to either: what comes next is the kernel's.
    t.deepEqual((await heard()).toSpliced(1, 1), [7, '9000']);
    t.deepEqual((await heard()).toSpliced(1, 1), [6, '5000']);
    t.is(calendar.nowNs(), 5_000);
    t.is(calendar.waits(), null);
    t.throws(() => { calendar.run(null); }, { message: 'the kernel does not wait' });
    say(message(5, 5, 7_000n));
    t.deepEqual(await heard(), [0, 5, '0']);
    t.is(calendar.nowNs(), 7_000);
    say(message(4, 6, 0n));
    t.deepEqual(await heard(), [0, 6, '7000']);
  }, () => { waits += 1; });
});

test('what is free already needs no word, and what no kernel says is an error', async (t) => {
  await withKernel(async ({ calendar, say, heard, errors }) => {
    say(message(3, 1, 6_000n));
    // While it waits it may want to go on sooner.
    say(message(2, 2, 5_000n));
    t.deepEqual(await heard(), [0, 2, '0']);
    calendar.run(4_000);
    t.deepEqual((await heard()).toSpliced(1, 1), [6, '5000']);
    say(Buffer.concat([message(77, 3, 0n), message(4, 4, 0n)]));
    await heard();
    t.is(errors[0]?.message, 'the kernel said 77 to its calendar, which no kernel does');
  });
});
