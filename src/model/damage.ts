// What reading a record back found wrong with it.

export interface Damage {
  /** The last line is torn or there is no end of the trial: the program was killed, and what came before is whole. */
  readonly tornEnd: boolean;
  /** Lines that are not as they were written. */
  readonly brokenLines: number;
  /** Lines that were written and are not there, broken ones not counted. */
  readonly missingLines: number;
  /** Lines that are there again. */
  readonly doubledLines: number;
}

export const noDamage: Damage = { tornEnd: false, brokenLines: 0, missingLines: 0, doubledLines: 0 };
