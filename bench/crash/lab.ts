// Real trials on a virtual lab, and at a random moment something dies, stands still, is cut off or is reset.
// Usage: node bench/crash/lab.ts [--kills N]. Results are added to bench/results/crash-lab.ndjson.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync, fsyncSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const root = dirname(dirname(import.meta.dirname));
const lab = join(root, 'labs', 'virtual.yaml');
const resultsFile = join(root, 'bench/results/crash-lab.ndjson');
const leaseMs = 5000;
/** Setting up, the trial and its end, where nothing else runs. */
const trialMs = 75_000;
const cutS = 20;
const victim = 'pve1';
const nic = 'eth1';

/** What is done on the victim, as a shell script; null: to the program here. */
const kinds: Readonly<Record<string, string | null>> = {
  'program killed': null,
  'program stopped': null,
  'holder killed': 'for unit in $(systemctl list-units --plain --no-legend "bondproof-undo-*" | cut -d" " -f1); do pid=$(systemctl show -P MainPID "$unit"); [ "$pid" -gt 1 ] && kill -KILL "$pid"; done; true',
  'holder stopped': 'for unit in $(systemctl list-units --plain --no-legend "bondproof-undo-*" | cut -d" " -f1); do pid=$(systemctl show -P MainPID "$unit"); [ "$pid" -gt 1 ] && kill -STOP "$pid"; done; true',
  'agent killed': 'for stat in /proc/[0-9]*/cmdline; do if tr "\\0" " " < "$stat" 2> /dev/null | grep -q "^python3 -I -S -u -c .*import agent"; then pid=${stat#/proc/}; kill -KILL "${pid%/cmdline}"; fi; done; true',
  'ssh session killed': 'mine=$PPID; for pid in $(pidof sshd-session); do [ "$pid" != "$mine" ] && [ "$(cut -d" " -f4 /proc/$mine/stat)" != "$pid" ] && kill -KILL "$pid"; done; true',
  'network cut': `nohup sh -c 'ip link set dev mgmt0 down; sleep ${cutS}; ip link set dev mgmt0 up' > /dev/null 2>&1 &`,
  'node reset': 'nohup sh -c "sleep 0.2; reboot -ff" > /dev/null 2>&1 &',
};

export interface LabCrash {
  readonly at: string;
  readonly seed: number;
  readonly kind: string;
  readonly momentMs: number;
  /** What the program said last. */
  readonly step: string;
  readonly faultWasLive: boolean;
  /** On the node's own clock, from just before it was done; null where a reset took clock and fault together, or there was no fault. */
  readonly liftedAfterMs: number | null;
  readonly leaseMs: number;
  readonly residue: readonly string[];
}

const folder = mkdtempSync(join(tmpdir(), 'bp-crash-'));
for (const name of ['run', 'state']) mkdirSync(join(folder, name), { mode: 0o700 });
const env = { ...process.env, XDG_RUNTIME_DIR: join(folder, 'run'), XDG_STATE_HOME: join(folder, 'state') };
const start = (...args: readonly string[]): ChildProcess => spawn(join(root, 'bin/bondproof'), args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
const run = async (...args: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }> => {
  const child = start(...args);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => { output += chunk.toString(); });
  const [code] = await once(child, 'close') as [number | null];
  return { code, output };
};
const onNode = async (script: string): Promise<string> => (await run('ssh', 'virtual', victim, script)).output;

/** A number in [0, 1) of a seed and a place (splitmix32). */
const random = (seed: number, place: number): number => {
  let mixed = Math.imul(seed + 1, 0x9e3779b9) + Math.imul(place + 1, 0x85ebca6b) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
};

/** Says each change of the NIC's qdisc and answers marks, both with the node's time since its boot; it needs no session of the program's. */
const watcher = `(tc monitor | while read -r line; do case $line in *"dev ${nic} "*) read -r up rest < /proc/uptime; echo "$up $line";; esac; done) & while read -r mark; do read -r up rest < /proc/uptime; echo "$up mark"; done; kill $!`;

interface Seen { readonly atMs: number; readonly what: string }

