// Datagrams that cross from one namespace to the other all the time, counted one by one: what a fault does to traffic, seen beside it.

import type { Session } from '../../src/model/session.ts';

/** Both stamps are CLOCK_BOOTTIME of the one kernel below all namespaces. */
export interface Arrival { readonly seq: number; readonly sentUs: number; readonly heardUs: number }

export interface Canary extends AsyncDisposable {
  /** Grows; in the order of arrival. */
  readonly arrivals: readonly Arrival[];
  /** On the same clock. */
  nowUs(): number;
  /** Ends the sender, and tells what sendto(2) said to it. */
  stop(): Promise<{ readonly sent: number; readonly errors: Readonly<Record<string, number>> }>;
}

/** IP_RECVERR is 11 (linux/in.h): with it the kernel tells a sender of a packet that was dropped below it; knet sets it on its sockets. */
const sender = `
import errno, json, select, socket, sys, time
address, port, hz = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
way = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
way.setsockopt(socket.IPPROTO_IP, 11, 1)
print('ready', flush=True)
sent, errors, due = 0, {}, time.monotonic()
while not select.select([0], [], [], max(0, due - time.monotonic()))[0]:
    try:
        way.sendto(b'%d %d' % (sent, time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000), (address, port))
    except OSError as error:
        name = errno.errorcode[error.errno]
        errors[name] = errors.get(name, 0) + 1
    sent, due = sent + 1, max(due + 1 / hz, time.monotonic())
print(json.dumps({'sent': sent, 'errors': errors}))
`;

const receiver = `
import socket, sys, time
way = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
way.bind(('0.0.0.0', int(sys.argv[1])))
print(time.clock_gettime_ns(time.CLOCK_BOOTTIME) - time.clock_gettime_ns(time.CLOCK_MONOTONIC), flush=True)
while True:
    said = way.recv(64).decode()
    print(said, time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000, flush=True)
`;

const python = (text: string, ...args: readonly (string | number)[]): { readonly argv: readonly string[] } =>
  ({ argv: ['python3', '-I', '-S', '-c', text, ...args.map(String)] });

export const startCanary = async (from: Session, to: Session, { address, port = 7001, hz }: { readonly address: string; readonly port?: number; readonly hz: number }): Promise<Canary> => {
  const heard = await to.open(python(receiver, port));
  const arrivals: Arrival[] = [];
  const ready = Promise.withResolvers<bigint>(); // What the machine was suspended: CLOCK_BOOTTIME runs then, and hrtime does not.
  const listen = async (): Promise<void> => {
    for await (const line of heard.lines) {
      const [seq = NaN, sentUs, heardUs] = line.split(' ').map(Number);
      if (sentUs === undefined || heardUs === undefined) ready.resolve(BigInt(seq));
      else arrivals.push({ seq, sentUs, heardUs });
    }
    ready.reject(new Error(`the receiver of the canary ended: ${(await heard.ended).stderr}`));
  };
  listen().catch(ready.reject);
  const suspendedNs = await ready.promise;
  const sending = await from.open(python(sender, address, port, hz));
  const said = sending.lines[Symbol.asyncIterator]();
  await said.next(); // It sends from now on.
  return {
    arrivals,
    nowUs: () => Number((process.hrtime.bigint() + suspendedNs) / 1000n),
    async stop() {
      sending.end();
      const last = await said.next();
      return JSON.parse(String(last.value)) as { sent: number; errors: Record<string, number> };
    },
    async [Symbol.asyncDispose]() {
      await sending[Symbol.asyncDispose]();
      await heard[Symbol.asyncDispose]();
    },
  };
};
