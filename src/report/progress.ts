// A running campaign as people and machines follow it: items in, lines out. The command line does the writing.

import type { Step } from '../model/event.ts';
import type { Outcome } from '../model/result.ts';
import { clip, escapeJson, printable } from './text.ts';
import { clock } from './words.ts';

export type ProgressItem = { readonly atMs: number } & (
  /** The campaign, before its first trial; a repeat or a lab that is added later comes as one more of these. `slots`: labs at once, at least. */
  | { readonly kind: 'planned'; readonly trials: readonly { readonly trial: string; readonly expectedMs: number }[]; readonly slots: number }
  /** `leftMs`: how long the whole trial will still take, at most; null: nobody knows. */
  | { readonly kind: 'step'; readonly trial: string; readonly slot: number; readonly step: Step; readonly leftMs: number | null; readonly note: string }
  | { readonly kind: 'ended'; readonly trial: string; readonly slot: number; readonly outcome: Outcome; readonly note: string }
  | { readonly kind: 'notice'; readonly text: string }
);

export interface Progress {
  readonly total: number;
  readonly done: number;
  /** By lab slot. */
  readonly running: ReadonlyMap<number, Running>;
  /** Planned and not begun: how long they are expected to take, by name; a name that is planned twice has two entries. */
  readonly waiting: readonly { readonly trial: string; readonly expectedMs: number }[];
  readonly slots: number;
}

export type Running = Extract<ProgressItem, { readonly kind: 'step' }>;

export const noProgress: Progress = { total: 0, done: 0, running: new Map(), waiting: [], slots: 1 };

export const advance = (progress: Progress, item: ProgressItem): Progress => {
  switch (item.kind) {
    case 'planned':
      return { ...progress, total: progress.total + item.trials.length, waiting: [...progress.waiting, ...item.trials], slots: Math.max(progress.slots, item.slots) };
    case 'step': {
      const begins = progress.running.get(item.slot)?.trial !== item.trial;
      return { ...progress, running: new Map([...progress.running, [item.slot, item]]), waiting: begins ? without(progress.waiting, item.trial) : progress.waiting };
    }
    case 'ended':
      return { ...progress, done: progress.done + 1, running: new Map([...progress.running].filter(([slot]) => slot !== item.slot)) };
    case 'notice':
      return progress;
  }
};

/** How long the campaign will still take at `nowMs`, by what is known; null before the plan. */
export const etaMs = (progress: Progress, nowMs: number): number | null => {
  if (progress.total === 0) return null;
  const left = [...progress.running.values()].map((item) => leftMs(item, nowMs) ?? 0);
  // Waiting trials go to whichever slot is free first, in the order of the plan.
  const free = Array.from({ length: Math.max(progress.slots, left.length) }, (_, slot) => left[slot] ?? 0);
  for (const { expectedMs } of progress.waiting) {
    const first = free.indexOf(Math.min(...free));
    free[first] = (free[first] ?? 0) + expectedMs;
  }
  return Math.max(0, ...free);
};

export interface ScreenOptions { readonly columns: number; readonly color: boolean; readonly nowMs: number }

/** What to redraw: one line for each running trial, by slot, then the count. No line is wider than `columns`. */
export const screen = (progress: Progress, { columns, color, nowMs }: ScreenOptions): readonly string[] => {
  const faint = (text: string): string => (color ? `\u001b[2m${text}\u001b[0m` : text);
  const running = [...progress.running.values()].sort((a, b) => a.slot - b.slot);
  const name = Math.min(30, Math.max(0, ...running.map(({ trial }) => printable(trial).length)));
  const lines = running.map((item) => {
    const left = leftMs(item, nowMs);
    const text = `  lab ${item.slot}  ${clip(printable(item.trial), name).padEnd(name)}  ${item.step.padEnd(10)} ${(left === null ? '' : clock(left)).padStart(7)}  ${printable(item.note)}`;
    return clip(text.trimEnd(), columns);
  });
  const eta = etaMs(progress, nowMs);
  const count = `${progress.done}/${progress.total} trials done${eta === null || progress.done === progress.total ? '' : `, about ${clock(eta)} left`}`;
  return [...lines, faint(clip(count, columns))];
};

/** For an output that is no terminal; no control characters survive. */
export const plainLine = (item: ProgressItem): string => {
  switch (item.kind) {
    case 'planned':
      return item.trials.length === 0 ? `${item.slots} labs at once: this machine has room for one more` : `planned: ${item.trials.length} trial${item.trials.length === 1 ? '' : 's'} on ${item.slots} lab${item.slots === 1 ? '' : 's'}`;
    case 'step':
      return `lab ${item.slot}: ${printable(item.trial)}: ${item.step}${item.leftMs === null ? '' : `, ${clock(item.leftMs)} left`}${item.note === '' ? '' : `; ${printable(item.note)}`}`;
    case 'ended':
      return `lab ${item.slot}: ${printable(item.trial)}: ended, ${item.outcome}${item.note === '' ? '' : `; ${printable(item.note)}`}`;
    case 'notice':
      return printable(item.text);
  }
};

/** For machines: one JSON object a line, a progress item or a result. */
export const jsonLine = (item: object): string => escapeJson(JSON.stringify(item));

const leftMs = (item: Running, nowMs: number): number | null => (item.leftMs === null ? null : Math.max(0, item.leftMs - (nowMs - item.atMs)));

const without = <T extends { readonly trial: string }>(waiting: readonly T[], trial: string): readonly T[] => {
  const index = waiting.findIndex((one) => one.trial === trial);
  return index < 0 ? waiting : waiting.toSpliced(index, 1);
};
