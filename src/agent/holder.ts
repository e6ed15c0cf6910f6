// Holds a fault on one device: it is there only while we keep saying so.

import { readFileSync } from 'node:fs';

import type { Command } from '../model/command.ts';
import type { Channel, Clock, Session } from '../model/session.ts';

/** The holder's first line of standard input. */
export interface HoldPlan {
  /** Names the undo: `[a-z0-9-]+`. */
  readonly token: string;
  /** For whoever finds the device taken. */
  readonly what: string;
  readonly since: string;
  /** A shell script; the service manager runs it when the holder ends without having been told to go. Empty where systemd does not manage. */
  readonly undo: string;
  /** Argument vectors of programs, or of the holder's own: `lease stage NIC`, `lease apply NIC LOSS` (node/nft.py), `cable cut LINK WAY` (worlds/virtual/cables.ts). */
  readonly parts: Readonly<Record<string, readonly (readonly string[])[]>>;
}

export interface Step { readonly argv: readonly string[]; readonly exitCode: number; readonly said: string }

export interface Hold extends AsyncDisposable {
  /** Runs a part's commands on the device, while the lease is in force and not otherwise. Rejects with a HoldLost when it is not. */
  run(part: string): Promise<readonly Step[]>;
  /** From now on the fault may live so long without a beat. */
  lease(ms: number): Promise<void>;
  /** A beat that was sent after this call was answered: the way to the device is open. */
  answers(limit: { readonly timeoutMs: number }): Promise<void>;
  /** No beat from now on, though the way stays open. For whoever wants to see what the device does then. */
  hush(): void;
  /** Why the fault is not held any more, and since when on the clock; null while it is. */
  lost(): { readonly because: string; readonly atUs: number } | null;
}

export class HoldLost extends Error {
  constructor(device: string, because: string) {
    super(`${device} lets go of the fault: ${because}`);
    this.name = 'HoldLost';
  }
}

export interface Holding {
  readonly clock: Clock;
  readonly leaseMs: number;
  /** However long the beats go on: the fault ends by then. */
  readonly capMs: number;
  readonly manager?: Manager;
  /** Makes the command one that the device lets only its own run do (reservation.ts). */
  readonly fence?: (command: Command) => Command;
}

/** Who lifts the fault when the holder cannot: systemd with the plan's undo; where all of it is a `lease`, the kernel alone; of cables, they are the holder, and what it held ends with it. */
export type Manager = 'systemd' | 'kernel' | 'cables';

const beatEveryMs = 500;
/** A command of a fault is one look-up in the kernel; a loaded virtual machine needs a second to start a program. */
const answerMs = 10_000;

/** Rejects with a HoldLost when another fault is held there, or the holder does not start. Nothing is changed on the device by then. */
export const startHold = async (session: Session, plan: HoldPlan, holding: Holding): Promise<Hold> => {
  const { device } = session;
  const { clock, leaseMs, capMs, manager = 'systemd', fence = (command: Command) => command } = holding;
  const channel = await session.open(fence(holderCommand(plan.token, holding)));
  const over = new AbortController();
  let lost: ReturnType<Hold['lost']> = null;
  let beats = 0;
  let hushed = false;
  const answers = listen(channel, () => { lose('the holder or the way to it is gone'); });

  const lose = (because: string): void => {
    lost ??= { because, atUs: clock.nowUs() };
    over.abort(new HoldLost(device, because));
  };
  const beat = (): number => {
    beats += 1;
    channel.write(`{"order":"beat","n":${beats}}\n`);
    return beats;
  };
  /** What the holder says to `order`, as soon as `fits` is content. */
  const ask = async (order: string, fits: (answer: Answer) => boolean, timeoutMs = answerMs): Promise<Answer> => {
    if (lost) throw new HoldLost(device, lost.because);
    const answer = answers.next(fits);
    channel.write(order);
    const late = clock.sleep(timeoutMs, over.signal).then(() => { throw new HoldLost(device, `no answer within ${timeoutMs / 1000} s`); });
    return Promise.race([answer, late]);
  };
  const beating = async (): Promise<void> => {
    while (!over.signal.aborted && !hushed) {
      beat();
      await clock.sleep(beatEveryMs, over.signal).catch(() => undefined); // Aborted: it is over.
    }
  };
  const hold: Hold = {
    async run(part) {
      const argvs = plan.parts[part] ?? [];
      const answer = await ask(`${JSON.stringify({ order: 'do', part })}\n`, ({ said, part: done }) => said === 'done' && done === part);
      return argvs.map((argv, n) => ({ argv, exitCode: answer.steps?.[n]?.[0] ?? -1, said: answer.steps?.[n]?.[1] ?? 'nothing said' }));
    },
    async lease(ms) {
      await ask(`${JSON.stringify({ order: 'lease', ms: onNodeMs[manager](ms) })}\n`, ({ said }) => said === 'lease');
    },
    async answers({ timeoutMs }) {
      const n = beats + 1;
      await ask(`{"order":"beat","n":${beat()}}\n`, ({ said, n: heard }) => said === 'beat' && (heard ?? 0) >= n, timeoutMs);
    },
    hush: () => { hushed = true; },
    lost: () => lost,
    async [Symbol.asyncDispose]() {
      over.abort(new HoldLost(device, 'it was put away'));
      await channel[Symbol.asyncDispose]();
    },
  };
  const first = await ask(`${JSON.stringify({ ...plan, leaseMs: onNodeMs[manager](leaseMs), capMs })}\n`, ({ said }) => said === 'armed' || said === 'busy')
    .catch(async (error: unknown) => {
      const died = hold.lost() !== null; // Not because we put it away.
      await hold[Symbol.asyncDispose]();
      throw died ? new HoldLost(device, `its holder did not start: ${lastWord((await channel.ended).stderr)}`) : error;
    });
  if (first.said === 'busy') {
    await hold[Symbol.asyncDispose]();
    throw new HoldLost(device, `another fault is held there: ${first.holder ?? 'nobody knows whose'}`);
  }
  void beating();
  return hold;
};

