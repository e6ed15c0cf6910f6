// Reads the agent's lines. What is not a message becomes a `trouble`: a node's words are values, never exceptions.

import { isFlag, isNull, isObject, isText, listOf, oneOf, readJson, type Check } from '../model/shape.ts';
import type { AgentMessage } from './protocol.ts';

type Stamp = Pick<AgentMessage, 'bootUs' | 'realUs'>;

/** `lastStamp` dates a line that cannot say when it was. */
export const readMessage = (line: string, lastStamp: Stamp): AgentMessage => {
  const value = readJson(line);
  if (isMessage(value)) return value;
  const because = line.length > 200 ? `${line.slice(0, 200)}... (${line.length} characters)` : line;
  return { kind: 'trouble', bootUs: lastStamp.bootUs, realUs: lastStamp.realUs, what: 'a line of the agent is no message', because };
};

const isMessage = (value: unknown): value is AgentMessage => {
  if (!isObject(value) || !isFinite(value['bootUs']) || !isFinite(value['realUs'])) return false;
  const { kind } = value;
  if (typeof kind !== 'string' || !Object.hasOwn(fieldsOf, kind)) return false;
  return Object.entries(fieldsOf[kind as AgentMessage['kind']]).every(([name, check]) => check(value[name]));
};

const isFinite: Check = (value) => Number.isFinite(value);
const orNull = (check: Check): Check => oneOf(isNull, check);
const rowOf = (...checks: readonly Check[]): Check => (value) => Array.isArray(value) && value.length === checks.length && checks.every((check, i) => check(value[i]));
const recordOf = (check: Check): Check => (value) => isObject(value) && Object.values(value).every(check);

const fieldsOf: { readonly [Kind in AgentMessage['kind']]: Readonly<Record<Exclude<keyof Extract<AgentMessage, { kind: Kind }>, 'kind' | 'bootUs' | 'realUs'>, Check>> } = {
  hello: { bootId: isText, kernel: isText, python: isText, pid: isFinite, problems: listOf(isText) },
  pong: { id: isFinite },
  netlink: { data: isText },
  journal: { identifier: isText, text: isText, priority: isFinite },
  lacp: { slave: isText, actor: isFinite, partner: isFinite },
  lacpdu: { slave: isText, outgoing: isFlag, frame: isText },
  burst: { sent: listOf(rowOf(isFinite, isFinite, isFinite)) },
  lrm: { state: isText, timestamp: isFinite },
  tick: {
    seq: isFinite,
    heard: recordOf(listOf(isFinite)),
    canarySent: listOf(isFinite),
    canaryRefused: isFinite,
    canaryHeard: recordOf(listOf(isFinite)),
    delivered: listOf(rowOf(isFinite, isFinite)),
    undeliveredMs: isFinite,
    counters: recordOf(rowOf(isFinite, isFinite, orNull(isFinite), orNull(isFinite))),
  },
  trouble: { what: isText, because: isText },
};
