// Asks an SNMP agent, and only asks: `walk NAME OID KIND` is the one command that there is, and no request that sets anything is ever made.
// What it gives looks like what net-snmp's snmpwalk prints with -On, a row a line.

import { createSocket, type Socket, type SocketType } from 'node:dgram';
import { lookup } from 'node:dns/promises';

import type { Command, Completed } from '../model/command.ts';
import type { DeviceId, SnmpAuth, SnmpPrivacy } from '../model/lab.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import { SessionError, type Session } from '../model/session.ts';
import { orAborted } from './abort.ts';
import { library, type LibrarySession, type Varbind } from './net-snmp.ts';
import { reasonOf } from './reason.ts';
import { rowText, walkedKinds, type WalkedKind } from './snmp-row.ts';

export type SnmpCredentials =
  | { readonly version: 'v3'; readonly user: string; readonly auth: { readonly protocol: SnmpAuth; readonly key: string }; readonly privacy: { readonly protocol: SnmpPrivacy; readonly key: string } }
  | { readonly version: 'v2c'; readonly community: string };

export interface SnmpOptions {
  readonly device: DeviceId;
  readonly host: string;
  /** UDP. */
  readonly port: number;
  readonly credentials: SnmpCredentials;
  readonly signal?: AbortSignal;
  /** How long an answer is waited for, and how often it is asked for again. A busy switch takes seconds for a table. */
  readonly answerMs?: number;
  readonly retries?: number;
}

/** A walk of so many rows is of no table that is asked for here: a chassis has some thousand interfaces. */
const rowsAtMost = 20_000;

/** Rows asked for at once: as many as fit a datagram of 1500 octets that is not split. */
const repetitions = 20;

/**
 * Rejects with a Problem where there is nobody, or nobody who answers to these keys. In the session a walk that the agent refuses ends with exit code 1 and its
 * words; a subtree that it does not have is a walk without rows.
 */
export const openSnmp = async (options: SnmpOptions): Promise<Session> => {
  const { device, host, port, credentials, signal = new AbortController().signal } = options;
  const asked = `ask ${device} by SNMP (${credentials.version === 'v3' ? `${credentials.user}@` : ''}${host}:${port}, ${credentials.version})`;
  const address = await orAborted(lookup(host), signal).catch((error: unknown) => {
    if (signal.aborted) throw error;
    throw new Problem({ asked, found: reasonOf(error), right: 'a host name or an address', todo: 'see `snmp:` of the switch in the lab file', exitCode: exitCodes.device }, { cause: error });
  });
  const session = createSession(address.address, address.family === 6 ? 'udp6' : 'udp4', options);
  const over = new AbortController();
  const closed = Promise.withResolvers<string>();
  const close = (why: string): void => {
    if (over.signal.aborted) return;
    over.abort(new Error(why));
    session.close();
    closed.resolve(why);
  };
  try {
    await orAborted(bulk(session, firstOid), signal);
  } catch (error) {
    close('it was never open');
    if (signal.aborted) throw error;
    // That it has nothing there, or shows nobody that, is an answer.
    if (!isRefusal(error)) throw explained(error, { asked, credentials, met: session.msgSecurityParameters !== undefined });
  }
  return {
    device,
    closed: closed.promise,
    async run(command, { timeoutMs }) {
      if (over.signal.aborted) throw new SessionError(`${device}: the session is closed`, { device, sent: false });
      return walked(session, command, { device, deadline: AbortSignal.any([AbortSignal.timeout(timeoutMs), over.signal]) });
    },
    open: () => Promise.reject(new Error('an SNMP agent runs no programs')),
    [Symbol.asyncDispose]: () => {
      close('we closed it');
      return Promise.resolve();
    },
  };
};

/** Where every MIB begins: whoever may see anything gets an answer. */
const firstOid = '1.3';

