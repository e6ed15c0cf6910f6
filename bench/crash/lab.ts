// Real trials on virtual labs, and at a random moment something dies, stands still, is cut off or is reset.
// Usage: node bench/crash/lab.ts [--kills N] [--labs N]. Results are added to bench/results/crash-lab.ndjson.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync, fsyncSync, existsSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const root = dirname(dirname(import.meta.dirname));
const lab = join(root, 'labs', 'virtual.yaml');
const resultsFile = join(root, 'bench/results/crash-lab.ndjson');
const kernel = /^kernel: (\w+)/m.exec(readFileSync(lab, 'utf8'))![1]!;
const leaseMs = 5000;
/**
 * When it strikes: so long at most after the trial has begun that step. Watching is drawn most often, for the fault is on then; what
 * comes after it is reached by the scenario alone whose bond gives the slave up by itself.
 */
const moments: readonly (readonly [step: string, withinMs: number, scenario: string])[] = [
  ...['reconcile', 'configure', 'converge', 'baseline'].map((step) => [step, 5000, 'active-backup/backup'] as const),
  ...['arm', 'arm', 'arm', 'inject', 'inject', 'prove', 'prove', 'prove'].map((step) => [step, 1200, 'active-backup/backup'] as const),
  ...Array.from({ length: 10 }, () => ['observe', 8000, 'active-backup/backup'] as const),
  ...['configure', 'observe', 'observe', 'revert', 'prove-gone', 'recover'].map((step) => [step, 4000, '802.3ad/fast-fast'] as const),
];
const cutS = 20;
const victim = 'pve1';
/** One of them is silenced, which one the scenario says. */
const nics = ['eth1', 'eth2'];

/** The node's time right before it happens: the way there may be long on a loaded machine. */
const mark = 'read -r up rest < /proc/uptime; echo "struck $up"';
const holders = (signal: string): string => `pids=$(for unit in $(systemctl list-units --plain --no-legend "bondproof-undo-*" | cut -d" " -f1); do systemctl show -P MainPID "$unit"; done); ${mark}; for pid in $pids; do [ "$pid" -gt 1 ] && kill -${signal} "$pid"; done; true`;

/** What is done on the victim, as a shell script; null: to the program here. */
const kinds: Readonly<Record<string, string | null>> = {
  'program killed': null,
  'program stopped': null,
  'holder killed': holders('KILL'),
  'holder stopped': holders('STOP'),
  'agent killed': `${mark}; for stat in /proc/[0-9]*/cmdline; do if tr "\\0" " " < "$stat" 2> /dev/null | grep -q "^python3 -I -S -u -c .*import agent"; then pid=\${stat#/proc/}; kill -KILL "\${pid%/cmdline}"; fi; done; true`,
  'ssh session killed': `mine=$PPID; pids=$(for pid in $(pidof sshd-session); do [ "$pid" != "$mine" ] && [ "$(cut -d" " -f4 /proc/$mine/stat)" != "$pid" ] && echo "$pid"; done); ${mark}; for pid in $pids; do kill -KILL "$pid"; done; true`,
  'network cut': `${mark}; nohup sh -c 'ip link set dev mgmt0 down; sleep ${cutS}; ip link set dev mgmt0 up' > /dev/null 2>&1 &`,
  'program killed, service manager reloading': null,
  'program killed, service manager restarting': null,
  'program killed, clock stepped': null,
  'node reset': `${mark}; nohup sh -c "sleep 0.2; reboot -ff" > /dev/null 2>&1 &`,
};

/** What is begun on the victim before it strikes, and goes on for ten seconds. */
const preludes: Readonly<Record<string, string>> = {
  'program killed, service manager reloading': 'nohup sh -c "for n in 1 2 3 4 5 6 7 8 9 10 11 12; do systemctl daemon-reload; sleep 0.5; done" > /dev/null 2>&1 &',
  'program killed, service manager restarting': 'nohup sh -c "sleep 1; systemctl daemon-reexec; sleep 2; systemctl daemon-reexec" > /dev/null 2>&1 &',
  'program killed, clock stepped': `nohup sh -c 'date -s "+1 day"; sleep 2; date -s "-2 days"; sleep 8; date -s "+1 day"' > /dev/null 2>&1 &`,
};

