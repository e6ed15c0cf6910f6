// The timewarp world: the whole lab on one User Mode Linux kernel whose time travels. Waiting costs nothing, and we own the clock.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync, closeSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';

import { deviceIds, type DeviceId, type Lab } from '../../model/lab.ts';
import { exitCodes, Problem } from '../../model/problem.ts';
import type { OpenLab, Session, World } from '../../model/session.ts';
import { filesOf } from '../virtual/files.ts';
import { findImage } from '../virtual/image/index.ts';
import { newKeyPair, type RandomBytes } from '../virtual/keys.ts';
import { tarOf, type TarFile } from '../virtual/tar.ts';
import type { VirtualEnv } from '../virtual/up.ts';
import { boxConfig, filesName, kernelArgv } from './box.ts';
import { keepCalendar, type Calendar } from './calendar.ts';
import { conduct, settledProcess, type Conductor } from './conductor.ts';
import { frame, frameReader } from './frames.ts';
import { findKernel } from './kernel/index.ts';
import { createSession } from './session.ts';
import { createStreams, type NodeEvent, type Streams } from './streams.ts';
import { ensureTree } from './tree.ts';

export type TimewarpEnv = Pick<VirtualEnv, 'cacheDir' | 'runDir' | 'uid' | 'randomBytes'>;

export const timewarpWorld = (env: TimewarpEnv): World => ({
  name: 'timewarp',
  async open(lab, options) {
    const { signal } = options;
    signal.throwIfAborted();
    const asked = `bring up lab ${lab.name}`;
    const image = await findImage(env.cacheDir);
    if (!image) throw new Problem({ asked, found: `there is no lab image in ${env.cacheDir}`, todo: 'bin/setup', exitCode: exitCodes.setup });
    const kernel = await findKernel(env.cacheDir);
    if (!kernel) throw new Problem({ asked, found: `there is no kernel whose time travels in ${env.cacheDir}`, todo: 'bondproof kernel build', exitCode: exitCodes.setup });
    const tree = await ensureTree(image, { ...env, notice: (text) => { options.notice(text); }, signal });
    const { program, release, source } = kernel;
    const about = { ...image.about, kernel: `Linux ${release} (User Mode Linux, bondproof's own build of ${source.name} ${source.version}, Debian ${source.suite}; one for the whole lab, its time travels)` };
    return bringUp(lab, { kernel: program, tree, about, signal }, env);
  },
});

interface From { readonly kernel: string; readonly tree: string; readonly about: Readonly<Record<string, string>>; readonly signal: AbortSignal }

const bringUp = async (lab: Lab, { kernel, tree, about, signal }: From, { runDir, randomBytes }: TimewarpEnv): Promise<OpenLab> => {
  sweep(runDir);
  const folder = mkdtempSync(join(runDir, `${folderPrefix}${process.pid}-`));
  const calendarSocket = join(folder, 'calendar');
  writeFiles(lab, folder, randomBytes);
  const server = createServer();
  server.listen(calendarSocket);
  await once(server, 'listening');
  const log = openSync(join(folder, 'kernel.log'), 'w');
  const [program, ...args] = kernelArgv({ kernel, tree, folder, calendar: calendarSocket, lab });
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', program!, ...args], { cwd: folder, detached: true, stdio: ['ignore', log, log, 'pipe'] });
  closeSync(log);
  const close = (): void => {
    kill(child);
    server.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const running = await connect({ lab, server, child, line: child.stdio[3] as Socket, folder, signal });
    return openLab(lab, running, { about, close });
  } catch (error) {
    close();
    throw error;
  }
};

const folderPrefix = 'bondproof-timewarp-';

/** A kernel ends with its program (PR_SET_PDEATHSIG, by setpriv), but its folder stays where that was killed. */
const sweep = (runDir: string): void => {
  for (const name of readdirSync(runDir)) {
    const pid = name.startsWith(folderPrefix) ? Number.parseInt(name.slice(folderPrefix.length), 10) : Number.NaN;
    if (!Number.isNaN(pid) && !existsSync(`/proc/${pid}`)) rmSync(join(runDir, name), { recursive: true, force: true });
  }
};

/** Each machine's own files, as in the virtual world, but for sshd: that a node can be worked with is a file here. */
const writeFiles = (lab: Lab, folder: string, randomBytes: RandomBytes): void => {
  const devices = deviceIds(lab);
  const secrets = {
    login: newKeyPair(randomBytes, 'bondproof'), authkey: randomBytes(256),
    hosts: Object.fromEntries(devices.map((device) => [device, newKeyPair(randomBytes, device)])),
  };
  for (const device of devices) writeFileSync(join(folder, filesName(device)), tarOf([...filesOf(lab, device, secrets).filter(({ path }) => !path.includes('ssh')), reachable]), { mode: 0o600 });
  writeFileSync(join(folder, 'box.json'), JSON.stringify(boxConfig(lab)));
  for (const name of ['box.py', 'watchdog.py', 'node.sh']) copyFileSync(join(import.meta.dirname, 'guest', name), join(folder, name));
};

const reachable: TarFile = {
  path: 'etc/systemd/system/ssh.service', mode: 0o644,
  content: '[Unit]\nDescription=Tells the box that this node can be worked with\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/usr/bin/touch /run/bondproof-reachable\n',
};

interface Running {
  readonly conductor: Conductor;
  readonly streams: Streams;
  readonly onNode: (listener: (event: NodeEvent) => void) => void;
}

