// What the schemas of lab and scenario files are made of: a value and, as its error and its description, what would be right.

import { z } from 'zod';

export const text = (pattern: RegExp, right: string) => z.string({ error: right }).regex(pattern, { error: right }).describe(right);

export const whole = (min: number, max: number, right: string) => z.int({ error: right }).min(min, { error: right }).max(max, { error: right }).describe(right);

export const choice = <const Word extends string>(words: readonly Word[], right: string) => z.enum(words, { error: right }).describe(right);

/** About unknown keys its error is the list of known ones alone, for whoever looks for the nearest. */
export const map = <Shape extends z.core.$ZodLooseShape>(shape: Shape) => {
  const keys = Object.keys(shape).join(', ');
  return z.strictObject(shape, { error: (issue) => (issue.code === 'unrecognized_keys' ? keys : `a map with the keys ${keys}`) });
};

export const list = <Item extends z.ZodType>(item: Item, min: number, max: number, right: string) =>
  z.array(item, { error: right }).min(min, { error: right }).max(max, { error: right }).describe(right);
