// A peer that stalls, at any byte of the handshake, of the first command or of a channel, is given up by a deadline that is declared: no
// promise is left that never settles. In a process of its own: it keeps the event loop busy with handshakes.

import test from 'ava';

import { SessionError } from '../../src/model/session.ts';
import { connect } from '../../src/transport/ssh.ts';
import { serveSsh, stallingProxy, type ServedSsh } from './served-ssh.ts';

/** Shorter than those in use (transport/ssh.ts, transport/limits.ts), which are the same deadlines. */
const short = { connectTimeoutMs: 1500, limits: { openMs: 1000, keepaliveMs: 300, keepalives: 3 }, run: { timeoutMs: 1000 } } as const;

/** For the one that is not stalled, on a machine that is busy. */
const patient = { connectTimeoutMs: 60_000, limits: { openMs: 60_000, keepaliveMs: 10_000, keepalives: 9 }, run: { timeoutMs: 60_000 } } as const;

/** Far beyond all of them together: what has not settled by then never will. */
const neverMs = 90_000;

type Ending = 'went through' | 'gave up';

/** Connects, runs a command, opens a channel and hears a line of it, and puts everything away. */
const whole = async ({ login, userKey }: ServedSsh, port: number, deadlines: typeof short | typeof patient): Promise<Ending> => {
  try {
    await using session = await connect({ device: 'pve1', login: { ...login, port }, privateKey: userKey, agentSocket: null, connectTimeoutMs: deadlines.connectTimeoutMs, limits: deadlines.limits });
    await session.run({ argv: ['echo', 'x'] }, deadlines.run);
    await using channel = await session.open({ argv: ['cat'], stdin: 'line\n' });
    const { done } = await channel.lines[Symbol.asyncIterator]().next();
    channel.end();
    const { exitCode } = await channel.ended;
    return done === true || exitCode !== 0 ? 'gave up' : 'went through';
  } catch (error) {
    // By one of the deadlines, and for no other reason.
    if (error instanceof SessionError && /no session within 1500 ms|did not (?:end|start) within 1000 ms|keepalives went unanswered/.test(error.message)) return 'gave up';
    throw error;
  }
};

const settledOrNever = async (work: Promise<Ending>): Promise<Ending | 'never ended'> => {
  const never = Promise.withResolvers<'never ended'>();
  const timer = setTimeout(() => never.resolve('never ended'), neverMs);
  const ending = await Promise.race([work, never.promise]);
  clearTimeout(timer);
  return ending;
};

for (const from of ['server', 'client'] as const) {
  test.serial(`stalled at any byte that the ${from} sends: given up by its deadline, and never for ever`, async (t) => {
    t.timeout(300_000);
    await using device = await serveSsh();
    await using measured = await stallingProxy(device.port, { from, bytes: Infinity });
    t.is(await settledOrNever(whole(device, measured.port, patient)), 'went through');
    const length = measured.passed();
    // Every byte of the first words, in which lengths and the first packet lie; then every so many, which is no multiple of a packet's block.
    const offsets = [...Array.from({ length: 64 }, (_, at) => at), ...Array.from({ length: Math.ceil(length / 29) }, (_, n) => 64 + 29 * n)].filter((at) => at < length);
    const endings: Record<string, number> = {};
    for (let first = 0; first < offsets.length; first += 40) {
      const batch = await Promise.all(offsets.slice(first, first + 40).map(async (bytes) => {
        await using proxy = await stallingProxy(device.port, { from, bytes });
        return await settledOrNever(whole(device, proxy.port, short)); // The proxy is there until then.
      }));
      for (const ending of batch) endings[ending] = (endings[ending] ?? 0) + 1;
    }
    t.is(endings['never ended'], undefined, JSON.stringify(endings));
    t.true((endings['gave up'] ?? 0) > offsets.length * 0.8, JSON.stringify(endings));
    t.log(`${offsets.length} of ${length} offsets: ${JSON.stringify(endings)}`);
  });
}
