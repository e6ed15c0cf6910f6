// The cables of a virtual lab where they go through the holder: each frame is a datagram that comes in at one end and goes out at the other, unless that way is cut.
// Commands are what a device has: `cable show LINK`, `cable mend LINK`, and within a hold `cable stage LINK`, `cable cut LINK to-switch|to-node|nothing`.

import { createSocket, type Socket } from 'node:dgram';

import type { LinkId } from '../../model/lab.ts';

/** UDP ports on the lab's loopback: of the machine at each end, and of the holder's side that faces it. */
export interface CablePlan {
  readonly link: LinkId;
  readonly node: number;
  readonly nodeSide: number;
  readonly switch: number;
  readonly switchSide: number;
}

export const ways = ['to-switch', 'to-node'] as const;
export type Way = (typeof ways)[number];

export interface Answer { readonly exitCode: number; readonly stdout: string; readonly stderr: string }

/** Milliseconds that never go back, and what is due later. */
export interface Timers {
  nowMs(): number;
  /** Gives what takes it back. */
  after(ms: number, due: () => void): () => void;
}

/** One connection that may hold a fault: lines in, by `say` lines out. */
export interface Holding {
  obey(line: string): void;
  /** The connection is gone, and with it what it held. */
  end(): void;
}

export interface Cables {
  passes(link: LinkId, way: Way): boolean;
  run(argv: readonly string[]): Answer;
  /** `over` is called when the holding ends by itself. */
  hold(say: (line: string) => void, over: () => void): Holding;
}

interface Plan { readonly token: string; readonly what: string; readonly since: string; readonly parts?: Readonly<Record<string, readonly (readonly string[])[]>>; readonly leaseMs: number; readonly capMs: number }
type Order = { readonly order: 'beat'; readonly n: number } | { readonly order: 'lease'; readonly ms: number } | { readonly order: 'do'; readonly part: string };

/** One at a time holds what is cut, a way of a cable or of several: the same orders and answers as a node's holder (agent/node/holder.py). */
export const createCables = (links: readonly LinkId[], timers: Timers): Cables => {
  const yard: Yard = { links, timers, holder: null, cut: new Map() };
  return {
    passes: (link, way) => yard.cut.get(link) !== way,
    run: (argv) => command(yard, argv, { held: false }),
    hold: (say, over) => hold(yard, say, over),
  };
};

interface Yard {
  readonly links: readonly LinkId[];
  readonly timers: Timers;
  holder: { readonly plan: Plan; readonly end: () => void } | null;
  readonly cut: Map<LinkId, Way>;
}

const command = (yard: Yard, argv: readonly string[], { held }: { readonly held: boolean }): Answer => {
  const [program, verb, link = '', way = ''] = argv;
  if (program !== 'cable') return refused(`no command of cables: ${argv.join(' ')}`);
  if (!yard.links.includes(link)) return refused(`there is no cable "${link}", but ${yard.links.join(', ')}`);
  if (verb === 'show') return done(yard.cut.has(link) ? `cut ${yard.cut.get(link)!}\n` : 'whole\n');
  if (verb === 'mend') {
    // Whoever holds it is to cut it no more.
    if (yard.holder !== null && isOf(link, yard.holder.plan)) yard.holder.end();
    return done();
  }
  if (held && verb === 'stage') return done();
  const wanted = ways.find((each) => each === way);
  if (!held || verb !== 'cut' || wanted === undefined && way !== 'nothing') return refused(`no command of cables${held ? '' : ' that nobody holds'}: ${argv.join(' ')}`);
  if (wanted === undefined) yard.cut.delete(link);
  else yard.cut.set(link, wanted);
  return done();
};

const isOf = (link: LinkId, { parts = {} }: Plan): boolean => Object.values(parts).flat().some((argv) => argv.includes(link));

const hold = (yard: Yard, say: (line: string) => void, over: () => void): Holding => {
  const { timers } = yard;
  let plan: Plan | null = null;
  let ended = false;
  let [leaseMs, endsMs, capMs] = [0, Infinity, Infinity];
  let cancel = (): void => undefined;
  const tell = (said: string, more: Readonly<Record<string, unknown>> = {}): void => { say(JSON.stringify({ said, ...more })); };
  const end = (): void => {
    if (ended) return;
    ended = true;
    cancel();
    if (plan !== null && yard.holder?.plan === plan) {
      yard.holder = null;
      yard.cut.clear();
    }
    over();
  };
  const renew = (): void => {
    cancel();
    endsMs = Math.min(timers.nowMs() + leaseMs, capMs);
    cancel = timers.after(Math.max(0, endsMs - timers.nowMs()), end);
  };
  const begin = (wanted: Plan): void => {
    if (yard.holder !== null) {
      const { token, what, since } = yard.holder.plan;
      tell('busy', { holder: JSON.stringify({ token, what, since }) });
      end();
      return;
    }
    plan = wanted;
    yard.holder = { plan, end };
    leaseMs = plan.leaseMs;
    capMs = timers.nowMs() + plan.capMs;
    renew();
    tell('armed');
  };
  const carryOut = (order: Order, { parts = {} }: Plan): void => {
    if (order.order === 'do') {
      const steps = (parts[order.part] ?? []).map((argv) => command(yard, argv, { held: true }));
      tell('done', { part: order.part, steps: steps.map(({ exitCode, stdout, stderr }) => [exitCode, stdout + stderr]) });
      return;
    }
    if (order.order === 'lease') leaseMs = order.ms;
    renew();
    tell(order.order, order);
  };
  return {
    end,
    obey(line) {
      if (ended) return;
      try {
        if (plan === null) begin(JSON.parse(line) as Plan);
        // A lease that was over stays over: what lay here while this process stood still is not carried out.
        else if (timers.nowMs() > endsMs) end();
        else carryOut(JSON.parse(line) as Order, plan);
      } catch {
        // Nobody of ours speaks so.
        end();
      }
    },
  };
};

const done = (stdout = ''): Answer => ({ exitCode: 0, stdout, stderr: '' });
const refused = (stderr: string): Answer => ({ exitCode: 1, stdout: '', stderr });

const loopback = '127.0.0.1';

/** Lays the cables; gives what takes them up again. Not connected, so that a machine that is off is no error (udp(7)). */
export const layCables = async (plans: readonly CablePlan[], { passes }: Pick<Cables, 'passes'>): Promise<() => void> => {
  const sockets = await Promise.all(plans.flatMap(({ link, node, nodeSide, switch: far, switchSide }) => {
    const [near, other] = [createSocket('udp4'), createSocket('udp4')];
    near.on('message', (frame) => { if (passes(link, 'to-switch')) other.send(frame, far, loopback, lostOnTheWay); });
    other.on('message', (frame) => { if (passes(link, 'to-node')) near.send(frame, node, loopback, lostOnTheWay); });
    return [bound(near, nodeSide), bound(other, switchSide)];
  }));
  return () => { for (const socket of sockets) socket.close(); };
};

/** A cable has no way to tell; without this a refused send would be an error of the socket's. */
const lostOnTheWay = (): void => undefined;

const bound = async (socket: Socket, port: number): Promise<Socket> => new Promise((resolve, reject) => {
  socket.once('error', reject);
  socket.bind({ address: loopback, port, exclusive: true }, () => { socket.off('error', reject); resolve(socket); });
});
