// The timewarp world: the whole lab on one User Mode Linux kernel whose time travels. Waiting costs nothing, and we own the clock.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync, closeSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';

import { deviceIds, type DeviceId, type Lab } from '../../model/lab.ts';
import { exitCodes, Problem } from '../../model/problem.ts';
import type { OpenLab, Session, World } from '../../model/session.ts';
import { seededBytes } from '../../model/seed.ts';
import { aboutOf, engineOf, qdeviceWords } from '../virtual/engine.ts';
import { filesOf } from '../virtual/files.ts';
import { findImage } from '../virtual/image/index.ts';
import { newKeyPair, type RandomBytes } from '../virtual/keys.ts';
import { tarOf, type TarFile } from '../virtual/tar.ts';
import type { VirtualEnv } from '../virtual/up.ts';
import { boxConfig, calendarName, filesName, kernelArgv, treeName } from './box.ts';
import { keepCalendar, type Calendar } from './calendar.ts';
import { conduct, settledProcess, type Conductor } from './conductor.ts';
import { framesIn, type Frame } from './frames.ts';
import { findKernel } from './kernel/index.ts';
import { createPatience, usedMs } from './patience.ts';
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
    return bringUp(lab, { kernel: program, tree, about, seed: options.seed ?? env.randomBytes(4).readUInt32BE(), signal }, env);
  },
});

interface From { readonly kernel: string; readonly tree: string; readonly about: Readonly<Record<string, string>>; readonly seed: number; readonly signal: AbortSignal }

const bringUp = async (lab: Lab, { kernel, tree, about, seed, signal }: From, { runDir }: TimewarpEnv): Promise<OpenLab> => {
  sweep(runDir);
  const folder = mkdtempSync(join(runDir, `${folderPrefix}${process.pid}-`));
  symlinkSync(tree, join(folder, treeName));
  writeFiles(lab, folder, seededBytes(seed, 'keys'));
  const server = createServer();
  server.listen(join(folder, calendarName));
  await once(server, 'listening');
  const log = openSync(join(folder, 'kernel.log'), 'w');
  const [program, ...args] = kernelArgv({ kernel, lab, seed });
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', 'taskset', '--cpu-list', nextCore(), program!, ...args], { cwd: folder, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  const close = (): void => {
    kill(child);
    server.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const running = await connect({ lab, server, child, folder, signal });
    return openLab(lab, running, { about, seed, close });
  } catch (error) {
    close();
    throw signal.aborted ? error : notUp(lab, error as Error);
  }
};

/** What a kernel said before it ended, or that it hangs. */
const notUp = ({ name }: Lab, error: Error): Problem => new Problem({
  asked: `bring up lab ${name}`, found: error.message, right: 'a lab whose machines boot', todo: 'look whether this machine has memory and processors to spare, and try it again with fewer labs side by side (--labs)', exitCode: exitCodes.resources,
}, { cause: error });

/**
 * Programs take no time and no clock drifts, so LACP would begin at both ends of each cable at one instant and send in step for ever, in which a Linux bond behaves as it
 * does one time in ten (src/prediction/engines.ts, InStep). So the seed says how much earlier the switch begins: up to the period of fast LACPDUs, 1.1 s, in
 * which its ports still wait with fast ones for their first (bond_3ad.c, AD_RX_EXPIRED).
 */
const switchAheadMs = (seed: number): number => seededBytes(seed, 'switch ahead')(4).readUInt32BE() % 1100;

let labsBegun = process.pid;

/**
 * The kernel and the processes of its nodes take turns, so they share a core: from one core to another each turn would begin with an interrupt and the waking of a
 * core that sleeps, which took half of all time. Labs side by side have different ones.
 */
const nextCore = (): string => String(labsBegun++ % navigator.hardwareConcurrency);

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
  for (const device of devices) writeFileSync(join(folder, filesName(device)), tarOf([...filesOf(lab, device, secrets).filter(({ path }) => !path.includes('ssh')), reachable, asOthers]), { mode: 0o600 });
  writeFileSync(join(folder, 'box.json'), JSON.stringify(boxConfig(lab)));
  for (const name of ['box.py', 'root.py', 'watchdog.py']) copyFileSync(join(import.meta.dirname, 'guest', name), join(folder, name));
};

const reachable: TarFile = {
  path: 'etc/systemd/system/ssh.service', mode: 0o644,
  content: '[Unit]\nDescription=Tells the box that this node can be worked with\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/usr/bin/touch /run/bondproof-reachable\n',
};

/**
 * corosync takes the highest priority there is (corosync.conf(5), system.sched_rr), which on a processor of its own leaves the others waiting for some microseconds.
 * Here all nodes have one: while the token goes round at full speed nobody else runs, so that messages of 32 nodes at one instant were sent one after the
 * other, each after the 30 rounds of the one before, and LACP's machines ran late. Without this capability (sched_setscheduler(2)) it goes on, and says so in its log.
 * A batch process (sched(7)) does not take the processor from who sends to it: a trial of eight nodes cost 8 % less (docs/timewarp.md).
 */
const asOthers: TarFile = {
  path: 'etc/systemd/system/corosync.service.d/as-others.conf', mode: 0o644,
  content: '[Service]\nCapabilityBoundingSet=~CAP_SYS_NICE\nCPUSchedulingPolicy=batch\n',
};

interface Running {
  readonly conductor: Conductor;
  readonly streams: Streams;
  readonly onNode: (listener: (event: NodeEvent) => void) => void;
}

