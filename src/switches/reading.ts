// What readers of switches' outputs share. They throw on what they do not understand, with the text.

import { exitCodes, Problem } from '../model/problem.ts';
import { shownJson } from '../model/shape.ts';
import type { ManagedDialect, PortGroup } from './dialect.ts';

/** An object of JSON whose values are not known yet. */
export type Fields = Readonly<Record<string, unknown>>;

export const readJson = (what: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${what} did not print JSON: ${text.slice(0, 200)}`, { cause: error });
  }
};

export const fieldsOf = (what: string, value: unknown): Fields => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new Error(`${what} printed ${shownJson(value)} where an object was expected`);
};

export const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
export const flagOf = (value: unknown): boolean | null => (typeof value === 'boolean' ? value : null);
export const countOf = (value: unknown): number | null => (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null);

/** The one line of several that has the pattern, as its groups. */
export const matchOf = (what: string, text: string, pattern: RegExp): RegExpExecArray => {
  const found = pattern.exec(text);
  if (found !== null) return found;
  throw new Error(`${what}: nothing in it is like ${String(pattern)}: ${JSON.stringify(text.slice(0, 200))}`);
};

/** A MAC address however it is written (001c.7300.0001, 00-1C-73-…, 00:1c:73:…), in the kernel's way. */
export const macOf = (text: string): string => {
  const digits = text.replaceAll(/[.:-]/g, '').toLowerCase();
  if (!/^[0-9a-f]{12}$/.test(digits)) throw new Error(`${JSON.stringify(text)} is no MAC address`);
  return digits.match(/../g)!.join(':');
};

/** Throws a Problem for a group whose aggregate the lab file does not name. */
export const aggregateOf = ({ name, aggregate }: PortGroup, right: string): string => {
  if (aggregate !== undefined) return aggregate;
  throw new Problem({
    asked: `form of the switch ports of ${name}`,
    found: 'the lab file does not name the aggregate that they are in, or would be',
    right,
    todo: `add \`aggregate:\` to node ${name} in the lab file`,
    exitCode: exitCodes.usage,
  });
};

/** A configuration without its secrets. */
export const scrubbed = ({ secrets }: Pick<ManagedDialect, 'secrets'>, configuration: string): string =>
  secrets.reduce((text, pattern) => text.replaceAll(pattern, (whole: string, secret: string) => `${whole.slice(0, whole.lastIndexOf(secret))}…${whole.slice(whole.lastIndexOf(secret) + secret.length)}`), configuration);
