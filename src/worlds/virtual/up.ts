// Labs as others see them: brought up, found, asked, taken down.

import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { deviceIds, type DeviceId, type Lab } from '../../model/lab.ts';
import { exitCodes, Problem } from '../../model/problem.ts';
import { orAborted } from '../../transport/abort.ts';
import { ask } from './ask.ts';
import { coresOf } from './capacity.ts';
import { filesOf, type Secrets } from './files.ts';
import { isAlive, isHeld, labsFolder, makeLabFolder, markOf, readLabFolders, sweep, type ProcessMark } from './folder.ts';
import { newKeyPair, type RandomBytes } from './keys.ts';
import { names } from './launch.ts';
import { launchOf, type BootImage } from './machine.ts';
import { holderIsUp, startHolder } from './namespaces.ts';
import type { MachineState } from './supervisor.ts';
import { tarOf } from './tar.ts';

/** What the virtual world has to know of the process that it runs in. */
export interface VirtualEnv {
  /** `${XDG_CACHE_HOME:-~/.cache}/bondproof`, where lab images are. */
  readonly cacheDir: string;
  /** `${XDG_RUNTIME_DIR:-/tmp}`. */
  readonly runDir: string;
  readonly uid: number;
  /** The running Node.js program. */
  readonly nodeBinary: string;
  readonly randomBytes: RandomBytes;
}

/** What a lab's folder tells other commands. */
export interface LabRecord {
  readonly format: 1;
  readonly lab: Lab;
  /** See `contentOf`. */
  readonly content: string;
  /** Whether it stays up after the command that brought it up; else it is that command's alone. */
  readonly stays: boolean;
  /** Fingerprints. */
  readonly hostKeys: Readonly<Record<DeviceId, string>>;
  /** The process outside that everything in the lab ends with. */
  readonly outer: ProcessMark;
  readonly about: Readonly<Record<string, string>>;
}

export interface RunningLab {
  readonly folder: string;
  readonly record: LabRecord;
}

export interface OwnedLab extends RunningLab, AsyncDisposable {}

export interface LabImage extends BootImage {
  readonly about: Readonly<Record<string, string>>;
}

export interface BringUp {
  readonly lab: Lab;
  readonly image: LabImage;
  readonly signal: AbortSignal;
  /** Hears of labs that killed programs left, and that are cleared away. */
  readonly notice?: (text: string) => void;
}

