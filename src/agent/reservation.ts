// Says on one device that it is our run's, and marks each command that changes it, so that the device refuses those of a run that lost it.

import { readFileSync } from 'node:fs';

import type { Command, Completed } from '../model/command.ts';
import { SessionError, type Clock, type Session } from '../model/session.ts';

export interface Reserver {
  /** Unique among all runs. */
  readonly run: string;
  /** For whoever finds the device taken: who started it, and where. */
  readonly by: string;
  /** A date and time, for the same. */
  readonly since: string;
}

export interface Owner extends Reserver { readonly number: number }

/** Ours until its disposal, the end of the connection, or too long a silence. */
export interface Reservation extends AsyncDisposable {
  /** Grows with every reservation of the device: whoever comes later has a greater one. */
  readonly number: number;
  ended(): boolean;
}

/** Another run has the device, or had it while we were away. */
export class NotOurs extends Error {
  readonly device: string;
  /** Null where the device could not tell. */
  readonly owner: Owner | null;

  constructor(device: string, owner: Owner | null) {
    super(`${device} belongs to ${owner === null ? 'a run that it does not name' : `run ${owner.run} of ${owner.by}, since ${owner.since}`}`);
    this.name = 'NotOurs';
    this.device = device;
    this.owner = owner;
  }
}

/** Longer than any fault lives without a beat (harness/injection.ts): who reserves a device after another finds no fault of that other's. */
const lapseMs = 15_000;
const beatEveryMs = 4000;
/** A command of an earlier run may have to come to its end first (node/reservation.py, ACTS_S). */
const answerMs = 80_000;

/** `number` is that of our reservation of the device before; null at first. Rejects with NotOurs, or a SessionError. */
export const startReservation = async (session: Session, reserver: Reserver & { readonly number: number | null }, clock: Clock): Promise<Reservation> => {
  const channel = await session.open(reservationCommand());
  const over = new AbortController();
  void channel.ended.then(() => { over.abort(); });
  const dispose = async (): Promise<void> => {
    over.abort();
    await channel[Symbol.asyncDispose]();
  };
  channel.write(`${JSON.stringify({ ...reserver, lapseMs })}\n`);
  const answered = new AbortController();
  const silence = clock.sleep(answerMs, answered.signal).catch(() => undefined); // Aborted: nobody listens to it any more.
  const line = await Promise.race([channel.lines[Symbol.asyncIterator]().next().then(({ value }) => value as string | undefined), silence.then(() => undefined)]);
  answered.abort();
  const answer = line === undefined ? null : understand(line);
  if (answer?.said !== 'mine') {
    await dispose();
    if (answer) throw new NotOurs(session.device, answer.owner ?? null);
    const because = (await channel.ended).stderr.trim().split('\n').at(-1) || 'no answer';
    throw new SessionError(`${session.device} could not be reserved: ${because}`, { device: session.device, sent: true });
  }
  const beating = async (): Promise<void> => {
    while (!over.signal.aborted) {
      channel.write('{"order":"here"}\n');
      await clock.sleep(beatEveryMs, over.signal).catch(() => undefined); // Aborted: it is over.
    }
  };
  void beating();
  return { number: answer.number ?? 0, ended: () => over.signal.aborted, [Symbol.asyncDispose]: dispose };
};

interface Answer { readonly said: 'mine' | 'busy' | 'late'; readonly number?: number; readonly owner?: Owner | null }

const understand = (line: string): Answer | null => {
  try {
    return JSON.parse(line) as Answer | null;
  } catch {
    return null;
  }
};

export const reservationCommand = (): Command => ({ argv: ['python3', '-I', '-S', '-u', '-c', source(), 'bondproof-reservation'] });

const source = (): string => readFileSync(new URL('node/reservation.py', import.meta.url), 'utf8');

/** The command, which the device runs only while the run with this number is the last that reserved it. */
export const fenced = (number: number, { argv, ...rest }: Command): Command => ({ ...rest, argv: ['sh', '-c', fence, 'bondproof-fenced', String(number), ...argv] });

/** Whether the device refused it: it did not run then. */
export const wasRefused = ({ exitCode, stderr }: Completed): boolean => exitCode === refusedCode && stderr.startsWith(refusal);

const refusal = 'bondproof: not the run that has this device';
const refusedCode = 125;
// The lock is inherited: nobody else's reservation begins before the command has ended. A redirection of exec that fails would end the shell.
const fence = `
[ -e /run/bondproof/acts.lock ] && exec 9< /run/bondproof/acts.lock && flock -s -w 5 9 && read -r number <&9 && [ "$number" = "$1" ] || { echo '${refusal}' >&2; exit ${refusedCode}; }
shift
exec "$@"
`;
