// A switch for tests, simulated: a command line over ssh that echoes, pages, prompts, refuses, and has a dead man on a clock of its own. What it prints is
// written by hand from its maker's documentation; what it knows of configuration is a list of lines.

import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import ssh2 from 'ssh2';
import type { ServerChannel } from 'ssh2';
import type { Session } from '../../src/model/session.ts';
import type { Conversation } from '../../src/model/conversation.ts';
import { connect } from '../../src/transport/ssh.ts';
import { fingerprint } from '../../src/transport/key.ts';
import { generateKey } from '../transport/served-ssh.ts';

export interface State {
  /** `exec`, or what the kind calls its modes of configuration. */
  mode: string;
  /** Lines of configuration in force: where, and what. */
  running: readonly Entry[];
  /** Lines that are not in force yet; null: there are none, each is in force at once. */
  candidate: readonly Entry[] | null;
  /** Where in the configuration the next line belongs: `interface Ethernet1`, or empty. */
  context: string;
  /** What was in force before, and when it is again unless that is made to stay. */
  deadMan: { readonly before: readonly Entry[]; readonly atS: number } | null;
  /** What device kinds keep besides, like checkpoints. */
  readonly saved: Map<string, readonly Entry[]>;
  /** The device's own clock. */
  nowS: number;
}

export interface Entry { readonly where: string; readonly line: string }

/** What makes a device one of its kind. */
export interface ScriptedKind {
  prompt(state: State): string;
  /** Lines by which it answers questions, and what it answers, with `{clock}` for what differs each time. */
  readonly shows: Readonly<Record<string, string | ((state: State) => string)>>;
  /** Does what a line says, or returns null for a line that is not its language. */
  act(line: string, state: State): string | null;
  /** What it says of a line that it does not know. */
  refuse(line: string): string;
  readonly pager: { readonly shows: string; readonly every: number } | null;
  /** Lines of `conversation.prepare`, which the device takes without a word; the first of them ends paging. */
  readonly noPaging: RegExp;
  readonly before: readonly Entry[];
}

/** How it treats whoever is connected, within what real ones do. */
export interface Manners {
  /** Writes so many bytes at a time; null: what it has. */
  readonly bytes?: number;
  /** Colours and cursor movements around the prompt. */
  readonly ansi?: boolean;
  /** Goes away in the middle of the answer to this line. */
  readonly dies?: RegExp;
  /** Pages although it was told not to. */
  readonly pages?: boolean;
}

export interface ScriptedDevice extends AsyncDisposable {
  readonly state: State;
  /** Lines as they came, whoever sent them. */
  readonly heard: string[];
  /** What a lab file says of it, and the key that opens it. */
  readonly login: { readonly host: string; readonly port: number; readonly hostKey: string };
  readonly userKey: string;
  session(conversation: Conversation): Promise<Session>;
  /** Drops every connection, as SIGKILL of a harness does. */
  cut(): void;
  /** Lets time pass on the device. */
  pass(seconds: number): void;
}

export const freshState = ({ before }: ScriptedKind): State => ({ mode: 'exec', running: before, candidate: null, context: '', deadMan: null, saved: new Map(), nowS: 0 });

export const serveScripted = async (kind: ScriptedKind, manners: Manners = {}): Promise<ScriptedDevice> => {
  const keys = { host: generateKey(), user: generateKey() };
  const state = freshState(kind);
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const cut = (): void => { for (const socket of sockets) socket.destroy(); };

  const ssh = new ssh2.Server({ hostKeys: [keys.host] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (context) => (context.method === 'publickey' ? context.accept() : context.reject(['publickey'])));
    client.on('session', (accept) => {
      const session = accept();
      session.on('pty', (acceptPty) => acceptPty());
      session.on('shell', (acceptShell) => {
        // Modes and what is not in force belong to a connection.
        Object.assign(state, { mode: 'exec', candidate: null, context: '' });
        attend(acceptShell(), { kind, manners, state, heard, die: cut });
      });
    });
  });
  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    ssh.injectSocket(socket);
  });
  tcp.listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  const { port } = tcp.address() as AddressInfo;
  const publicKey = ssh2.utils.parseKey(keys.host);
  if (publicKey instanceof Error) throw publicKey;
  const hostKey = fingerprint(publicKey.getPublicSSH());

  return {
    state,
    heard,
    login: { host: '127.0.0.1', port, hostKey },
    userKey: keys.user,
    session: (conversation) => connect({ device: 'sw1', login: { host: '127.0.0.1', port, user: 'admin', hostKey }, privateKey: keys.user, agentSocket: null, connectTimeoutMs: 60_000, conversation }),
    cut,
    pass(seconds) {
      state.nowS += seconds;
      if (state.deadMan === null || state.nowS < state.deadMan.atS) return;
      Object.assign(state, { running: state.deadMan.before, deadMan: null });
    },
    async [Symbol.asyncDispose]() {
      cut();
      tcp.close();
      await once(tcp, 'close');
    },
  };
};