export interface LabCrash {
  readonly at: string;
  readonly seed: number;
  readonly kind: string;
  readonly scenario: string;
  /** After the program said the step that was drawn. */
  readonly momentMs: number;
  /** What the program said last; where that is `ended`, it struck no trial, and is no kill. */
  readonly step: string;
  /** Of the machines, as the lab file says it; records without it are of `debian`. */
  readonly kernel?: string;
  /** How many labs were at work: with more than one, what the node's clock says is also the host's load. */
  readonly labs: number;
  /** The host's load average, of the last minute. */
  readonly load: number;
  readonly faultWasLive: boolean;
  /** On the node's own clock, from right before it was done; null where a reset took clock and fault together, where the program lived and went on holding it, or there was no fault. */
  readonly liftedAfterMs: number | null;
  readonly leaseMs: number;
  readonly residue: readonly string[];
}

interface Home {
  readonly start: (...args: readonly string[]) => ChildProcess;
  readonly run: (...args: readonly string[]) => Promise<{ readonly code: number | null; readonly output: string }>;
  readonly onNode: (script: string) => Promise<string>;
  readonly folder: string;
}

/** Each lab has a home of its own, so that it is the only one of its name. */
const makeHome = (): Home => {
  const folder = mkdtempSync(join(tmpdir(), 'bp-crash-'));
  for (const name of ['run', 'state']) mkdirSync(join(folder, name), { mode: 0o700 });
  const env = { ...process.env, XDG_RUNTIME_DIR: join(folder, 'run'), XDG_STATE_HOME: join(folder, 'state') };
  const start: Home['start'] = (...args) => spawn(join(root, 'bin/bondproof'), args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const run: Home['run'] = async (...args) => {
    const child = start(...args);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => { output += chunk.toString(); });
    const [code] = await once(child, 'close') as [number | null];
    return { code, output };
  };
  return { start, run, onNode: async (script) => (await run('ssh', 'virtual', victim, script)).output, folder };
};

/** A number in [0, 1) of a seed and a place (splitmix32). */
const random = (seed: number, place: number): number => {
  let mixed = Math.imul(seed + 1, 0x9e3779b9) + Math.imul(place + 1, 0x85ebca6b) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
};

/**
 * Writes each change of a slave's qdisc to a file, whatever becomes of sessions, and says them and answers marks while there is one; all with the
 * node's time since its boot.
 */
const eyeFile = '/run/bench-eye';
const recorder = `tc monitor | while read -r line; do case $line in *"dev eth"[12]" "*) read -r up rest < /proc/uptime; echo "$up $line";; esac; done`;
const watcher = `kill $(pidof tc) 2> /dev/null; setsid nohup bash -c '${recorder}' > ${eyeFile} 2> /dev/null < /dev/null & tail -n +1 -f ${eyeFile} & while read -r mark; do read -r up rest < /proc/uptime; echo "$up mark"; done; kill $!`;

interface Seen { readonly atMs: number; readonly what: string }

const seenIn = (line: string): Seen => {
  const [up, ...what] = line.split(' ');
  return { atMs: Number(up) * 1000, what: what.join(' ') };
};

const watch = ({ start }: Home): { readonly seen: Seen[]; mark(): Promise<number>; end(): void } => {
  const child = start('ssh', 'virtual', victim, watcher);
  child.stdin?.on('error', () => undefined);
  const seen: Seen[] = [];
  const lines: Interface = createInterface({ input: child.stdout! });
  lines.on('line', (line) => { seen.push(seenIn(line)); });
  return {
    seen,
    async mark() {
      child.stdin?.write('x\n');
      const [line] = await once(lines, 'line') as [string];
      return line.endsWith(' mark') ? Number(line.split(' ')[0]) * 1000 : this.mark();
    },
    end: () => { child.stdin?.end(); child.kill(); },
  };
};