interface Started { readonly lab: Lab; readonly server: Server; readonly child: ChildProcess; readonly line: Socket; readonly folder: string; readonly signal: AbortSignal }

/** A console holds four kilobytes that nobody has read yet (N_TTY_BUF_SIZE, drivers/tty/n_tty.c), and a User Mode Linux one stalls when it is full. */
const lineBytes = 2048;

/** Orders that are too much for the console go into a file that the box reads and removes. */
const handOver = (line: Socket, folder: string) => {
  let files = 0;
  return (orders: Buffer, go: Buffer): void => {
    if (orders.length <= lineBytes) {
      line.write(Buffer.concat([orders, go]));
      return;
    }
    const name = `orders-${files += 1}`;
    writeFileSync(join(folder, name), orders);
    line.write(Buffer.concat([frame('file', 0, name), go]));
  };
};

/** Of this machine's time. A turn comes every tenth of a second of the lab's, which takes some milliseconds; a node's boot takes seconds. */
const silentMs = 120_000;

/** Resolves when the box has said that it is our turn for the first time: all machines have been given power. */
const connect = async ({ lab, server, child, line, folder, signal }: Started): Promise<Running> => {
  let calendar: Calendar | null = null;
  const read = frameReader();
  let turnedMs = performance.now();
  const heard: ((event: NodeEvent) => void)[] = [];
  const first = Promise.withResolvers<null>();
  const fail = (error: Error): void => {
    conductor.stop(error);
    streams.close();
    first.reject(error);
  };
  const conductor = conduct({ calendar: () => calendar!, midFrame: () => read.midFrame(), write: handOver(line, folder), settled: settledProcess });
  const streams = createStreams((bytes) => { conductor.order(bytes); }, (event) => { for (const listener of heard) listener(event); });
  server.once('connection', (socket) => {
    socket.on('error', () => undefined); // Its end is the kernel's, which is told below.
    calendar = keepCalendar(socket, { epochNs: BigInt(Date.now()) * 1_000_000n, onWait: () => { conductor.kernelWaits(); }, onError: fail });
  });
  line.on('error', () => undefined); // The same.
  line.on('data', (chunk: Buffer) => {
    try {
      const frames = read(chunk);
      for (const said of frames) {
        if (said.word === 'turn') {
          first.resolve(null);
          turnedMs = performance.now();
          conductor.turn(Number(said.body.readBigInt64LE()), Number(said.body.readBigInt64LE(8)));
        } else streams.take(said);
      }
    } catch (error) {
      fail(error as Error);
    }
  });
  child.once('error', (error) => { fail(error); });
  child.once('exit', (code, killedBy) => {
    if (!existsSync(folder)) return; // It was taken down.
    const last = readFileSync(join(folder, 'kernel.log'), 'utf8').trimEnd().split('\n').slice(-5).join('\n');
    fail(new Error(`the kernel of lab ${lab.name} ended (${killedBy ?? code}); it said last:\n${last}`));
  });
  const silence = setInterval(() => {
    if (performance.now() - turnedMs > silentMs) fail(new Error(`lab ${lab.name} has not said for ${silentMs / 1000} s that it is our turn`));
  }, 5000).unref();
  child.once('close', () => { clearInterval(silence); });
  signal.addEventListener('abort', () => { first.reject(signal.reason as Error); }, { once: true });
  await first.promise;
  return { conductor, streams, onNode: (listener) => { heard.push(listener); } };
};

const openLab = (lab: Lab, { conductor, streams, onNode }: Running, { about, close }: { readonly about: OpenLab['about']; readonly close: () => void }): OpenLab => {
  const sessions = new Map<DeviceId, Set<ReturnType<typeof createSession>>>(deviceIds(lab).map((device) => [device, new Set()]));
  onNode(({ node, event }) => {
    if (event === 'died') for (const session of sessions.get(node) ?? []) session.gone('the node lost its power');
  });
  const { clock } = conductor;
  return {
    lab, clock, about,
    lasting: false, realTime: false, simulated,
    async session(device, { timeoutMs, signal }): Promise<Session> {
      const untilUs = clock.nowUs() + timeoutMs * 1000;
      for (;;) {
        const session = createSession(device, { conductor, streams });
        try {
          await session.run({ argv: ['true'] }, { timeoutMs: 10_000 });
          sessions.get(device)!.add(session);
          void session.closed.then(() => sessions.get(device)!.delete(session));
          return session;
        } catch (error) {
          signal?.throwIfAborted();
          if (clock.nowUs() > untilUs) throw new Problem({ asked: `reach ${device}`, found: (error as Error).message, right: `an answer within ${timeoutMs / 1000} s`, exitCode: exitCodes.device }, { cause: error });
        }
        await clock.sleep(100, signal);
      }
    },
    power: (node) => ({ cycle: async () => { streams.reset(node); return Promise.resolve(); } }),
    console: () => null,
    async [Symbol.asyncDispose]() {
      for (const each of sessions.values()) for (const session of each) await session[Symbol.asyncDispose]();
      conductor.stop(new Error(`lab ${lab.name} is down`));
      close();
    },
  };
};

const simulated = [
  'the lab is one User Mode Linux kernel whose time travels: nodes and switch are namespaces with systemd in them, NICs and cables are veth pairs without delay, and programs take no time',
  'each node’s watchdog, which behaves as softdog, and boot id are played by the lab: a reset kills all that runs on the node and boots it again',
];

const kill = (child: ChildProcess): void => {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // It is gone already.
  }
};
