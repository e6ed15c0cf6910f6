// The calendar of a kernel whose time travels: it asks when it wants to go on, and does so when it is told (include/uapi/linux/um_timetravel.h).

import type { Socket } from 'node:net';

/** enum um_timetravel_ops. */
const ops = { ack: 0, start: 1, request: 2, wait: 3, get: 4, update: 5, run: 6, freeUntil: 7, getTod: 8 } as const;

/** struct um_timetravel_msg: op and sequence number of 32 bits, time of 64, in the host's byte order. */
const messageBytes = 16;

export interface Calendar {
  /** The kernel's time since its start, in nanoseconds, as far as it is known here: of a kernel that runs freely it is where it began to. */
  nowNs(): number;
  /**
   * Lets a kernel that waits go on, at the time that it asked for: any other is a bug to it (arch/um/kernel/time.c, time_travel_update_time).
   * Before `freeUntilNs` it does not ask again. Throws when it does not wait.
   */
  run(freeUntilNs: number | null): void;
  /** Whether the kernel waits, and until when it wants to sleep. */
  waits(): { readonly wantsNs: number } | null;
}

export interface CalendarOptions {
  /** Wall clock at time 0, nanoseconds since 1970. */
  readonly epochNs: bigint;
  /** The kernel has nothing to do before `waits().wantsNs`. */
  readonly onWait: () => void;
  /** It said what no kernel says. */
  readonly onError: (error: Error) => void;
}

export const keepCalendar = (socket: Socket, { epochNs, onWait, onError }: CalendarOptions): Calendar => {
  let nowNs = 0;
  let wantsNs: number | null = null;
  let waiting = false;
  let sequence = 0;
  let rest: Buffer = Buffer.alloc(0);

  /** All in one write: each is a waking of the kernel. */
  const send = (...messages: readonly (readonly [op: number, seq: number, time: bigint])[]): void => {
    const bytes = Buffer.alloc(messageBytes * messages.length);
    for (const [index, [op, seq, time]] of messages.entries()) {
      bytes.writeUInt32LE(op, index * messageBytes);
      bytes.writeUInt32LE(seq, index * messageBytes + 4);
      bytes.writeBigUInt64LE(time, index * messageBytes + 8);
    }
    socket.write(bytes);
  };
  const take = (op: number, seq: number, time: bigint): void => {
    switch (op) {
      case ops.start: break;
      case ops.request:
        wantsNs = Number(time);
        break;
      case ops.wait:
        // With the time that REQUEST would have had, and answered by RUN alone: a change of ours (kernel/recipe/changes.json).
        wantsNs = Number(time);
        waiting = true;
        onWait();
        return;
      case ops.get:
        send([ops.ack, seq, BigInt(nowNs)]);
        return;
      case ops.update:
        nowNs = Math.max(nowNs, Number(time));
        break;
      case ops.getTod:
        send([ops.ack, seq, epochNs]);
        return;
      default:
        onError(new Error(`the kernel said ${op} to its calendar, which no kernel does`));
        return;
    }
    send([ops.ack, seq, 0n]);
  };
  socket.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    for (; at + messageBytes <= rest.length; at += messageBytes) take(rest.readUInt32LE(at), rest.readUInt32LE(at + 4), rest.readBigUInt64LE(at + 8));
    rest = rest.subarray(at);
  });

  return {
    nowNs: () => nowNs,
    waits: () => waiting ? { wantsNs: wantsNs ?? nowNs } : null,
    run(freeUntilNs) {
      if (!waiting) throw new Error('the kernel does not wait');
      nowNs = Math.max(nowNs, wantsNs ?? nowNs);
      waiting = false;
      wantsNs = null;
      // A wait forgets what was free before it (time_travel_ext_wait), so this comes between the two.
      const free = freeUntilNs !== null && freeUntilNs > nowNs ? [[ops.freeUntil, sequence += 1, BigInt(freeUntilNs)] as const] : [];
      send(...free, [ops.run, sequence += 1, BigInt(nowNs)]);
    },
  };
};
