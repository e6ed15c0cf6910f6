// Every effect of a trial, numbered; at one of them, or at two, something goes wrong.

import type { SimulatedClock } from './clock.ts';

/** What goes wrong. `dies`: the program, its connections closed by the kernel; `power`: the whole machine it runs on, without a word; `kernel-refuses`: a qdisc is not removed. */
export const misfortunes = ['dies', 'power', 'link-cut', 'link-cut-for-long', 'node-resets', 'disk-full', 'peer-stalls', 'delivered-twice', 'kernel-refuses'] as const;
export type Misfortune = (typeof misfortunes)[number];

/** Before the effect, in the middle of it, or after it and before anybody hears of it. */
export const moments = ['before', 'torn', 'after'] as const;
export type Moment = (typeof moments)[number];

export interface Accident { readonly at: number; readonly moment: Moment; readonly misfortune: Misfortune }

export interface Effect {
  readonly kind: 'session' | 'run' | 'open' | 'write' | 'disk';
  /** A device, or nothing for the disk. */
  readonly device: string | null;
  readonly what: string;
}

/** What the world does about a misfortune. */
export interface Fate {
  strike(misfortune: Misfortune, effect: Effect): void;
}

export class Effects {
  readonly clock: SimulatedClock;
  readonly log: Effect[] = [];
  readonly #accidents: readonly Accident[];
  readonly #fate: Fate;
  /** The program is gone: nothing that it waits for will ever happen. */
  #dead = false;

  constructor(clock: SimulatedClock, accidents: readonly Accident[], fate: Fate) {
    this.clock = clock;
    this.#accidents = accidents;
    this.#fate = fate;
  }

  isDead(): boolean {
    return this.#dead;
  }

  kill(): void {
    this.#dead = true;
  }

  /** The accidents of this effect, which is hereby counted. */
  next(effect: Effect): readonly Accident[] {
    const at = this.log.length;
    this.log.push(effect);
    return this.#accidents.filter((accident) => accident.at === at);
  }

  strike(accident: Accident, effect: Effect): void {
    this.#fate.strike(accident.misfortune, effect);
  }

  /** What the program waits for; nothing, once it is dead. */
  async alive<T>(work: Promise<T>): Promise<T> {
    try {
      const value = await work;
      return this.#dead ? await never() : value;
    } catch (error) {
      if (this.#dead) return never();
      throw error;
    }
  }
}

export const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
