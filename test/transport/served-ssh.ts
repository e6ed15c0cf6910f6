// A device for tests: an ssh server in this process that runs what it is told with a real shell, and can misbehave.

import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import { connect as connectTcp, createServer } from 'node:net';
import type { Connection, ParsedKey, PublicKeyAuthContext, ServerChannel } from 'ssh2';
import ssh2 from 'ssh2';
import type { Login } from '../../src/model/lab.ts';
import { fingerprint } from '../../src/transport/key.ts';

export interface ServedSsh extends AsyncDisposable {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** The host key's fingerprint, as a lab file has it. */
  readonly hostKey: string;
  /** The private key that opens it, in OpenSSH's format. */
  readonly userKey: string;
  readonly login: Login;
  /** What was seen so far. */
  readonly seen: {
    connections: number;
    /** Tries to authenticate, refused ones included. */
    authentications: number;
    /** Command lines in order of arrival, as the shell got them. */
    readonly lines: string[];
    /** The most channels that were open at once on one connection. */
    mostChannels: number;
  };
  /** Settles when the program of a line of `seen.lines`, which may be still to come, has ended: its exit code, or the signal that ended it. */
  ended(index: number): Promise<number | NodeJS.Signals>;
  /** Drops every connection, as a reset does. */
  cut(): void;
}

export interface ServedSshOptions {
  /** Listens here instead of on a TCP port. */
  readonly socketPath?: string;
  /** The port to listen on; any free one when absent. */
  readonly port?: number;
  /** Keys of an earlier server, to come back as the same device. */
  readonly keys?: ServedKeys;
  /** Channels that a connection may have at once, like sshd's MaxSessions; any number when absent. */
  readonly maxSessions?: number;
  /** The program that runs a command line; `/bin/sh -c` when absent. */
  readonly shell?: (line: string) => readonly [program: string, ...args: string[]];
}

export interface ServedKeys {
  readonly host: string;
  readonly user: string;
}

/** An ed25519 private key in OpenSSH's format; encrypted where there is a passphrase. */
export const generateKey = (passphrase?: string): string => {
  const { private: key } = ssh2.utils.generateKeyPairSync('ed25519', passphrase === undefined ? {} : { passphrase, cipher: 'aes256-ctr', rounds: 1 });
  // One in 256 keys that ssh2 1.17.0 makes is a byte short, and nobody can read it; OpenSSH's own are all read.
  return ssh2.utils.parseKey(key, passphrase) instanceof Error ? generateKey(passphrase) : key;
};

