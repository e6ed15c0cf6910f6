// Sessions to simulated machines: what is sent takes a moment, links can be cut without a word, peers can stall.

import type { Command, Completed } from '../../src/model/command.ts';
import { SessionError, type Channel, type Session } from '../../src/model/session.ts';
import { agent } from './agent.ts';
import { reservation } from './reservation.ts';
import type { Accident, Effect, Effects } from './effects.ts';
import { never } from './effects.ts';
import { holder } from './holder.ts';
import { bootMs, type Asked, type Machine } from './machine.ts';
import type { Program } from './program.ts';

const travelMs = 2;
/** A link that is cut is noticed by missed keepalives (src/transport/limits.ts). */
const silenceMs = 9000;
/** How long a channel may take to open (src/transport/limits.ts). */
const openMs = 10_000;
const disposeGraceMs = 1000;

export interface Way { cut: boolean; readonly atCut: Set<() => void> }

export interface Around { readonly machine: Machine; readonly way: Way; readonly effects: Effects; readonly machines: readonly Machine[] }

interface Connection extends Around {
  readonly session: Session;
  /** The peer's kernel closes what the program had open. */
  closedByUs(): void;
}

export const connectTo = (around: Around): Connection => {
  const { machine, way, effects } = around;
  const { clock } = machine;
  const { boots } = machine;
  const closed = Promise.withResolvers<string>();
  const programs = new Set<Program>();
  let over = false;
  const close = (because: string): void => {
    if (over) return;
    over = true;
    way.atCut.delete(whenCut);
    machine.atReset.delete(whenReset);
    closed.resolve(because);
  };
  const whenCut = (): void => { clock.after(silenceMs, () => { close('it does not answer keepalives'); }); };
  const whenReset = (): void => { clock.after(bootMs + 100, () => { close('connection reset by peer'); }); };
  way.atCut.add(whenCut);
  machine.atReset.add(whenReset);

  const reachable = (): boolean => !over && !way.cut && machine.up && machine.boots === boots;
  const fail = (why: string, sent: boolean): SessionError => new SessionError(`${machine.name}: ${why}`, { device: machine.name, sent });
  /** What nobody answers any more. */
  const unanswered = async (timeoutMs: number): Promise<never> => {
    const end = await Promise.race([closed.promise, clock.sleep(timeoutMs).then(() => `no answer within ${timeoutMs} ms`)]);
    throw fail(end, true);
  };

  const run = async (command: Command, timeoutMs: number): Promise<Completed> => {
    const effect: Effect = { kind: 'run', device: machine.name, what: nameOf(command) };
    const accidents = effects.next(effect);
    const stalls = accidents.some(({ misfortune }) => misfortune === 'peer-stalls');
    for (const each of accidents.filter(({ moment }) => moment === 'before')) effects.strike(each, effect);
    if (effects.isDead()) return never();
    await clock.sleep(travelMs);
    if (over) throw fail('the connection is gone', false);
    if (!reachable() || stalls && at(accidents, 'before')) return unanswered(timeoutMs);
    if (at(accidents, 'torn')) {
      machine.runHalf(command);
      for (const each of accidents) if (each.moment === 'torn') effects.strike(each, effect);
      if (!twice(accidents)) return unanswered(timeoutMs);
    }
    machine.asked.push({ argv: command.argv, input: command.stdin ?? '' });
    const said = machine.run(command);
    for (const each of accidents) if (each.moment === 'after') effects.strike(each, effect);
    if (twice(accidents) && machine.up && machine.boots === boots) machine.run(command);
    await clock.sleep(travelMs);
    if (!reachable() || stalls) return unanswered(timeoutMs);
    return { command, ...said, elapsedMs: 2 * travelMs };
  };

  const open = async (command: Command): Promise<Channel> => {
    const effect: Effect = { kind: 'open', device: machine.name, what: nameOf(command) };
    const accidents = effects.next(effect);
    for (const each of accidents) if (each.moment === 'before') effects.strike(each, effect);
    if (effects.isDead()) return never();
    await clock.sleep(travelMs);
    if (over) throw fail('the connection is gone', false);
    const mute = accidents.some(({ misfortune }) => misfortune === 'peer-stalls');
    if (!reachable() || mute && at(accidents, 'before')) return unanswered(openMs);
    const lines = lineQueue();
    const ended = Promise.withResolvers<Completed>();
    const finish = (exitCode: number | null): void => {
      lines.end();
      ended.resolve({ command, exitCode, stdout: '', stderr: '', elapsedMs: 0 });
    };
    const say = (line: string): void => { if (reachable() && !silent && !effects.isDead()) lines.push(line); };
    let silent = false;
    let inputOver = false;
    let rest = '';
    const asked: Asked = { argv: command.argv, input: command.stdin ?? '' };
    machine.asked.push(asked);
    const tell = (code: number): void => { if (reachable()) finish(code); };
    const own = machine.unfenced(command)?.argv ?? null;
    const program: Program = own === null ? { hear: () => undefined, inputEnded: () => undefined }
      : own[0] === 'cable' ? cableHold(machine, say, tell)
      : own.at(-1) === 'bondproof-reservation' ? reservation(machine, say, tell)
      : own.some((word) => word.includes('bondproof\'s holder:')) ? holder(machine, own, say, tell)
      : agent(machine, around.machines, say, tell);
    if (own === null) tell(125);
    programs.add(program);
    void closed.promise.then(() => { finish(null); });
    for (const each of accidents) if (each.moment !== 'before') effects.strike(each, effect);
    if (effects.isDead()) return never();
    if (mute || !reachable()) return unanswered(openMs);

    const hear = (text: string): void => {
      const parts = (rest + text).split('\n');
      rest = parts.pop()!;
      for (const line of parts) program.hear(line);
    };
    const write = (text: string): void => {
      if (effects.isDead() || inputOver) return;
      const counted = isCounted(text);
      const order: Effect = { kind: 'write', device: machine.name, what: wordOf(text) };
      const happens = counted ? effects.next(order) : [];
      for (const each of happens) if (each.moment === 'before') {
        effects.strike(each, order);
        if (each.misfortune === 'peer-stalls') silent = true;
      }
      if (effects.isDead() || silent || !reachable()) return;
      if (at(happens, 'torn')) hear(text.slice(0, text.length / 2));
      else hear(text);
      asked.input += text;
      for (const each of happens) if (each.moment !== 'before') {
        effects.strike(each, order);
        if (each.misfortune === 'peer-stalls') silent = true;
        if (each.misfortune === 'delivered-twice') hear(each.moment === 'torn' ? text.slice(text.length / 2) + text : text);
      }
    };
    const end = (): void => {
      if (inputOver || effects.isDead()) return;
      inputOver = true;
      if (reachable() && !silent) program.inputEnded();
    };
    return {
      lines: lines.iterable, ended: effects.alive(ended.promise), write, end,
      async [Symbol.asyncDispose]() {
        end();
        await effects.alive(Promise.race([ended.promise, clock.sleep(disposeGraceMs)]));
        programs.delete(program);
        finish(null);
      },
    };
  };

  return {
    ...around,
    session: {
      device: machine.name,
      run: (command, { timeoutMs }) => effects.alive(run(command, timeoutMs)),
      open: (command) => effects.alive(open(command)),
      closed: effects.alive(closed.promise),
      async [Symbol.asyncDispose]() {
        for (const program of programs) if (reachable()) program.inputEnded();
        close('it was put away');
        await Promise.resolve();
      },
    },
    closedByUs() {
      for (const program of programs) if (reachable()) program.inputEnded();
      close('the program died');
    },
  };
};

