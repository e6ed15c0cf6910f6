// Connects to a device over ssh. There is no way to connect without knowing the host's key.

import { connect as connectTcp } from 'node:net';
import type { Duplex } from 'node:stream';
import type { DeviceId, Login } from '../model/lab.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import type { Conversation } from '../model/conversation.ts';
import type { Session } from '../model/session.ts';
import { SessionError } from '../model/session.ts';
import { orAborted } from './abort.ts';
import type { Connection } from './connection.ts';
import { createConnection } from './connection.ts';
import { converse } from './conversation.ts';
import { fingerprint, keyType, whyUnusable } from './key.ts';
import type { Limits } from './limits.ts';
import { defaultLimits } from './limits.ts';
import { isFinal, partsOf, reasonOf } from './reason.ts';
import { createSession } from './session.ts';
import { requireGate, throughSudo } from './sudo.ts';

export interface ConnectOptions {
  readonly device: DeviceId;
  readonly login: Pick<Login, 'host' | 'port' | 'user' | 'hostKey'>;
  /** Used instead of a TCP connection to `login`, for example a UNIX socket. */
  readonly socket?: () => Duplex | Promise<Duplex>;
  readonly privateKey: string | Buffer | null;
  /** The ssh agent's socket, asked when there is no private key. */
  readonly agentSocket: string | null;
  /** The name of the gate through which every command goes (sudo.ts); absent or null for a user who may do all himself. */
  readonly gate?: string | null;
  /** How one talks to it, where it runs no programs. */
  readonly conversation?: Conversation | null;
  readonly connectTimeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly limits?: Partial<Limits>;
}

/**
 * One attempt. Rejects with a SessionError when the device does not answer, which is worth another attempt; with a Problem
 * when another attempt would end the same (wrong host key, keys refused, unknown host name, another gate); with the signal's reason.
 */
export const connect = async (options: ConnectOptions): Promise<Session> => {
  const { device, login: { user, host, port }, connectTimeoutMs = 10_000, gate = null } = options;
  const asked = `connect to ${device} (${user}@${host}:${port})`;
  const session = await logIn({ ...options, asked, connectTimeoutMs });
  if (gate === null) return session;
  try {
    await requireGate(session, gate, { asked, timeoutMs: connectTimeoutMs });
    return session;
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
};

const logIn = async (options: ConnectOptions & { readonly asked: string; readonly connectTimeoutMs: number }): Promise<Session> => {
  const { device, login, asked, connectTimeoutMs, gate = null, conversation = null } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const credentials = credentialsOf(options, asked);
  const tooLate = new SessionError(`${device} does not answer: no session within ${connectTimeoutMs} ms`, { device, sent: false });

  const attempt = new AbortController();
  const timer = setTimeout(() => attempt.abort(tooLate), connectTimeoutMs);
  const signal = options.signal ? AbortSignal.any([attempt.signal, options.signal]) : attempt.signal;
  const seen: { hostKey: Buffer | null } = { hostKey: null };
  let socket: Duplex | null = null;
  try {
    socket = await orAborted(dial(options), signal, (late) => late.destroy());
    const connection: Connection = createConnection(device, socket, {
      ...credentials,
      username: `${login.user}${conversation?.userSuffix ?? ''}`,
      // Called before authentication: to a wrong host nothing of ours is shown.
      hostVerifier: (key: Buffer) => fingerprint((seen.hostKey = key)) === login.hostKey,
      keepaliveInterval: limits.keepaliveMs,
      keepaliveCountMax: limits.keepalives,
      readyTimeout: 0,
    }, gate === null ? [] : throughSudo);
    await orAborted(connection.ready, signal);
    return conversation === null ? createSession(connection, limits) : await orAborted(converse(connection, conversation, { limits, timeoutMs: connectTimeoutMs }), signal);
  } catch (error) {
    socket?.destroy();
    if (signal.aborted) throw signal.reason;
    if (seen.hostKey && fingerprint(seen.hostKey) !== login.hostKey) throw wrongHostKey(asked, login.hostKey, seen.hostKey);
    throw explain(error, { asked, device, login, agentSocket: options.agentSocket });
  } finally {
    clearTimeout(timer);
  }
};

const dial = async ({ login, socket }: ConnectOptions): Promise<Duplex> => {
  if (socket) return socket();
  // With Nagle's algorithm on, a short command takes about 25 times as long as its answer needs.
  return connectTcp({ host: login.host, port: login.port }).setNoDelay(true);
};

const credentialsOf = ({ privateKey, agentSocket }: ConnectOptions, asked: string) => {
  if (privateKey !== null) {
    const why = whyUnusable(privateKey);
    if (why === null) return { privateKey, authHandler: ['publickey' as const] };
    throw new Problem({ asked, found: `the private key cannot be used: ${why}`, right: 'an OpenSSH private key without a passphrase', exitCode: exitCodes.setup });
  }
  if (agentSocket !== null) return { agent: agentSocket, authHandler: ['agent' as const] };
  throw new Problem({
    asked,
    found: 'there is neither a private key nor an ssh agent',
    todo: 'set keyFile in the lab file, or start ssh-agent and export SSH_AUTH_SOCK',
    exitCode: exitCodes.setup,
  });
};

const wrongHostKey = (asked: string, right: string, foundKey: Buffer) =>
  new Problem({
    asked,
    found: `its host key is ${fingerprint(foundKey)} (${keyType(foundKey)}); nothing was sent to it`,
    right,
    todo: 'on the device\'s own console run `ssh-keygen -lf` on its public host key of that type; if it prints what was found, put that into the lab file as hostKey',
    exitCode: exitCodes.device,
  });

interface Attempted extends Pick<ConnectOptions, 'device' | 'login' | 'agentSocket'> {
  readonly asked: string;
}

const explain = (error: unknown, { asked, device, login, agentSocket }: Attempted) => {
  const found = reasonOf(error);
  const { exitCode, cause } = { exitCode: exitCodes.device, cause: error };
  if (!isFinal(error)) return new SessionError(`${device} does not answer: ${found}`, { device, sent: false }, { cause });
  if (partsOf(error).level !== 'client-authentication') return new Problem({ asked, found, exitCode }, { cause });
  const agentTrouble = error instanceof Error ? error.cause : undefined;
  if (agentTrouble === undefined) {
    return new Problem({ asked, found, todo: `add the public key to authorized_keys of ${login.user} on ${device}`, exitCode }, { cause });
  }
  return new Problem(
    { asked, found: `the ssh agent at ${agentSocket ?? ''} is of no help: ${reasonOf(agentTrouble)}`, todo: 'see what `ssh-add -l` says, or set keyFile in the lab file', exitCode: exitCodes.setup },
    { cause },
  );
};