interface Started { readonly lab: Lab; readonly server: Server; readonly child: ChildProcess; readonly folder: string; readonly signal: AbortSignal }

/** What is said and answered, turn by turn a file each way (Post, guest/box.py). */
const post = (folder: string) => {
  let turn = 1;
  return {
    /** Null: the lab has not come to its next turn. */
    hear: (): readonly Frame[] | null => {
      const path = join(folder, `said-${turn}`);
      if (!existsSync(path)) return null;
      const said = readFileSync(path);
      unlinkSync(path);
      return framesIn(said);
    },
    answer: (frames: Buffer): void => {
      if (turn > 1) unlinkSync(join(folder, `orders-${turn - 1}`));
      writeFileSync(join(folder, `orders-${turn}`), frames);
      turn += 1;
    },
  };
};

/** Of a lab: its wall clock begins at the same moment each time, later than anything in its image was made. 2030-01-01, UTC. */
const epochNs = BigInt(Date.UTC(2030, 0)) * 1_000_000n;

/** Lines of a kernel's panic that are addresses only. */
const traced = /^\[ *[\d.]+\] +(CPU: |Stack:|Call Trace:|\[<|[0-9a-f]{8} )/;

/** Resolves when the box has said that it is our turn for the first time: all machines have been given power. */
const connect = async ({ lab, server, child, folder, signal }: Started): Promise<Running> => {
  let calendar: Calendar | null = null;
  let turns = 0;
  const heard: ((event: NodeEvent) => void)[] = [];
  const first = Promise.withResolvers<null>();
  const fail = (error: Error): void => {
    conductor.stop(error);
    streams.close(error.message);
    first.reject(error);
  };
  const { hear, answer } = post(folder);
  const conductor = conduct({
    calendar: () => calendar!, answer, settled: settledProcess,
    hear: () => {
      const said = hear();
      if (!said) return null;
      // The first turn is that of an empty lab, where nobody comes between the box's look at its clock and its sleep.
      turns += 1;
      if (turns === 2) first.resolve(null);
      const turn = said.find(({ word }) => word === 'turn')!;
      return {
        atNs: Number(turn.body.readBigInt64LE()), saidNs: Number(turn.body.readBigInt64LE(8)), unknown: turns === 2,
        take: () => { for (const each of said) if (each !== turn) streams.take(each); },
      };
    },
  });
  const streams = createStreams((bytes) => { conductor.order(bytes); }, (event) => { for (const listener of heard) listener(event); });
  const onWait = (): void => {
    try {
      conductor.kernelWaits();
    } catch (error) {
      fail(error as Error);
    }
  };
  server.once('connection', (socket) => {
    socket.on('error', () => undefined); // Its end is the kernel's, which is told below.
    calendar = keepCalendar(socket, { epochNs, onWait, onError: fail });
  });
  child.once('error', (error) => { fail(error); });
  child.once('exit', (code, killedBy) => {
    if (!existsSync(folder)) return; // It was taken down.
    const last = readFileSync(join(folder, 'kernel.log'), 'utf8').trimEnd().split(/\r?\n/).filter((text) => !traced.test(text)).slice(-5).join('\n');
    fail(new Error(`the kernel of lab ${lab.name} ended (${killedBy ?? code}); it said last:\n${last}`));
  });
  const wrongAt = createPatience();
  const silence = setInterval(() => {
    const wrong = wrongAt({ nowMs: performance.now(), turns, usedMs: usedMs(child.pid!) });
    if (wrong !== null) fail(new Error(`lab ${lab.name} hangs: ${wrong}`));
  }, 5000).unref();
  child.once('close', () => { clearInterval(silence); });
  signal.addEventListener('abort', () => { first.reject(signal.reason as Error); }, { once: true });
  await first.promise;
  return { conductor, streams, onNode: (listener) => { heard.push(listener); } };
};

const openLab = (lab: Lab, { conductor, streams, onNode }: Running, { about, seed, close }: { readonly about: OpenLab['about']; readonly seed: number; readonly close: () => void }): OpenLab => {
  const sessions = new Map<DeviceId, Set<ReturnType<typeof createSession>>>(deviceIds(lab).map((device) => [device, new Set()]));
  onNode(({ node, event }) => {
    if (event === 'died') for (const session of sessions.get(node) ?? []) session.gone('the node lost its power');
  });
  const { clock } = conductor;
  return {
    lab, clock, about: aboutOf(lab, about),
    lasting: false, realTime: false, switchAheadMs: switchAheadMs(seed), pastNetworks: true, seed, date: () => new Date(Number(epochNs / 1_000_000n) + clock.nowUs() / 1000), simulated: simulatedIn(lab),
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

const simulatedIn = (lab: Lab): readonly string[] => [
  `the lab is one User Mode Linux kernel whose time travels: nodes and switch are namespaces with systemd in them, NICs and cables are veth pairs without delay, the switch is ${engineOf(lab)}, programs take no time, no clock drifts, so the switch’s ports are set up up to 1.1 s before the nodes’ bonds, for LACP not to go in step at both ends, and corosync has no real-time priority`,
  'each node’s watchdog, which behaves as softdog, and boot id are played by the lab: a reset kills all that runs on the node and boots it again',
  ...qdeviceWords(lab),
];

const kill = (child: ChildProcess): void => {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // It is gone already.
  }
};
