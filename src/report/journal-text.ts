// Each node's journal of a trial as text: what was logged, by wall clock and by seconds of the trial.

import type { Event, EventOf } from '../model/event.ts';
import { middleUs } from '../model/instant.ts';
import type { NodeId } from '../model/lab.ts';
import { fileName, printable } from './text.ts';
import { byText } from './words.ts';

export interface JournalFile { readonly name: string; readonly content: string }

/** One file for each node that logged anything, by name. */
export const journals = (events: readonly Event[]): readonly JournalFile[] => {
  const started = events.find((event) => event.type === 'trial-started');
  const applied = events.find((event) => event.type === 'fault-applied');
  const zeroMs = started === undefined ? null : Date.parse(started.startedAt);
  const head = [
    'wall clock (UTC)          trial s   identifier: text',
    applied === undefined ? '# the fault was never applied' : `# the fault took effect at ${trialSeconds(middleUs(applied.at)).trim()} s of the trial`,
  ];
  return linesByNode(events).map(([node, own]) => {
    const lines = [...own].sort((a, b) => middleUs(a.at) - middleUs(b.at)).map((event) => {
      const us = middleUs(event.at);
      return `${wallClock(zeroMs, us)}  ${trialSeconds(us)}  ${printable(event.identifier)}: ${printable(event.text)}`;
    });
    return { name: nameOf(node), content: `${[...head, ...lines].join('\n')}\n` };
  });
};

export const journalNames = (events: readonly Event[]): readonly string[] => linesByNode(events).map(([node]) => nameOf(node));

const nameOf = (node: NodeId): string => `${fileName(node)}.journal.txt`;

const linesByNode = (events: readonly Event[]): readonly (readonly [NodeId, readonly EventOf<'logged'>[]])[] =>
  [...Map.groupBy(events.filter((event) => event.type === 'logged'), ({ by }) => by)].sort(([a], [b]) => byText(a, b));

const trialSeconds = (us: number): string => (us / 1_000_000).toFixed(3).padStart(8);

const wallClock = (zeroMs: number | null, us: number): string => {
  const date = new Date((zeroMs ?? Number.NaN) + us / 1000);
  return Number.isNaN(date.getTime()) ? '-'.padEnd(24) : date.toISOString();
};
