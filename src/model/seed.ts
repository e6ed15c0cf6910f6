// What is random, from a number: the same number gives the same, on every machine.

import { createHash } from 'node:crypto';

/** The seed of the lab that a trial has for itself, 32 bits. */
export const trialSeed = (seed: number, { number, attempt }: { readonly number: number; readonly attempt: number }): number => seededBytes(seed, `trial ${number} attempt ${attempt}`)(4).readUInt32BE();

/** Bytes that follow from the seed, what they are for, and how many were drawn before; as good as SHA-256. */
export const seededBytes = (seed: number, what: string): ((count: number) => Buffer) => {
  let drawn = 0;
  return (count) => {
    const blocks = Array.from({ length: Math.ceil(count / 32) }, () => createHash('sha256').update(`${seed} ${what} ${drawn += 1}`).digest());
    return Buffer.concat(blocks).subarray(0, count);
  };
};
