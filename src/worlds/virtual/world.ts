// The virtual world: a lab of User Mode Linux machines on this host, each a kernel of its own, in real time.

import { readFileSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { cables, type DeviceId, type Lab } from '../../model/lab.ts';
import { exitCodes, Problem } from '../../model/problem.ts';
import type { Clock, OpenLab, Session, World } from '../../model/session.ts';
import { connect } from '../../transport/ssh.ts';
import { TimedOut, until } from '../../transport/until.ts';
import { realClock } from '../real-clock.ts';
import { findKernel } from '../timewarp/kernel/index.ts';
import { ask } from './ask.ts';
import { cablesSession } from './cables-session.ts';
import { aboutOf, engineOf, qdeviceWords } from './engine.ts';
import { findImage, type Image } from './image/index.ts';
import { names } from './launch.ts';
import { bringUp, contentOf, findUp, type OwnedLab, type RunningLab, type VirtualEnv } from './up.ts';

export const virtualWorld = (env: VirtualEnv): World => ({
  name: 'virtual',
  async open(lab, options) {
    const image = await imageOf(lab, env);
    const up = await findUp(env, lab.name);
    if (up && up.record.content === contentOf(lab, image)) {
      options.notice(`using lab ${lab.name}, which is up`);
      return openLab(up);
    }
    if (up) options.notice(`lab ${lab.name} is up, but was made from another lab file or image: bringing up one of our own`);
    return openLab(await bringUp({ lab, image, signal: options.signal, notice: (text) => { options.notice(text); } }, env));
  },
});

/** The image that machines are started from, with the kernel that the lab file asks for; throws a Problem where one of them was never built. */
export const imageOf = async (lab: Lab, { cacheDir }: VirtualEnv): Promise<Image> => {
  const asked = `bring up lab ${lab.name}`;
  const image = await findImage(cacheDir);
  if (!image) throw new Problem({ asked, found: `there is no lab image in ${cacheDir}`, todo: 'bin/setup', exitCode: exitCodes.setup });
  if (lab.virtual?.kernel !== 'own') return image;
  const kernel = await findKernel(cacheDir);
  if (!kernel) throw new Problem({ asked, found: `its lab file says kernel: own, and there is none in ${cacheDir}`, todo: 'bondproof kernel build', exitCode: exitCodes.setup });
  const { program, release, source } = kernel;
  return { ...image, kernel: program, about: { ...image.about, kernel: `Linux ${release} (User Mode Linux, bondproof's own build of ${source.name} ${source.version}, Debian ${source.suite})` } };
};

/** A lab that runs, to work with. Disposing ends the sessions, and the lab where it is owned. */
export const openLab = (running: RunningLab | OwnedLab, clock: Clock = realClock): OpenLab => {
  const { folder, record } = running;
  const sessions = new Set<Session>();
  return {
    lab: record.lab,
    clock,
    lasting: record.stays,
    realTime: true, seed: null,
    simulated: [`every machine is a User Mode Linux process with its own kernel; NICs are veth pairs, cables are UDP on loopback${record.lab.virtual?.cables === 'relayed' ? ', passed on by one process' : ''}, the switch is ${engineOf(record.lab)}; watchdogs are softdog`, ...qdeviceWords(record.lab)],
    about: { ...aboutOf(record.lab, record.about), ...aboutHost() },
    async session(device, limit) {
      const session = device === cables ? cablesSession(join(folder, names.cables), clock) : await connectTo(running, device, { ...limit, clock });
      sessions.add(session);
      void session.closed.then(() => sessions.delete(session));
      return session;
    },
    power: (node) => ({
      async cycle() {
        await ask(folder, { ask: 'power-cycle', machine: node }, { timeoutMs: 30_000 });
      },
    }),
    console: (device) => join(folder, names.console(device)),
    async [Symbol.asyncDispose]() {
      await Promise.all([...sessions].map((session) => session[Symbol.asyncDispose]()));
      if (Symbol.asyncDispose in running) await running[Symbol.asyncDispose]();
    },
  };
};

interface Limit { readonly timeoutMs: number; readonly signal?: AbortSignal; readonly clock: Clock }

const connectTo = async ({ folder, record }: RunningLab, device: DeviceId, { timeoutMs, signal, clock }: Limit): Promise<Session> => {
  const hostKey = record.hostKeys[device];
  if (hostKey === undefined) throw new Error(`lab ${record.lab.name} has no machine "${device}"; it has ${Object.keys(record.hostKeys).join(', ')}`);
  const privateKey = readFileSync(join(folder, names.key));
  try {
    return await until((attempt) => connect({
      device,
      login: { host: device, port: 22, user: 'root', hostKey },
      socket: () => connectSocket(join(folder, names.ssh(device))),
      privateKey,
      agentSocket: null,
      // A machine that is still booting is waited for at its gate, in the holder.
      connectTimeoutMs: timeoutMs,
      signal: attempt,
    }), { what: `${device} to answer`, everyMs: 100, timeoutMs, clock, signal });
  } catch (error) {
    if (!(error instanceof TimedOut)) throw error;
    throw new Problem({
      asked: `connect to ${device}`, found: `no session within ${timeoutMs} ms: ${error.last}`, right: 'a machine that boots and answers',
      todo: `read its console: ${join(folder, names.console(device))}`, exitCode: exitCodes.device,
    }, { cause: error });
  }
};

const aboutHost = (): Readonly<Record<string, string>> => ({
  host: `Linux ${release()}, ${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 20)} MB`,
});
