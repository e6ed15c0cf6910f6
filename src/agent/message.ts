// Reads the agent's lines. What is not a message becomes a `trouble`: a node's words are values, never exceptions.

import type { AgentMessage } from './protocol.ts';

type Check = (value: unknown) => boolean;
type Stamp = Pick<AgentMessage, 'bootUs' | 'realUs'>;

/** `lastStamp` dates a line that cannot say when it was. */
export const readMessage = (line: string, lastStamp: Stamp): AgentMessage => {
  const value = parse(line);
  if (isMessage(value)) return value;
  const because = line.length > 200 ? `${line.slice(0, 200)}... (${line.length} characters)` : line;
  return { kind: 'trouble', bootUs: lastStamp.bootUs, realUs: lastStamp.realUs, what: 'a line of the agent is no message', because };
};

const isMessage = (value: unknown): value is AgentMessage => {
  if (!isObject(value) || !isNumber(value['bootUs']) || !isNumber(value['realUs'])) return false;
  const { kind } = value;
  if (typeof kind !== 'string' || !Object.hasOwn(fieldsOf, kind)) return false;
  return Object.entries(fieldsOf[kind as AgentMessage['kind']]).every(([name, check]) => check(value[name]));
};

const parse = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const orNull = (check: Check): Check => (value) => value === null || check(value);
const listOf = (check: Check): Check => (value) => Array.isArray(value) && value.every(check);
const rowOf = (...checks: readonly Check[]): Check => (value) => Array.isArray(value) && value.length === checks.length && checks.every((check, i) => check(value[i]));
const recordOf = (check: Check): Check => (value) => isObject(value) && Object.values(value).every(check);

const fieldsOf: { readonly [Kind in AgentMessage['kind']]: Readonly<Record<Exclude<keyof Extract<AgentMessage, { kind: Kind }>, 'kind' | 'bootUs' | 'realUs'>, Check>> } = {
  hello: { bootId: isText, kernel: isText, python: isText, pid: isNumber, problems: listOf(isText) },
  pong: { id: isNumber },
  netlink: { data: isText },
  journal: { identifier: isText, text: isText, priority: isNumber },
  lacp: { slave: isText, actor: isNumber, partner: isNumber },
  lacpdu: { slave: isText, outgoing: isFlag, frame: isText },
  lrm: { state: isText, timestamp: isNumber },
  tick: {
    seq: isNumber,
    heard: recordOf(listOf(isNumber)),
    canarySent: listOf(isNumber),
    canaryHeard: listOf(isNumber),
    delivered: listOf(rowOf(isNumber, isNumber)),
    undeliveredMs: isNumber,
    counters: recordOf(rowOf(isNumber, isNumber, orNull(isNumber), orNull(isNumber))),
  },
  trouble: { what: isText, because: isText },
};
