// A run's reservation of a simulated machine, as src/agent/node/reservation.py is.

import type { Owner } from '../../src/agent/reservation.ts';
import type { Machine } from './machine.ts';
import type { Program } from './program.ts';

const startMs = 150;

export const reservation = (machine: Machine, say: (line: string) => void, ended: (exitCode: number) => void): Program => {
  let waiting: string[] | null = [];
  let asked = false;
  let mine: Owner | null = null;
  let lapseMs = 20_000;
  let over = false;
  let forget = (): void => undefined;
  const end = (exitCode = 0): void => {
    if (over) return;
    over = true;
    forget();
    machine.atReset.delete(die);
    if (mine !== null && machine.owner === mine) machine.owner = null;
    ended(exitCode);
  };
  /** With the whole machine. */
  const die = (): void => {
    over = true;
    forget();
  };
  const wait = (): void => {
    forget();
    forget = machine.clock.after(lapseMs, () => { end(); });
  };
  const take = (wanted: Omit<Owner, 'number'> & { readonly number: number | null; readonly lapseMs: number }, untilUs: number): void => {
    if (over) return;
    if (machine.owner !== null) {
      if (machine.owner.run === wanted.run && machine.clock.nowUs() < untilUs) {
        forget = machine.clock.after(100, () => { take(wanted, untilUs); });
        return;
      }
      say(JSON.stringify({ said: 'busy', owner: machine.owner }));
      end();
      return;
    }
    if (wanted.number !== null && wanted.number < machine.lastNumber) {
      say(JSON.stringify({ said: 'late', owner: machine.lastOwner }));
      end();
      return;
    }
    machine.lastNumber = wanted.number ?? machine.lastNumber + 1;
    mine = { run: wanted.run, by: wanted.by, since: wanted.since, number: machine.lastNumber };
    machine.owner = mine;
    machine.lastOwner = mine;
    say(JSON.stringify({ said: 'mine', number: mine.number }));
    wait();
  };
  machine.atReset.add(die);
  machine.clock.after(startMs, () => {
    const lines = waiting ?? [];
    waiting = null;
    for (const line of lines) hear(line);
  });
  const hear = (line: string): void => {
    if (over) return;
    if (asked) {
      if (mine !== null) wait();
      return;
    }
    asked = true;
    try {
      const wanted = JSON.parse(line) as Parameters<typeof take>[0];
      ({ lapseMs } = wanted);
      take(wanted, machine.clock.nowUs() + (lapseMs + 1000) * 1000);
    } catch {
      end(1); // Python ends with an exception.
    }
  };
  wait();
  return {
    hear(line) {
      if (waiting) waiting.push(line);
      else hear(line);
    },
    inputEnded: () => { end(); },
  };
};