const crash = async (home: Home, seed: number, labs: number): Promise<LabCrash> => {
  const { start, run, onNode } = home;
  // Resets are drawn four times as often as each other kind: they are to be a fifth of all.
  const names = [...Object.keys(kinds), 'node reset', 'node reset', 'node reset'];
  const kind = names[Math.floor(random(seed, 0) * names.length)]!;
  const [drawn, withinMs, scenario] = moments[Math.floor(random(seed, 1) * moments.length)]!;
  const momentMs = Math.round(random(seed, 2) * withinMs);
  const eye = watch(home);
  await eye.mark();
  const program = start('run', lab, '--scenario', scenario, '--reports', join(home.folder, 'reports'));
  let step = 'nothing';
  const begun = new Promise<void>((resolve) => {
    for (const stream of [program.stdout, program.stderr]) stream?.on('data', (chunk: Buffer) => {
      for (const [, said] of chunk.toString().matchAll(/: ([a-z-]+), /g)) {
        step = said!;
        if (step === drawn) resolve();
      }
    });
  });
  const over = once(program, 'close');
  await Promise.race([begun, over]);
  await Promise.race([sleep(momentMs), over]);
  if (preludes[kind] !== undefined) await onNode(preludes[kind]);
  const at = new Date().toISOString();
  let markMs = await eye.mark();
  const struck = step;
  const script = kinds[kind];
  if (kind === 'program stopped') program.kill('SIGSTOP');
  else if (typeof script === 'string') markMs = Number(/struck ([\d.]+)/.exec(await onNode(script))?.[1] ?? markMs / 1000) * 1000;
  else program.kill('SIGKILL');
  const lossy = (what: string): boolean => what.includes('loss 100%');
  await sleep(kind === 'network cut' ? (cutS + 5) * 1000 : leaseMs + 3000);
  // Of a node that was reset the file is gone, and what was said before that is all there is.
  const kept = kind === 'node reset' ? [] : (await onNode(`cat ${eyeFile}`)).split('\n').filter((line) => /^[\d.]+ /.test(line)).map(seenIn);
  const seen = kept.length > 0 ? kept : eye.seen;
  const fault = seen.findLastIndex(({ what, atMs }) => lossy(what) && atMs <= markMs);
  const lifted = seen.find(({ what }, n) => n > fault && fault >= 0 && !lossy(what) && what !== 'mark');
  const faultWasLive = fault >= 0 && (lifted === undefined || lifted.atMs > markMs);
  program.kill('SIGKILL');
  if (program.exitCode === null && program.signalCode === null) await over;
  eye.end();
  const qdisc = await untilUp(async () => onNode(nics.map((nic) => `tc qdisc show dev ${nic}`).join('; ')));
  const recovered = await untilUp(async () => {
    const { code, output } = await run('recover', lab);
    return code === 0 ? 'qdisc ok' : `qdisc? ${output}`;
  });
  const left = await onNode('systemctl list-units --plain --no-legend "bondproof-*"; cd /run/bondproof 2> /dev/null && ls | grep -vx "[a-z]*.lock"; grep bond-mode /etc/network/interfaces');
  const residue = [
    ...qdisc.includes('netem') && qdisc.includes('100%') ? [`the fault: ${qdisc.trim()}`] : [], ...recovered === 'qdisc ok' ? [] : [recovered],
    ...left.trim().split('\n').map((line) => line.trim()).filter((line) => line !== '' && line !== 'bond-mode active-backup'),
  ];
  return { at, seed, kind, scenario, momentMs, step: struck, kernel, labs, load: loadavg()[0]!, faultWasLive, liftedAfterMs: faultWasLive && lifted ? Math.round(lifted.atMs - markMs) : null, leaseMs, residue };
};

/** A node that was reset answers again after its boot. */
const untilUp = async (ask: () => Promise<string>): Promise<string> => {
  for (let tries = 0; ; tries += 1) {
    const answer = await ask();
    if (answer.startsWith('qdisc ') && !answer.startsWith('qdisc?') || tries >= 12) return answer;
    await sleep(5000);
  }
};

const { values } = parseArgs({ options: { kills: { type: 'string', default: '10' }, labs: { type: 'string', default: '1' } } });
const before = existsSync(resultsFile) ? readFileSync(resultsFile, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as LabCrash) : [];
let next = before.reduce((free, { seed }) => Math.max(free, seed + 1), 0);
let wanted = Number(values.kills);
const labs = Number(values.labs);
const results = openSync(resultsFile, 'a');
/** So many trials in a row that came to their end before they came to the step: the lab is not what it was. */
const missesAllowed = 3;

/** One lab, until all the kills are done; a signal ends it after the one at hand. A residue or a lab that is not itself any more ends all, and stays up. */
const work = async (): Promise<void> => {
  const home = makeHome();
  try {
    const up = await home.run('up', lab);
    if (up.code !== 0) throw new Error(up.output);
    let misses = 0;
    while (wanted > 0) {
      wanted -= 1;
      const result = await crash(home, next++, labs);
      if (result.step === 'ended') wanted += 1;
      misses = result.step === 'ended' ? misses + 1 : 0;
      writeSync(results, `${JSON.stringify(result)}\n`);
      fsyncSync(results);
      console.log(JSON.stringify(result));
      if (result.residue.length === 0 && misses < missesAllowed) continue;
      // What is left shall be looked at.
      wanted = 0;
      console.log(`XDG_RUNTIME_DIR=${home.folder}/run XDG_STATE_HOME=${home.folder}/state bin/bondproof status; bin/bondproof down virtual`);
      return;
    }
  } catch (error) {
    console.error(error);
  }
  await home.run('down', 'virtual');
  rmSync(home.folder, { recursive: true, force: true });
};

process.on('SIGTERM', () => { wanted = 0; });
await Promise.all(Array.from({ length: labs }, work));
