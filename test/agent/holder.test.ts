import test from 'ava';

import { HoldLost, startHold } from '../../src/agent/holder.ts';
import type { Session } from '../../src/model/session.ts';
import { realClock as clock } from '../../src/worlds/real-clock.ts';

/** A session whose holder ends at once, after these words on its standard error. */
const endsWith = (stderr: string): Session => {
  const channel = {
    lines: (async function* none() { await Promise.resolve(); })(),
    ended: Promise.resolve({ command: { argv: ['sh'] }, exitCode: 1, stdout: '', stderr, elapsedMs: 0 }),
    write: () => undefined, end: () => undefined, async [Symbol.asyncDispose]() { await Promise.resolve(); },
  };
  return { device: 'pve1', open: async () => Promise.resolve(channel) } as unknown as Session;
};

// dash may tell of the job that the script itself ended, after the reason, or may not.
for (const [stderr, because] of [
  ['Failed to start transient service unit: no bus\n', 'Failed to start transient service unit: no bus'],
  ['Failed to start transient service unit: no bus\nTerminated\n', 'Failed to start transient service unit: no bus'],
  ['warning: x\nno manager\n\n', 'no manager'], ['Terminated\n', 'no word why'], ['', 'no word why'],
] as const) {
  test(`why a holder did not start is its last word: ${JSON.stringify(stderr)}`, async (t) => {
    const plan = { token: 'test', what: 'x', since: 'now', undo: 'true', parts: {} };
    await t.throwsAsync(startHold(endsWith(stderr), plan, { clock, leaseMs: 5000, capMs: 60_000 }), { instanceOf: HoldLost, message: `pve1 lets go of the fault: its holder did not start: ${because}` });
  });
}
