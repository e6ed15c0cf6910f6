// The holder of a fault on a simulated machine, as src/agent/node/holder.py and its service are, or, where the kernel holds the fault, the holder
// alone. What service and kernel guard against is read from the text that starts it: a guard that is missing there is missing here.

import type { HoldPlan } from '../../src/agent/holder.ts';
import type { Machine } from './machine.ts';
import type { Program } from './program.ts';

const startMs = 350;
/** systemd's timers may be so late. */
const lateMs = 240;

export const holder = (machine: Machine, argv: readonly string[], say: (line: string) => void, ended: (exitCode: number) => void): Program => {
  const [program = ''] = argv;
  const service = program === 'sh';
  const script = (service ? argv[2] : argv.at(-1)) ?? '';
  const [watchdog = '', capS = ''] = service ? argv.slice(6) : [];
  const guards = (option: string): boolean => script.includes(option);
  let token = service ? argv[4]! : '';
  let plan: HoldPlan | null = null;
  let over = false;
  let leaseMs = Number(watchdog);
  let forget = (): void => undefined;

  const end = (exitCode: number): void => {
    if (over) return;
    over = true;
    forget();
    forgetCap();
    machine.atReset.delete(die);
    if (machine.faultHolder === token) machine.faultHolder = null;
    machine.lease = null;
    if (!service) machine.changed();
    else if (guards('ExecStopPost=')) machine.undo(token);
    else machine.services.delete(token);
    ended(exitCode);
  };
  /** With the whole machine. */
  const die = (): void => {
    over = true;
    forget();
    forgetCap();
  };
  const beat = (): void => {
    forget();
    if (service && guards('WatchdogSec=')) forget = machine.clock.after(leaseMs + lateMs, () => { end(-9); });
    if (!service && guards('timeout {lease_ms}ms')) forget = machine.clock.after(leaseMs, () => { end(0); });
  };
  let forgetCap = machine.clock.after(Number(capS) * 1000, () => { if (service && guards('RuntimeMaxSec=')) end(-9); });
  machine.atReset.add(die);

  const answer = (said: object): void => { say(JSON.stringify({ bootUs: machine.bootUs(), ...said })); };
  const start = (line: string): void => {
    const wanted = JSON.parse(line) as HoldPlan & { readonly leaseMs: number; readonly capMs: number };
    if (machine.faultHolder !== null) {
      answer({ said: 'busy', holder: machine.faultHolder });
      end(1);
      return;
    }
    plan = wanted;
    machine.faultHolder = token;
    if (service) {
      machine.files.set(`${token}.undo`, wanted.undo);
      machine.services.set(token, { end: () => { end(-15); } });
    } else {
      token = wanted.token;
      machine.faultHolder = token;
      leaseMs = wanted.leaseMs;
      forgetCap = machine.clock.after(wanted.capMs, () => { end(0); });
    }
    beat();
    answer({ said: 'armed' });
  };
  const obey = (line: string): void => {
    if (over) return;
    if (!isWhole(line)) {
      end(1);
      return;
    }
    if (plan === null) {
      start(line);
      return;
    }
    const order = JSON.parse(line) as { order: string; n?: number; ms?: number; part?: string };
    if (order.order === 'beat') {
      beat();
      answer({ said: 'beat', n: order.n });
    } else if (order.order === 'lease') {
      leaseMs = order.ms!;
      beat();
      answer({ said: 'lease', ms: order.ms });
    } else if (order.order === 'do') {
      const steps = plan.parts[order.part!]!.map((words) => {
        if (words[0] === 'lease') return lease(words);
        const { exitCode, stderr } = machine.run({ argv: words });
        return [exitCode, stderr];
      });
      answer({ said: 'done', part: order.part, steps });
    }
  };
  /** As src/agent/node/nft.py: a second stage finds the sink taken. */
  const lease = ([, verb = '', nic = '', loss = '']: readonly string[]): readonly [number, string] => {
    if (verb === 'stage' && machine.lease !== null) return [1, 'Device or resource busy'];
    if (verb === 'stage') machine.lease = { nic, silences: false, kill: () => { end(-9); } };
    else machine.lease!.silences = loss === '100%';
    machine.changed();
    return [0, ''];
  };
  let waiting: string[] | null = [];
  machine.clock.after(startMs, () => {
    const lines = waiting ?? [];
    waiting = null;
    for (const line of lines) obey(line);
  });
  return {
    hear(line) {
      if (waiting) waiting.push(line);
      else obey(line);
    },
    inputEnded: () => { end(0); },
  };
};

/** Python ends with an exception on anything else. */
const isWhole = (line: string): boolean => {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
};
