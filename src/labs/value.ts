// Values of a lab or scenario file that may be of any kind yet: found by path, and told in words.

import type { Path } from './yaml-text.ts';

export interface Place { readonly path: Path; readonly value: unknown }

/** Undefined where there is nothing. */
export const valueAt = (data: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, step) => (typeof value === 'object' && value !== null && Object.hasOwn(value, step) ? (value as Readonly<Record<PropertyKey, unknown>>)[step] : undefined), data);

/** All values at a path in which `*` stands for each item of a list. */
export const places = (data: unknown, [step, ...rest]: Path, path: Path = []): readonly Place[] => {
  const value = valueAt(data, path);
  if (step === undefined) return value === undefined ? [] : [{ path, value }];
  if (step !== '*') return places(data, rest, [...path, step]);
  return Array.isArray(value) ? value.flatMap((_, at) => places(data, rest, [...path, at])) : [];
};

/** `nodes is missing`, `id is "one"`, `item 2 of nodes is a list`. */
export const told = (data: unknown, path: Path): string => {
  const value = valueAt(data, path);
  return value === undefined ? `${labelOf(path)} is missing` : `${labelOf(path)} is ${shown(value)}`;
};

export const shown = (value: unknown): string => {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'number' || typeof value === 'boolean') return `${value}`;
  const text = JSON.stringify(value);
  return text.length > 64 ? `${text.slice(0, 64)}...` : text;
};

const labelOf = (path: Path): string => {
  const last = path.at(-1);
  if (last === undefined) return 'the file';
  return typeof last === 'number' ? `item ${last + 1} of ${labelOf(path.slice(0, -1))}` : String(last);
};