interface Attended {
  readonly kind: ScriptedKind;
  readonly manners: Manners;
  readonly state: State;
  readonly heard: string[];
  readonly die: () => void;
}

const attend = (channel: ServerChannel, { kind, manners, state, heard, die }: Attended): void => {
  let paging = kind.pager !== null;
  let typed = '';
  let more: readonly string[] = [];

  const write = (text: string): void => {
    const { bytes } = manners;
    if (bytes === undefined) channel.write(text);
    else for (let at = 0; at < text.length; at += bytes) channel.write(text.slice(at, at + bytes));
  };
  const ready = (): void => write(manners.ansi ? `\u001b[?7h\u001b[1m${kind.prompt(state)}\u001b[0m\u001b[K` : kind.prompt(state));
  const page = (rows: readonly string[]): void => {
    const { pager } = kind;
    if (pager === null || !paging && !manners.pages || rows.length <= pager.every) {
      write(rows.map((row) => `${row}\r\n`).join(''));
      more = [];
      ready();
      return;
    }
    write(`${rows.slice(0, pager.every).map((row) => `${row}\r\n`).join('')}${pager.shows}`);
    more = rows.slice(pager.every);
  };
  const answer = (line: string): void => {
    heard.push(line);
    const shown = Object.entries(kind.shows).find(([asked]) => asked === line)?.[1];
    if (manners.dies?.test(line) === true) {
      write('Connecti');
      die();
      return;
    }
    if (kind.noPaging.test(line)) paging = false;
    const text = line === '' || kind.noPaging.test(line) ? '' : shown === undefined ? kind.act(line, state) ?? kind.refuse(line) : typeof shown === 'function' ? shown(state) : shown;
    const rows = text.replaceAll('{clock}', String(heard.length)).split('\n').filter((row, at, all) => row !== '' || at < all.length - 1);
    page(rows);
  };

  channel.on('data', (chunk: Buffer) => {
    for (const key of chunk.toString('utf8')) {
      if (more.length > 0) {
        // What a pager showed is wiped by what most of them send.
        write(`\r${' '.repeat(kind.pager?.shows.length ?? 0)}\r`);
        page(more);
      } else if (key === '\n' || key === '\r') {
        const line = typed.trim();
        typed = '';
        write('\r\n');
        answer(line);
      } else {
        typed += key;
        write(key);
      }
    }
  });
  write('\r\nAuthorised users only.\r\n\r\n');
  ready();
};

/** A line that sets something takes the place of what set it before, by all but its last word; `no …` takes it away. */
export const configured = (entries: readonly Entry[], where: string, line: string): readonly Entry[] => {
  const words = line.split(' ');
  if (words[0] === 'no') return entries.filter((entry) => entry.where !== where || !`${entry.line} `.startsWith(`${words.slice(1).join(' ')} `));
  const key = words.length > 1 ? `${words.slice(0, -1).join(' ')} ` : line;
  return [...entries.filter((entry) => entry.where !== where || (words.length > 1 ? entry.line.slice(0, entry.line.lastIndexOf(' ') + 1) : entry.line) !== key), { where, line }];
};

/** Configuration as most of them print it. */
export const printed = (entries: readonly Entry[]): string => {
  const places = [...new Set(entries.map(({ where }) => where))];
  return places.flatMap((where) => [...where === '' ? [] : [where], ...entries.filter((entry) => entry.where === where).map(({ line }) => (where === '' ? line : `   ${line}`)), '!']).join('\n');
};