const at = (accidents: readonly Accident[], moment: Accident['moment']): boolean => accidents.some((each) => each.moment === moment);
const twice = (accidents: readonly Accident[]): boolean => accidents.some(({ misfortune }) => misfortune === 'delivered-twice');

/** The real thing, on the worlds' time. */
const cableHold = (machine: Machine, say: (line: string) => void, ended: (exitCode: number) => void): Program => {
  const holding = machine.cables!.hold(say, () => {
    machine.changed();
    ended(0);
  });
  return {
    hear(line) {
      holding.obey(line);
      machine.changed();
    },
    inputEnded: () => { holding.end(); },
  };
};

/** Pings and most beats are many and alike. */
const isCounted = (text: string): boolean => {
  if (text.includes('"ping"') || text.includes('"here"')) return false;
  const beat = /"beat","n":(\d+)/.exec(text);
  return beat === null || Number(beat[1]) % 4 === 0;
};

const nameOf = ({ argv }: Command): string => {
  const own = argv[3] === 'bondproof-fenced' ? argv.slice(5) : argv;
  return own.findLast((word) => word.startsWith('bondproof-')) ?? own.slice(0, 4).join(' ').slice(0, 40).replaceAll('\n', ' ');
};
const wordOf = (text: string): string => /"order":"([\w-]+)"/.exec(text)?.[1] ?? (text.includes('"lapseMs"') ? 'reservation' : text.includes('"token"') ? 'plan' : text.includes('"nodeId"') ? 'config' : 'program');

const lineQueue = (): { push(line: string): void; end(): void; readonly iterable: AsyncIterable<string> } => {
  const waiting: string[] = [];
  let reader: ((result: IteratorResult<string>) => void) | null = null;
  let over = false;
  return {
    push(line) {
      if (over) return;
      if (reader) {
        reader({ value: line, done: false });
        reader = null;
      } else waiting.push(line);
    },
    end() {
      over = true;
      reader?.({ value: undefined, done: true });
      reader = null;
    },
    iterable: {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          const line = waiting.shift();
          if (line !== undefined) return Promise.resolve({ value: line, done: false as const });
          if (over) return Promise.resolve({ value: undefined, done: true as const });
          return new Promise((resolve) => { reader = resolve; });
        },
      }),
    },
  };
};
