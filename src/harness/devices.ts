// The sessions of one trial or check: opened when first needed, opened anew when a device has been away.

import { fenced, wasRefused } from '../agent/reservation.ts';
import { SessionError, type OpenLab, type Session } from '../model/session.ts';
import type { Action, Command, Completed, Query } from '../model/command.ts';
import { cables, type DeviceId } from '../model/lab.ts';
import type { Reservations } from './reservations.ts';
import { Problem } from '../model/problem.ts';

/** A script has a name behind it, which says more than its text. */
const inWords = ({ argv }: Command): string => argv.map((word) => word.includes('\n') ? '…' : word).join(' ').slice(0, 160);

/** An action that a device refused: the change it belongs to did not happen as planned. */
export class ActionFailed extends Error {
  constructor(action: Action, { exitCode, stderr, stdout, elapsedMs }: Completed) {
    super(`${action.device}: ${inWords(action.command)}: exit ${exitCode ?? 'unknown'} after ${Math.round(elapsedMs)} ms: ${(stderr || stdout).trim() || 'nothing said'}`);
    this.name = 'ActionFailed';
  }
}

/** An answer that nobody understands: it is unknown what the device meant, and never taken for nothing. */
export class AnswerUnclear extends Error {
  constructor(device: DeviceId, command: Command, error: unknown) {
    super(`${device}: ${inWords(command)}: its answer is not understood: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    this.name = 'AnswerUnclear';
  }
}

/** A machine of a virtual lab boots within 10 s where nothing else runs, and within a minute on a loaded host. */
const bootMs = 90_000;
/** ifup waits for a bond's carrier (ifupdown2), and a loaded virtual machine takes its time. */
const insistedMs = 60_000;

export interface Reach { readonly timeoutMs: number; readonly signal?: AbortSignal }

export class Devices implements AsyncDisposable {
  readonly #open: OpenLab;
  readonly #reservations: Reservations | null;
  readonly #sessions = new Map<DeviceId, Promise<Session>>();

  /** Without reservations where nobody else can know the lab. */
  constructor(open: OpenLab, reservations: Reservations | null) {
    this.#open = open;
    this.#reservations = reservations;
  }

  get pastNetworks(): boolean {
    return this.#open.pastNetworks ?? false;
  }

  /** The device's session; a new one where there is none or it is gone. */
  async session(device: DeviceId, reach: Reach = { timeoutMs: bootMs }): Promise<Session> {
    const known = this.#sessions.get(device);
    if (known) return known;
    const opening = this.#open.session(device, reach);
    this.#sessions.set(device, opening);
    const forget = () => { if (this.#sessions.get(device) === opening) this.#sessions.delete(device); };
    opening.then(async (session) => { await session.closed; forget(); }, forget);
    return opening;
  }

  async run(device: DeviceId, command: Command, limit: { readonly timeoutMs: number }): Promise<Completed> {
    return (await this.session(device)).run(command, limit);
  }

  /** Asks again once when the connection failed: a question changes nothing. */
  async ask<Answer>(device: DeviceId, query: Query<Answer>, limit: { readonly timeoutMs: number } = { timeoutMs: 20_000 }): Promise<Answer> {
    const completed = await this.run(device, query.command, limit).catch(async (error: unknown) => {
      if (!(error instanceof SessionError)) throw error;
      return this.run(device, query.command, limit);
    });
    if (completed.exitCode !== 0) throw new ActionFailed({ device, command: query.command }, completed);
    try {
      return query.parse(completed.stdout);
    } catch (error) {
      throw error instanceof Problem ? error : new AnswerUnclear(device, query.command, error);
    }
  }

  /** Runs an action once. Never again: an action that may have happened is not repeated behind the caller's back. */
  async act(action: Action, limit: { readonly timeoutMs: number } = { timeoutMs: 60_000 }): Promise<Completed> {
    const completed = await this.#change(action, limit);
    if (completed.exitCode === null || !(action.accept ?? [0]).includes(completed.exitCode)) throw new ActionFailed(action, completed);
    return completed;
  }

  /** What makes a command one of our run's, so that the device refuses it once it is another's. */
  async fence(device: DeviceId): Promise<(command: Command) => Command> {
    const number = device === cables ? undefined : await this.#reservations?.number(device);
    return number === undefined ? (command) => command : (command) => fenced(number, command);
  }

  async #change({ device, command }: Action, limit: { readonly timeoutMs: number }): Promise<Completed> {
    // Cables are one run's by their lab's machines.
    if (this.#reservations === null || device === cables) return this.run(device, command, limit);
    const number = await this.#reservations.number(device);
    const completed = await this.run(device, fenced(number, command), limit);
    if (!wasRefused(completed)) return completed;
    // It did not run. A device that was reset has forgotten us and is ours again; where another run was, this says so.
    this.#reservations.refused(device, number);
    return this.run(device, fenced(await this.#reservations.number(device), command), limit);
  }

  /** Runs an action that is safe to run twice, as an undo is, again and again while the device is away. */
  async insist(action: Action, limit: { readonly timeoutMs: number } = { timeoutMs: insistedMs }): Promise<Completed> {
    const { clock } = this.#open;
    const untilUs = clock.nowUs() + bootMs * 1000;
    for (;;) {
      try {
        return await this.act(action, limit);
      } catch (error) {
        if (!(error instanceof SessionError) || clock.nowUs() > untilUs) throw error;
        await clock.sleep(500);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const sessions = await Promise.allSettled(this.#sessions.values());
    this.#sessions.clear();
    await Promise.allSettled(sessions.map(async (result) => { if (result.status === 'fulfilled') await result.value[Symbol.asyncDispose](); }));
  }
}