const createSession = (host: string, transport: 'udp4' | 'udp6', { port, credentials, answerMs = 3000, retries = 2 }: SnmpOptions): LibrarySession => {
  const options = { port, transport, timeout: answerMs, retries, dgramModule: sockets };
  const session = credentials.version === 'v2c' ? library.createSession(host, credentials.community, { ...options, version: library.Version2c })
    : library.createV3Session(host, {
      name: credentials.user, level: library.SecurityLevel.authPriv,
      authProtocol: library.AuthProtocols[credentials.auth.protocol]!, authKey: credentials.auth.key,
      privProtocol: library.PrivProtocols[credentials.privacy.protocol]!, privKey: credentials.privacy.key,
    }, { ...options, version: library.Version3 });
  // A datagram that is no message of SNMP: the answer may still come.
  session.on('error', () => undefined);
  if (credentials.version === 'v3') requireSecure(session);
  return session;
};

/** The library takes an answer for authentic that does not claim to be (Message.processIncomingSecurity in its index.js): anybody could send one. RFC 3414, 3.2, wants the level that was asked for. */
const requireSecure = (session: LibrarySession): void => {
  const answered = session.onSimpleGetResponse.bind(session);
  session.onSimpleGetResponse = (request, message) => {
    if (message.hasAuthentication() && message.hasPrivacy()) answered(request, message);
    else request.responseCb(new Error('an answer came that is not authenticated and encrypted, so that anybody may have sent it'));
  };
};

/** node:dgram, but that a listener which throws, as the library's does on messages without a PDU, does not end the program: such a message is none. */
const sockets = {
  createSocket: (type: SocketType): Socket => {
    const socket = createSocket(type);
    const on = socket.on.bind(socket) as (event: string, listener: (...args: readonly unknown[]) => void) => Socket;
    const guarded = (event: string, listener: (...args: readonly unknown[]) => void): Socket => on(event, event !== 'message' ? listener : (...args) => {
      try {
        listener(...args);
      } catch {
        // As if it had never come: the request is asked again, or its time is up.
      }
    });
    return Object.assign(socket, { on: guarded });
  },
};

const bulk = async (session: LibrarySession, oid: string): Promise<readonly Varbind[]> => {
  const { promise, resolve, reject } = Promise.withResolvers<readonly Varbind[]>();
  session.getBulk([oid], 0, repetitions, (error, varbinds) => { if (error) reject(error); else resolve(varbinds?.[0] ?? []); });
  return promise;
};

const walked = async (session: LibrarySession, command: Command, { device, deadline }: { readonly device: DeviceId; readonly deadline: AbortSignal }): Promise<Completed> => {
  const [walk, name = '', oid = '', kind] = command.argv;
  if (walk !== 'walk' || !/^\d+(\.\d+)+$/.test(oid) || !isKind(kind)) throw new Error(`an SNMP agent is asked nothing like ${command.argv.join(' ')}`);
  const began = performance.now();
  const ended = (stdout: string, stderr: string): Completed => ({ command, exitCode: stderr === '' ? 0 : 1, stdout, stderr, elapsedMs: performance.now() - began });
  const rows: string[] = [];
  for (let at = oid; ;) {
    const answer = await orAborted(bulk(session, at), deadline).catch((error: unknown) => {
      if (isRefusal(error)) return error;
      throw new SessionError(`${device}, ${name} by SNMP: ${deadline.aborted ? 'it was not answered in time' : reasonIn(error)}`, { device, sent: true }, { cause: error });
    });
    if (answer instanceof Error) return ended(rows.join(''), `the agent says ${answer.message}`);
    for (const varbind of answer) {
      if (exceptions.has(varbind.type) || !varbind.oid.startsWith(`${oid}.`)) return ended(rows.join(''), '');
      if (!follows(varbind.oid, at)) return ended(rows.join(''), `the agent says that ${varbind.oid} comes after ${at}: its rows would never end`);
      if (rows.length === rowsAtMost) return ended(rows.join(''), `the agent has more than ${rowsAtMost} rows there`);
      rows.push(`${rowText(varbind, kind)}\n`);
      at = varbind.oid;
    }
    if (answer.length === 0) return ended(rows.join(''), '');
  }
};

