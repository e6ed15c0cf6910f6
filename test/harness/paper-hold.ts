// A session on which the holder of a fault does what it is told (src/agent/holder.ts).

import type { HoldPlan } from '../../src/agent/holder.ts';
import type { Session } from '../../src/model/session.ts';

/** `did` hears of every command of a fault's parts. */
export const paperHold = (device: string, did: (what: string) => void): Session => ({
  device,
  closed: new Promise(() => undefined),
  run: () => Promise.reject(new Error('on paper')),
  open: (command) => {
    did(command.argv[3]!);
    const said: string[] = [];
    let reader: ((result: IteratorResult<string>) => void) | null = null;
    let plan: HoldPlan | null = null;
    const ended = Promise.withResolvers<never>();
    const say = (answer: object): void => {
      const value = JSON.stringify(answer);
      if (reader) reader({ value, done: false });
      else said.push(value);
      reader = null;
    };
    return Promise.resolve({
      lines: { [Symbol.asyncIterator]: () => ({ next: () => said.length > 0 ? Promise.resolve({ value: said.shift()!, done: false as const }) : new Promise<IteratorResult<string>>((resolve) => { reader = resolve; }) }) },
      write: (text) => {
        const order = JSON.parse(text) as HoldPlan & { readonly order?: string; readonly part: string };
        if (plan === null) {
          plan = order;
          say({ said: 'armed' });
        } else if (order.order === 'do') {
          const argvs = plan.parts[order.part]!;
          for (const argv of argvs) did(argv.join(' '));
          say({ said: 'done', part: order.part, steps: argvs.map(() => [0, '']) });
        } else say({ ...order, said: order.order });
      },
      end: () => undefined,
      ended: ended.promise,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  },
  [Symbol.asyncDispose]: () => Promise.resolve(),
});