/** Brings up a lab that ends with this process, or when disposed. Resolves when the machines have power; they are still booting. */
export const bringUp = async ({ lab, image, signal, notice }: BringUp, env: VirtualEnv, { stays = false } = {}): Promise<OwnedLab> => {
  signal.throwIfAborted();
  const labs = labsFolder(env);
  const dead = await sweep(labs);
  if (dead.length > 0) notice?.(`cleared away what a killed program left of ${dead.length === 1 ? 'a lab' : `${dead.length} labs`}`);
  const folder = makeLabFolder(labs, lab.name, env.randomBytes(4).toString('hex')).path;
  try {
    const hostKeys = writeFiles(lab, image, folder, env.randomBytes);
    const child = startHolder({ folder, uid: env.uid, nodeBinary: env.nodeBinary });
    try {
      await orAborted(holderIsUp(child, lab.name, folder), signal);
      const record: LabRecord = { format: 1, lab, content: contentOf(lab, image), stays, hostKeys, outer: markOf(child.pid!)!, about: image.about };
      writePrivate(join(folder, names.lab), JSON.stringify(record));
      return { folder, record, [Symbol.asyncDispose]: () => end(child, folder), ...(stays && { child }) };
    } catch (error) {
      await end(child, folder);
      throw error;
    }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
};

/** Brings up a lab that stays until `takeDown`. Throws a Problem where a lab of this name is up. */
export const bringUpToStay = async (what: BringUp, env: VirtualEnv): Promise<RunningLab> => {
  const other = await findUp(env, what.lab.name);
  if (other) {
    throw new Problem({
      asked: `bring up lab ${what.lab.name}`, found: `a lab of this name is up, in ${other.folder}`, todo: `bondproof down ${what.lab.name}`, exitCode: exitCodes.busy,
    });
  }
  const { folder, record, child } = await bringUp(what, env, { stays: true }) as OwnedLab & { readonly child: ChildProcess };
  await new Promise<void>((resolve) => child.stdin!.end('stay\n', () => resolve()));
  child.stdout?.destroy();
  child.unref();
  return { folder, record };
};

/** The lab of this name that stays up, or null. */
export const findUp = async (env: VirtualEnv, name: string): Promise<RunningLab | null> =>
  (await allUp(env)).find(({ record }) => record.lab.name === name) ?? null;

/** All labs of this user that stay up. */
export const allUp = async (env: VirtualEnv): Promise<readonly RunningLab[]> => {
  const labs: RunningLab[] = [];
  for (const folder of readLabFolders(labsFolder(env))) {
    const record = readRecord(folder.path);
    if (record?.stays && await isHeld(folder)) labs.push({ folder: folder.path, record });
  }
  return labs;
};

/** The power of each machine of a lab that is up. */
export const statusOf = ({ folder }: RunningLab): Promise<readonly MachineState[]> => ask(folder, { ask: 'status' }, { timeoutMs: 5_000 });

/** Takes down a lab that stays up; resolves when nothing of it is left. Throws a Problem where there is no such lab. */
export const takeDown = async (env: VirtualEnv, name: string): Promise<void> => {
  const lab = await findUp(env, name);
  if (!lab) {
    const others = (await allUp(env)).map(({ record }) => record.lab.name);
    throw new Problem({
      asked: `take down lab ${name}`, found: others.length === 0 ? 'no lab is up' : `it is not up; up are: ${others.join(', ')}`, exitCode: exitCodes.usage,
    });
  }
  // A holder that does not answer is ended from outside, with the same effect.
  await ask(lab.folder, { ask: 'down' }, { timeoutMs: 10_000 }).catch(() => undefined);
  await sleep(100);
  if (isAlive(lab.record.outer)) process.kill(lab.record.outer.pid, 'SIGKILL');
  rmSync(lab.folder, { recursive: true, force: true });
};

/** Tells labs of one name apart: what is wired to what, and the image that the machines run. */
export const contentOf = (lab: Lab, image: BootImage): string =>
  createHash('sha256').update(JSON.stringify([lab, image.folder, image.kernel])).digest('hex').slice(0, 16);

export const readRecord = (folder: string): LabRecord | null => {
  try {
    return JSON.parse(readFileSync(join(folder, names.lab), 'utf8')) as LabRecord;
  } catch {
    // It is not up yet, or it just went down.
    return null;
  }
};

/** Writes what the holder and ssh need; gives the fingerprints of the machines. */
const writeFiles = (lab: Lab, image: BootImage, folder: string, randomBytes: RandomBytes): Readonly<Record<DeviceId, string>> => {
  const secrets: Secrets = {
    login: newKeyPair(randomBytes, `bondproof@${lab.name}`),
    hosts: Object.fromEntries(deviceIds(lab).map((device) => [device, newKeyPair(randomBytes, `root@${device}`)])),
    authkey: randomBytes(256),
  };
  for (const device of deviceIds(lab)) {
    writePrivate(join(folder, names.files(device)), tarOf(filesOf(lab, device, secrets)));
    writePrivate(join(folder, names.console(device)), '');
  }
  const hosts = Object.entries(secrets.hosts);
  writePrivate(join(folder, names.key), secrets.login.privateFile);
  writePrivate(join(folder, names.knownHosts), hosts.map(([device, key]) => `${device} ${key.publicLine}\n`).join(''));
  writePrivate(join(folder, names.launch), JSON.stringify(launchOf(lab, image, { folder, cores: freeCores(folder) })));
  return Object.fromEntries(hosts.map(([device, key]) => [device, key.fingerprint]));
};

/** The processors that this process may use, those first that other labs' machines have not taken, as far as there are such. */
const freeCores = (folder: string): readonly number[] => {
  const cores = coresOf(readFileSync('/proc/self/status', 'utf8'));
  const others = readLabFolders(dirname(folder)).filter(({ path }) => path !== folder).map(({ path }) => readRecord(path)?.lab);
  // One more than a lab has machines: on a host with few processors the victims of several labs then do not share one.
  const taken = others.reduce((sum, lab) => sum + (lab ? deviceIds(lab).length + 1 : 0), 0) % cores.length;
  return [...cores.slice(taken), ...cores.slice(0, taken)];
};

const writePrivate = (path: string, content: string | Buffer): void => writeFileSync(path, content, { mode: 0o600 });

/** Lets the holder end the lab, which it does at the end of its standard input; ends it from outside where it does not. */
const end = async (child: ChildProcess, folder: string): Promise<void> => {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
    child.stdin?.end();
    await gone;
    clearTimeout(timer);
  }
  rmSync(folder, { recursive: true, force: true });
};