const isKind = (word: string | undefined): word is WalkedKind => walkedKinds.some((each) => each === word);

/** noSuchObject, noSuchInstance, endOfMibView (RFC 3416, 3). */
const exceptions = new Set([128, 129, 130]);

/** Whether an OID comes after another in lexicographical order (RFC 3416, 4.2.2). */
const follows = (oid: string, before: string): boolean => {
  const [a, b] = [oid.split('.').map(Number), before.split('.').map(Number)];
  for (const [at, arc] of a.entries()) {
    const other = b[at];
    if (other === undefined || arc > other) return true;
    if (arc < other) return false;
  }
  return false;
};

/** The agent answered, and what it says is no. */
const isRefusal = (error: unknown): error is Error => error instanceof Error && error.name === 'RequestFailedError';

const isSilence = (error: unknown): boolean => error instanceof Error && error.name === 'RequestTimedOutError';

/** The library quotes digests and whole users; of those nothing is shown. */
const reasonIn = (error: unknown): string => {
  if (isSilence(error)) return 'it does not answer any more';
  if (error instanceof Error && error.name === 'ResponseInvalidError') return /^Authentication digest/.test(error.message) ? 'its answer is not signed with our key' : error.message.slice(0, 200);
  return reasonOf(error);
};

interface Attempt { readonly asked: string; readonly credentials: SnmpCredentials; readonly met: boolean }

/** Reports of an agent that does not let us in, in the words of net-snmp's UsmStats (RFC 3414, 5: usmStats). */
const explained = (error: unknown, { asked, credentials, met }: Attempt): Problem => {
  const problem = (found: string, right: string, todo: string): Problem => new Problem({ asked, found, right, todo, exitCode: exitCodes.device }, { cause: error });
  const said = error instanceof Error ? error.message : String(error);
  if (credentials.version === 'v2c') {
    return problem(isSilence(error) ? 'nobody answers' : reasonIn(error), 'an agent, and a community that it knows: it does not answer strangers', 'see whether SNMP is enabled on the device for this machine’s address, and what the community file holds');
  }
  const { user, auth, privacy } = credentials;
  if (said.startsWith('Unknown User Name')) return problem(`the agent knows no user ${user}`, 'a user of SNMPv3 with authentication and privacy', 'see `user:` below `snmp:` in the lab file, and the device’s list of SNMP users');
  if (said.startsWith('Wrong Digest') || said.startsWith('Authentication digest')) return problem(`the agent does not take the authentication key of ${user} with ${auth.protocol}`, 'the protocol and the pass phrase that the device has for this user', 'see `auth:` below `snmp:` in the lab file, and what its keyFile holds');
  if (said.startsWith('Unsupported Security Level')) return problem(`the agent has no privacy for ${user}, or not with ${auth.protocol} and ${privacy.protocol}`, 'a user with authentication and privacy (authPriv)', 'see which protocols the device has for this user');
  if (said.startsWith('Decryption Error') || said.startsWith('Failed to decrypt')) {
    return problem(`the agent cannot read what ${user} encrypts with ${privacy.protocol}, or we not what it does`, 'the protocol and the pass phrase of privacy that the device has for this user', 'see `privacy:` below `snmp:` in the lab file, and what its keyFile holds');
  }
  if (met && isSilence(error)) {
    return problem(`the agent says who it is, and not a word to what ${user} asks with ${auth.protocol} and ${privacy.protocol}`,
      'the protocols and the pass phrases that the device has for this user; most often it is the one of privacy', 'see `privacy:` and `auth:` below `snmp:` in the lab file, and what their keyFiles hold');
  }
  if (isSilence(error)) return problem('nobody answers', 'an SNMP agent with SNMPv3', 'see whether SNMP is enabled on the device for this machine’s address, and whether a firewall lets UDP through');
  return problem(reasonIn(error), 'an answer of SNMPv3', 'see whether the device speaks SNMPv3 at this port');
};
