// Shares out the few channels of a connection, first come first served.

export interface Slots {
  /**
   * Waits for a free slot; resolves with the function that gives it back. Rejects with an Error that says who was in the
   * way when none is free within `timeoutMs`, or when the slots were closed.
   */
  take(who: string, limit: { readonly timeoutMs: number }): Promise<() => void>;
  /** Turns away everybody who waits or comes later. */
  close(reason: string): void;
}

export const createSlots = (count: number): Slots => {
  const holders = new Set<{ readonly who: string }>();
  const waiting: Waiter[] = [];
  let closed: string | null = null;

  const hold = (who: string) => {
    const holder = { who };
    holders.add(holder);
    return () => {
      if (!holders.delete(holder)) return;
      const next = waiting.shift();
      next?.admit(hold(next.who));
    };
  };

  return {
    take(who, { timeoutMs }) {
      if (closed !== null) return Promise.reject(new Error(closed));
      if (holders.size < count) return Promise.resolve(hold(who));
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.splice(waiting.indexOf(waiter), 1);
          reject(new Error(`waited ${timeoutMs} ms for a channel; in its way: ${[...holders].map((holder) => holder.who).join('; ')}`));
        }, timeoutMs);
        const waiter: Waiter = {
          who,
          admit(release) {
            clearTimeout(timer);
            resolve(release);
          },
          turnAway(reason) {
            clearTimeout(timer);
            reject(new Error(reason));
          },
        };
        waiting.push(waiter);
      });
    },
    close(reason) {
      closed ??= reason;
      for (const waiter of waiting.splice(0)) waiter.turnAway(closed);
    },
  };
};

interface Waiter {
  readonly who: string;
  admit(release: () => void): void;
  turnAway(reason: string): void;
}