/** Not what the shell says of the reader that it ended itself (dash tells of jobs that a signal ended). */
const lastWord = (errors: string): string => errors.split('\n').map((line) => line.trim()).findLast((line) => line !== '' && line !== 'Terminated') ?? 'no word why';

interface Answer { readonly said: string; readonly n?: number; readonly part?: string; readonly holder?: string; readonly steps?: readonly (readonly [number, string])[] }

const listen = (channel: Channel, gone: () => void): { next(fits: (answer: Answer) => boolean): Promise<Answer> } => {
  let waiting: { readonly fits: (answer: Answer) => boolean; readonly heard: (answer: Answer) => void }[] = [];
  const pump = async (): Promise<void> => {
    for await (const line of channel.lines) {
      const answer = understand(line);
      if (!answer) continue;
      const content = waiting.filter(({ fits }) => fits(answer));
      waiting = waiting.filter((each) => !content.includes(each));
      for (const { heard } of content) heard(answer);
    }
  };
  pump().then(gone, gone);
  return { next: (fits) => new Promise((resolve) => { waiting.push({ fits, heard: resolve }); }) };
};

const understand = (line: string): Answer | null => {
  try {
    const value = JSON.parse(line) as Partial<Answer> | null;
    return typeof value?.said === 'string' ? value as Answer : null;
  } catch {
    return null;
  }
};

/**
 * The lease as the node is told it. The service manager may notice up to 250 ms late that a beat is missing (systemd, sd_event_add_time:
 * DEFAULT_ACCURACY_USEC), and the undo takes some tens of milliseconds more: the promise is the lease, so its watchdog is set shorter.
 */
const onNodeMs: Readonly<Record<Manager, (leaseMs: number) => number>> = { systemd: (leaseMs) => leaseMs - 400, kernel: (leaseMs) => leaseMs, cables: (leaseMs) => leaseMs };

export const holderCommand = (token: string, { leaseMs, capMs, manager = 'systemd' }: Omit<Holding, 'clock' | 'fence'>): Command =>
  manager === 'cables' ? { argv: ['cable', 'hold'] }
  : manager === 'kernel' ? { argv: ['python3', '-I', '-S', '-u', '-c', source()] }
  : { argv: ['sh', '-euc', script, 'bondproof-hold', token, source(), String(onNodeMs.systemd(leaseMs)), String(Math.ceil(capMs / 1000))] };

const source = (): string =>
  `${['nft', 'holder'].map((name) => readFileSync(new URL(`node/${name}.py`, import.meta.url), 'utf8')).join('\n\n')}\n\nmain()\n`;

/**
 * The holder is a service and not a child of sshd, so that the service manager carries the undo out even when the holder is killed or does
 * not run any more (systemd.service(5): ExecStopPost=, WatchdogSec=, RuntimeMaxSec=). Not a timer: those slip with every reload of the
 * service manager (systemd issue 31914). FIFOs are its way to us: systemd-run --pipe needs a D-Bus daemon. When our end closes, so does its input.
 */
const script = `
umask 077; mkdir -p /run/bondproof; way=/run/bondproof/$1; exec 3<&0
mkfifo "$way.in" "$way.out"; printf '%s' "$2" > "$way.py"
cat <&3 > "$way.in" & feeder=$!
cat "$way.out" & reader=$!
systemd-run --quiet --collect --service-type=notify --unit="bondproof-undo-$1" -p NotifyAccess=main -p WatchdogSec="$3ms" -p WatchdogSignal=SIGKILL \\
  -p RuntimeMaxSec="$4" -p TimeoutStartSec=20 -p TimeoutStopSec=60 -p "ExecStopPost=/bin/sh $way.undo" \\
  python3 -I -S -u "$way.py" "$way.in" "$way.out" || { sleep 0.2; kill $reader 2> /dev/null || true; }
rm -f "$way.in" "$way.out" "$way.py"
wait $reader || true
kill $feeder 2> /dev/null || true
`;
