// What readers of switches' outputs share. They throw on what they do not understand, with the text.

import { exitCodes, Problem } from '../model/problem.ts';
import { shownJson } from '../model/shape.ts';
import type { Aggregate, LacpBits, Member, ReceiveState } from '../model/switch-facts.ts';
import type { ManagedDialect, PortGroup } from './dialect.ts';

/** Thrown by a parser where the device was asked, and has nothing that would tell: its answer is understood, and is no fact. */
export class Untold extends Error {}

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

/** The number that a text is, or null: also for one that a number cannot hold. */
export const countIn = (text: string | undefined): number | null => (text === undefined || !/^\d+$/.test(text) ? null : countOf(Number(text)));

export const linesIn = (text: string): readonly string[] => text.split('\n').map((line) => line.trimEnd());

/** A text cut before each line that begins an entry, without what stands before the first. */
export const entriesIn = (text: string, begin: RegExp): readonly string[] =>
  linesIn(text).join('\n').split(new RegExp(`^(?=${begin.source})`, 'm')).filter((entry) => new RegExp(`^(?:${begin.source})`).test(entry));

/** A moment as most command lines print it: 09:00:00.123, Nov 30 2026; null where the zone is another than UTC, whose offset the device does not print. */
export const utcOf = (time: string, date: string, zone: string): string | null => {
  const at = /^(?:UTC|GMT)$/.test(zone) ? Date.parse(`${date} ${time} UTC`) : Number.NaN;
  return Number.isNaN(at) ? null : new Date(at).toISOString();
};

/**
 * The receive machine as a port tells it of itself in its own state (IEEE 802.1AX-2020, 6.4.2.3 g and h). A port in neither state that is in use has a current
 * partner; one that is not may be disabled as well.
 */
export const receiveIn = (actor: LacpBits | null, inUse: boolean | null): ReceiveState | null => {
  if (actor?.expired === true) return 'expired';
  if (actor?.defaulted === true) return 'defaulted';
  return actor?.expired === false && actor.defaulted === false && inUse === true ? 'current' : null;
};

/** What an aggregate asks its partner for, where all of its members ask for the same; `timeout` of the actor is that request. */
export const rateOf = (members: readonly Member[]): Aggregate['rate'] => {
  const asked = new Set(members.map(({ actor }) => actor?.timeout ?? null));
  const [short] = asked;
  return asked.size !== 1 || short === undefined || short === null ? null : short ? 'fast' : 'slow';
};

/** A member of which no more is known. */
export const plainMember = (port: string, inUse: boolean | null): Member =>
  ({ port, actor: null, partner: null, receive: null, partnerSystem: null, lacpdus: null, inUse });

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

/** Throws a Problem for a group whose VLAN the lab file does not name, where its ports lose theirs by becoming plain, as `why` says. */
export const vlanOf = ({ name, vlan }: PortGroup, why: string): number => {
  if (vlan !== undefined) return vlan;
  throw new Problem({
    asked: `form plain of the switch ports of ${name}`,
    found: `${why}, and the lab file does not name it`,
    right: 'the VLAN that the ports are untagged members of', todo: `add \`vlan:\` to node ${name} in the lab file`, exitCode: exitCodes.usage,
  });
};

/** A configuration without its secrets. Quotes around one stay, so that what is JSON remains it. */
export const scrubbed = ({ secrets }: Pick<ManagedDialect, 'secrets'>, configuration: string): string =>
  secrets.reduce((text, pattern) => text.replaceAll(pattern, (whole: string, secret: string) => {
    const [, quote = ''] = /^(["'])[^]*\1$/.exec(secret) ?? [];
    const at = whole.lastIndexOf(secret);
    return `${whole.slice(0, at)}${quote}…${quote}${whole.slice(at + secret.length)}`;
  }), configuration);

/** What `scrubbed` takes out, without the quotes around it. */
export const secretsIn = ({ secrets }: Pick<ManagedDialect, 'secrets'>, configuration: string): readonly string[] =>
  secrets.flatMap((pattern) => [...configuration.matchAll(pattern)].map(([, secret = '']) => secret.trim().replace(/^(["'])([^]*)\1$/, '$2')));
