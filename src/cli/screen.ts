// Writes progress: redrawn lines on a terminal, plain lines elsewhere, JSON for machines.

import type { Untimed } from '../harness/campaign.ts';
import { advance, jsonLine, noProgress, plainLine, screen, type ProgressItem } from '../report/progress.ts';
import { complain, host, sayAsIs } from './host.ts';

export interface Screen extends Disposable { show(item: Untimed<ProgressItem>): void }

export const openScreen = (form: 'json' | 'plain' | 'terminal'): Screen => {
  const startMs = performance.now();
  const timed = (item: Untimed<ProgressItem>): ProgressItem => ({ ...item, atMs: Math.round(performance.now() - startMs) });
  if (form === 'json') return { show: (item) => { sayAsIs(jsonLine(timed(item))); }, [Symbol.dispose]: () => undefined };
  return form === 'plain' ? plain(timed) : terminal(timed, startMs);
};

type Timed = (item: Untimed<ProgressItem>) => ProgressItem;

/** Says a step once, not each time that its remaining time is told anew. */
const plain = (timed: Timed): Screen => {
  const told = new Map<number, string>();
  return {
    show(item) {
      if (item.kind === 'step') {
        const step = `${item.trial} ${item.step}`;
        if (told.get(item.slot) === step) return;
        told.set(item.slot, step);
      }
      complain(plainLine(timed(item)));
    },
    [Symbol.dispose]: () => undefined,
  };
};

const terminal = (timed: Timed, startMs: number): Screen => {
  let progress = noProgress;
  let drawn = 0;
  const clear = (): void => {
    if (drawn > 0) process.stdout.write(`\u001b[${drawn}A\u001b[J`);
    drawn = 0;
  };
  const draw = (): void => {
    clear();
    const lines = screen(progress, { columns: (process.stdout.columns || host.columns) - 1, color: host.color, nowMs: performance.now() - startMs });
    process.stdout.write(lines.map((line) => `${line}\n`).join(''));
    drawn = lines.length;
  };
  const timer = setInterval(draw, 1000);
  return {
    show(item) {
      const now = timed(item);
      progress = advance(progress, now);
      // What has ended stays on the screen, above the lines that are redrawn.
      if (now.kind === 'ended' || now.kind === 'notice') {
        clear();
        process.stdout.write(`${plainLine(now)}\n`);
      }
      if (now.kind !== 'step') draw();
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      clear();
    },
  };
};