const watch = (): { readonly seen: Seen[]; mark(): Promise<number>; end(): void } => {
  const child = start('ssh', 'virtual', victim, watcher);
  child.stdin?.on('error', () => undefined);
  const seen: Seen[] = [];
  const lines: Interface = createInterface({ input: child.stdout! });
  lines.on('line', (line) => {
    const [up, ...what] = line.split(' ');
    seen.push({ atMs: Number(up) * 1000, what: what.join(' ') });
  });
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

const crash = async (seed: number): Promise<LabCrash> => {
  const names = Object.keys(kinds);
  const kind = names[Math.floor(random(seed, 0) * names.length)]!;
  const momentMs = Math.round(random(seed, 1) * trialMs);
  const eye = watch();
  await eye.mark();
  const program = start('run', lab, '--scenario', '802.3ad/fast-fast', '--reports', join(folder, 'reports'));
  let step = 'nothing';
  for (const stream of [program.stdout, program.stderr]) stream?.on('data', (chunk: Buffer) => { step = /: ([a-z-]+),/.exec(chunk.toString())?.[1] ?? step; });
  await Promise.race([sleep(momentMs), once(program, 'close')]);
  const at = new Date().toISOString();
  const markMs = await eye.mark();
  const struck = step;
  const script = kinds[kind];
  if (kind === 'program killed') program.kill('SIGKILL');
  else if (kind === 'program stopped') program.kill('SIGSTOP');
  else await onNode(script!);
  const lossy = (what: string): boolean => what.includes('loss 100%');
  await sleep(kind === 'network cut' ? (cutS + 5) * 1000 : leaseMs + 3000);
  const fault = eye.seen.findLastIndex(({ what, atMs }) => lossy(what) && atMs <= markMs);
  const lifted = eye.seen.find(({ what }, n) => n > fault && fault >= 0 && !lossy(what) && what !== 'mark');
  const faultWasLive = fault >= 0 && (lifted === undefined || lifted.atMs > markMs);
  program.kill('SIGKILL');
  if (program.exitCode === null && program.signalCode === null) await once(program, 'close');
  eye.end();
  const qdisc = await untilUp(async () => onNode(`tc qdisc show dev ${nic}`));
  const recovered = await untilUp(async () => {
    const { code, output } = await run('recover', lab);
    return code === 0 ? 'qdisc ok' : `qdisc? ${output}`;
  });
  const left = await onNode('systemctl list-units --plain --no-legend "bondproof-*"; cd /run/bondproof 2> /dev/null && ls | grep -vx fault.lock; grep bond-mode /etc/network/interfaces');
  const residue = [
    ...qdisc.includes('netem') && qdisc.includes('100%') ? [`the fault: ${qdisc.trim()}`] : [], ...recovered === 'qdisc ok' ? [] : [recovered],
    ...left.trim().split('\n').map((line) => line.trim()).filter((line) => line !== '' && line !== 'bond-mode active-backup'),
  ];
  return { at, seed, kind, momentMs, step: struck, faultWasLive, liftedAfterMs: faultWasLive && lifted ? Math.round(lifted.atMs - markMs) : null, leaseMs, residue };
};

/** A node that was reset answers again after its boot. */
const untilUp = async (ask: () => Promise<string>): Promise<string> => {
  for (let tries = 0; ; tries += 1) {
    const answer = await ask();
    if (answer.startsWith('qdisc ') && !answer.startsWith('qdisc?') || tries >= 12) return answer;
    await sleep(5000);
  }
};

const { values } = parseArgs({ options: { kills: { type: 'string', default: '10' } } });
const before = existsSync(resultsFile) ? readFileSync(resultsFile, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as LabCrash) : [];
const first = before.reduce((next, { seed }) => Math.max(next, seed + 1), 0);
const results = openSync(resultsFile, 'a');
try {
  const up = await run('up', lab);
  if (up.code !== 0) throw new Error(up.output);
  for (let seed = first; seed < first + Number(values.kills); seed += 1) {
    const result = await crash(seed);
    writeSync(results, `${JSON.stringify(result)}\n`);
    fsyncSync(results);
    console.log(JSON.stringify(result));
  }
} finally {
  await run('down', 'virtual');
  rmSync(folder, { recursive: true, force: true });
}
