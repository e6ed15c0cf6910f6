// The holder's side of a lab's sockets: the control socket, and one socket for the sshd of each machine.

import { chmodSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Cables, Holding } from './cables.ts';
import type { Answer, MachineEvent, Request } from './launch.ts';
import type { MachineLaunch, MachineState } from './supervisor.ts';

export interface Controlled {
  machines(): readonly MachineState[];
  /** Rejects when there is no such machine. */
  cycle(machine: string): Promise<void>;
  down(): Promise<void>;
}

export interface ControlServer {
  readonly server: Server;
  publish(event: MachineEvent): void;
}

export const serveControl = async (path: string, lab: Controlled): Promise<ControlServer> => {
  const watchers = new Set<Socket>();
  const server = await listen(path, (socket) => {
    const send = (answer: Answer | MachineEvent): void => { if (socket.writable) socket.write(`${JSON.stringify(answer)}\n`); };
    let text = '';
    let answered = Promise.resolve();
    socket.setEncoding('utf8');
    socket.on('error', () => socket.destroy());
    socket.on('close', () => watchers.delete(socket));
    socket.on('data', (chunk: string) => {
      const lines = (text + chunk).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        answered = answered.then(() => answer(line, lab, () => watchers.add(socket)))
          .then(send, (error: unknown) => send({ ok: false, because: error instanceof Error ? error.message : String(error) }));
      }
    });
    socket.on('end', () => { void answered.then(() => socket.end()); });
  });
  return {
    server,
    publish: (event) => { for (const socket of watchers) socket.write(`${JSON.stringify(event)}\n`); },
  };
};

const answer = async (line: string, lab: Controlled, watch: () => void): Promise<Answer> => {
  const request = JSON.parse(line) as Request;
  switch (request.ask) {
    case 'status': break;
    case 'watch': watch(); break;
    case 'power-cycle': await lab.cycle(request.machine); break;
    case 'down': await lab.down(); break;
    default: throw new Error(`not a request: ${line}`);
  }
  return { ok: true, machines: lab.machines() };
};

/** No words, which no command has, where a line is none of ours: an error here would end the lab. */
const argvIn = (line: string): readonly string[] => {
  try {
    const { run } = JSON.parse(line) as { readonly run?: unknown };
    return Array.isArray(run) ? run.map(String) : [];
  } catch {
    return [];
  }
};

/** A connection's first line is `{"run": ARGV}`, answered by one line, or `{"open": ARGV}`: then it is a hold, with which it ends. */
export const serveCables = async (path: string, cables: Pick<Cables, 'run' | 'hold'>): Promise<Server> => listen(path, (socket) => {
  const send = (line: string): void => { if (socket.writable) socket.write(`${line}\n`); };
  let holding: Holding | null = null;
  socket.on('error', () => socket.destroy());
  socket.on('close', () => holding?.end());
  createInterface({ input: socket }).on('line', (line) => {
    if (holding !== null) holding.obey(line);
    else if (line.startsWith('{"open":')) holding = cables.hold(send, () => { socket.end(); });
    else socket.end(`${JSON.stringify(cables.run(argvIn(line)))}\n`);
  }).on('close', () => { socket.end(); holding?.end(); });
});

export interface SshGate {
  readonly server: Server;
  /** Ends the connections that are open: the machine died. */
  hangUp(): void;
}

/**
 * Forwards connections to a UNIX socket to the machine's sshd, so that nobody has to enter the lab's namespace to speak with a machine.
 * A connection to a machine that does not listen yet waits here: to knock again costs less here than a whole attempt of an ssh client.
 */
export const serveSsh = async (path: string, { ssh }: MachineLaunch): Promise<SshGate> => {
  const joined = new Set<Socket>();
  const server = await listen(path, (near) => {
    const early: Buffer[] = [];
    const keep = (chunk: Buffer): void => { early.push(chunk); };
    const leave = (): void => { near.destroy(); };
    const knock = (): void => {
      if (near.destroyed) return;
      const far = connect({ host: ssh.host, port: ssh.port, noDelay: true, allowHalfOpen: true });
      const again = (): void => { setTimeout(knock, knockMs); };
      far.once('error', again);
      far.once('connect', () => {
        far.off('error', again).on('error', () => far.destroy());
        near.off('data', keep).off('end', leave).pause();
        if (near.destroyed) far.destroy();
        else join(near, far, Buffer.concat(early), joined);
      });
    };
    // A client that goes away while it waits is noticed only by reading what it says.
    near.on('data', keep).on('end', leave).on('error', leave);
    knock();
  });
  return {
    server,
    hangUp: () => {
      const dead = [...joined];
      // What the machine said last may still be on its way through this process.
      setTimeout(() => { for (const socket of dead) socket.destroy(); }, 250);
    },
  };
};

const knockMs = 200;

const join = (near: Socket, far: Socket, early: Buffer, joined: Set<Socket>): void => {
  const part = (): void => {
    near.destroy();
    far.destroy();
    joined.delete(near);
  };
  joined.add(near);
  near.on('close', part);
  far.on('close', part);
  far.write(early);
  near.pipe(far).pipe(near);
};

const listen = async (path: string, connected: (socket: Socket) => void): Promise<Server> => {
  const server = createServer({ allowHalfOpen: true }, connected);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
  return server;
};
