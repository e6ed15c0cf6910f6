// The world of real machines: nodes and switch are reached over ssh, as the lab file says.

import { readFile } from 'node:fs/promises';
import { arch, release, type } from 'node:os';
import { join } from 'node:path';
import type { Conversation } from '../../model/conversation.ts';
import type { DeviceId, Lab, Login } from '../../model/lab.ts';
import { deviceIds } from '../../model/lab.ts';
import { exitCodes, Problem } from '../../model/problem.ts';
import type { OpenLab, Session, World } from '../../model/session.ts';
import { whyUnusable } from '../../transport/key.ts';
import { connect } from '../../transport/ssh.ts';
import { TimedOut, until } from '../../transport/until.ts';
import { realClock } from '../real-clock.ts';

export interface SshEnv {
  /** Stands for `~` in key file names. */
  readonly home: string;
  /** The ssh agent's socket. */
  readonly sshAuthSock: string | null;
  /** The name of a device's gate, for users who are not root. */
  gateOf(lab: Lab, device: DeviceId): string;
  /** How one talks to the switch, where it runs no programs; absent or null where it does. */
  readonly conversation?: Conversation | null;
}

export const sshWorld = (env: SshEnv): World => ({
  name: 'ssh',
  async open(lab, { signal }) {
    const accounts = new Map<DeviceId, Account>();
    for (const device of deviceIds(lab)) {
      signal.throwIfAborted();
      accounts.set(device, { ...await accountOf(lab, device, env), conversation: device === lab.switch.name ? env.conversation ?? null : null });
    }
    return openLab(lab, { accounts, agentSocket: env.sshAuthSock, signal });
  },
});

interface Account {
  readonly login: Login;
  readonly privateKey: string | null;
  readonly gate: string | null;
  readonly conversation: Conversation | null;
}

const openLab = (lab: Lab, { accounts, agentSocket, signal }: { readonly accounts: ReadonlyMap<DeviceId, Account>; readonly agentSocket: string | null; readonly signal: AbortSignal }): OpenLab => {
  const closing = new AbortController();
  const sessions = new Set<Session>();

  const reach = async (device: DeviceId, { login, privateKey, gate, conversation }: Account, whileWanted: AbortSignal) => {
    const session = await connect({ device, login, privateKey, gate, conversation, agentSocket, signal: whileWanted });
    sessions.add(session);
    void session.closed.then(() => sessions.delete(session));
    // The last moment in which nobody wants it any more.
    if (whileWanted.aborted) await session[Symbol.asyncDispose]();
    return session;
  };

  return {
    lab,
    clock: realClock,
    lasting: true,
    realTime: true, seed: null,
    simulated: [],
    about: { host: `${type()} ${release()} ${arch()}`, runtime: `node ${process.version}` },
    async session(device, limit) {
      const account = accounts.get(device);
      if (!account) throw new Error(`lab ${lab.name} has no device "${device}"; it has ${[...accounts.keys()].join(', ')}`);
      // Who asks after the interruption has something to undo.
      const wanted = AbortSignal.any([...signal.aborted ? [] : [signal], closing.signal, ...(limit.signal ? [limit.signal] : [])]);
      try {
        return await until((whileWanted) => reach(device, account, whileWanted), {
          what: `${device} to answer`,
          everyMs: retryEveryMs,
          timeoutMs: limit.timeoutMs,
          clock: realClock,
          signal: wanted,
        });
      } catch (error) {
        throw error instanceof TimedOut ? silent(device, account.login, error) : error;
      }
    },
    power: () => null,
    console: () => null,
    async [Symbol.asyncDispose]() {
      closing.abort(new Error(`lab ${lab.name} was closed`));
      await Promise.all([...sessions].map((session) => session[Symbol.asyncDispose]()));
    },
  };
};

/** Often enough that the end of a reboot is seen soon, seldom enough not to be counted as an attack (sshd_config(5), PerSourcePenalties). */
const retryEveryMs = 1000;

const silent = (device: DeviceId, { host, port, user }: Login, error: TimedOut) =>
  new Problem(
    {
      asked: `connect to ${device} (${user}@${host}:${port})`,
      found: `no session within ${error.timeoutMs} ms; last: ${error.last}`,
      todo: `see whether ${device} is up, and whether this reaches it: ssh -p ${port} ${user}@${host}`,
      exitCode: exitCodes.device,
    },
    { cause: error },
  );

const accountOf = async (lab: Lab, device: DeviceId, env: SshEnv): Promise<Omit<Account, 'conversation'>> => {
  const login = [lab.switch, ...lab.nodes].find(({ name }) => name === device)?.login;
  const asked = `open lab ${lab.name} with its ${device}`;
  if (!login) {
    throw new Problem({ asked, found: `${device} has no login`, right: 'a login with host, user and hostKey for every node and the switch', exitCode: exitCodes.setup });
  }
  const gate = login.sudo ? env.gateOf(lab, device) : null;
  if (login.keyFile !== null) return { login, gate, privateKey: await readKey(login.keyFile, asked, env.home) };
  if (env.sshAuthSock !== null) return { login, gate, privateKey: null };
  throw new Problem({
    asked,
    found: `the login of ${device} names no keyFile, and there is no ssh agent`,
    todo: 'name a keyFile in the lab file, or start ssh-agent and export SSH_AUTH_SOCK',
    exitCode: exitCodes.setup,
  });
};

const readKey = async (keyFile: string, asked: string, home: string): Promise<string> => {
  const path = keyFile.startsWith('~/') ? join(home, keyFile.slice(2)) : keyFile;
  const problem = (found: string, todo?: string) =>
    new Problem({ asked, found: `the key file ${path} cannot be used: ${found}`, right: 'an OpenSSH private key without a passphrase', ...(todo ? { todo } : {}), exitCode: exitCodes.setup });
  let key: string;
  try {
    key = await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    throw problem(fileReasons[code] ?? `it cannot be read (${code})`);
  }
  const why = whyUnusable(key);
  if (why === null) return key;
  throw problem(why, why.includes('encrypted') ? `ssh-add ${path}, and leave out keyFile, so that the agent is asked` : undefined);
};

const fileReasons: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EACCES: 'it may not be read by this user',
  EISDIR: 'it is a directory',
};