export const serveSsh = async (options: ServedSshOptions = {}): Promise<ServedSsh> => {
  const keys = options.keys ?? { host: generateKey(), user: generateKey() };
  const seen: ServedSsh['seen'] = { connections: 0, authentications: 0, lines: [], mostChannels: 0 };
  const connections = new Set<Connection>();
  const children: ChildProcess[] = [];
  const arrivals = new EventEmitter();
  const shell = options.shell ?? ((line) => ['/bin/sh', '-c', line] as const);

  const server = new ssh2.Server({ hostKeys: [keys.host] }, (connection) => {
    let channels = 0;
    seen.connections += 1;
    connections.add(connection);
    connection.on('error', () => undefined);
    connection.on('close', () => connections.delete(connection));
    connection.on('authentication', (context) => {
      seen.authentications += 1;
      if (context.method === 'publickey' && isProof(context, keys.user)) context.accept();
      else context.reject(['publickey']);
    });
    connection.on('session', (accept, reject) => {
      if (channels >= (options.maxSessions ?? Infinity)) {
        reject();
        return;
      }
      channels += 1;
      seen.mostChannels = Math.max(seen.mostChannels, channels);
      const session = accept();
      session.on('close', () => (channels -= 1));
      session.on('exec', (acceptExec, _reject, { command }) => {
        seen.lines.push(command);
        const [program, ...args] = shell(command);
        // A group of its own, as under sshd.
        const child = spawn(program, args, { detached: true });
        children.push(child);
        arrivals.emit('line');
        join(acceptExec(), child);
      });
    });
  });
  await new Promise<void>((resolve) => {
    if (options.socketPath === undefined) server.listen(options.port ?? 0, '127.0.0.1', resolve);
    else (server as unknown as NetServer).listen(options.socketPath, resolve);
  });

  const port = options.socketPath === undefined ? (server.address() as AddressInfo).port : 0;
  const hostKey = fingerprint(publicBlob(keys.host));
  const cut = () => {
    for (const connection of connections) (connection as unknown as { readonly _sock: Socket })._sock.destroy();
  };
  return {
    host: '127.0.0.1',
    port,
    hostKey,
    userKey: keys.user,
    login: { host: '127.0.0.1', port, user: 'root', sudo: false, keyFile: null, hostKey },
    seen,
    cut,
    async ended(index) {
      while (children[index] === undefined) await once(arrivals, 'line');
      const child = children[index];
      return new Promise((resolve) => {
        const settle = () => resolve(child.signalCode ?? child.exitCode ?? 255);
        if (child.exitCode !== null || child.signalCode !== null) settle();
        else child.on('exit', settle);
      });
    },
    async [Symbol.asyncDispose]() {
      cut();
      for (const child of children) killGroup(child);
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};

/** The first request only asks whether a key would do; the second one carries the signature. */
const isProof = (context: PublicKeyAuthContext, userKey: string): boolean => {
  const { key, blob, signature, hashAlgo } = context;
  return key.data.equals(publicBlob(userKey)) && (blob === undefined || signature === undefined || parse(userKey).verify(blob, signature, hashAlgo));
};

const join = (channel: ServerChannel, child: ChildProcess): void => {
  channel.on('error', () => undefined);
  child.stdin!.on('error', () => undefined);
  channel.pipe(child.stdin!);
  child.stdout!.pipe(channel, { end: false });
  child.stderr!.pipe(channel.stderr, { end: false });
  child.on('close', (exitCode, signal) => {
    // The exit status has to go before the end of output: ssh2's client answers that by closing the channel.
    if (signal === null) channel.exit(exitCode ?? 255);
    else channel.exit(signal.slice(3));
    channel.end();
  });
};

const killGroup = ({ pid, exitCode, signalCode }: ChildProcess): void => {
  try {
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone.
  }
};

const publicBlob = (privateKey: string): Buffer => parse(privateKey).getPublicSSH();

const parse = (privateKey: string): ParsedKey => {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  return key;
};

/** A TCP proxy that can fall silent without closing anything, like a network card in which the fault sits. */
export interface SilentProxy extends AsyncDisposable {
  readonly port: number;
  /** From now on nothing passes, in either direction. */
  silence(): void;
}

export const proxyTo = async (port: number): Promise<SilentProxy> => {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connectTcp(port, '127.0.0.1');
    for (const [from, to] of [[near, far], [far, near]] as const) {
      sockets.add(from);
      from.on('error', () => undefined);
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    silence() {
      for (const socket of sockets) socket.unpipe().removeAllListeners('end').pause();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};

/** A TCP proxy that passes so many bytes from one side on each connection and then nothing more from there, without closing anything. */
export const stallingProxy = async (port: number, { from, bytes }: { readonly from: 'client' | 'server'; readonly bytes: number }): Promise<AsyncDisposable & { readonly port: number; passed(): number }> => {
  const sockets = new Set<Socket>();
  let passed = 0;
  const server = createServer((near) => {
    const far = connectTcp(port, '127.0.0.1');
    for (const [source, target, counts] of [[near, far, from === 'client'], [far, near, from === 'server']] as const) {
      sockets.add(source);
      source.on('error', () => undefined);
      source.on('close', () => target.destroy());
      source.on('data', (chunk: Buffer) => {
        const rest = counts ? chunk.subarray(0, Math.max(0, bytes - passed)) : chunk;
        if (counts) passed += chunk.length;
        if (rest.length > 0 && !target.destroyed) target.write(rest);
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    passed: () => passed,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};
