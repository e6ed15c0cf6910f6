// How other processes speak with the holder of a lab.

import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { names, type Answer, type Request } from './launch.ts';
import type { MachineEvent, MachineState } from './supervisor.ts';

/** Sends one request to the lab in this folder and gives its answer; rejects when there is no holder, it refuses, or it does not answer in time. */
export const ask = async (folder: string, request: Request, limit: { readonly timeoutMs: number }): Promise<readonly MachineState[]> => {
  const socket = connect(join(folder, names.control));
  socket.setTimeout(limit.timeoutMs, () => socket.destroy(new Error(`the holder of ${folder} did not answer within ${limit.timeoutMs} ms`)));
  try {
    socket.write(`${JSON.stringify(request)}\n`);
    for await (const line of createInterface({ input: socket })) return machinesOf(JSON.parse(line) as Answer);
    throw new Error(`the holder of ${folder} ended without an answer`);
  } finally {
    socket.destroy();
  }
};

/** Starts and deaths of the lab's machines from now on; ends with the lab or by the signal. */
export async function* watchMachines(folder: string, signal: AbortSignal): AsyncGenerator<MachineEvent> {
  const socket = connect({ path: join(folder, names.control), signal });
  // How the connection ended does not matter: the stream is over.
  socket.on('error', () => undefined);
  socket.write(`${JSON.stringify({ ask: 'watch' } satisfies Request)}\n`);
  try {
    for await (const line of createInterface({ input: socket })) {
      const message = JSON.parse(line) as Answer | MachineEvent;
      if ('event' in message) yield message;
    }
  } finally {
    socket.destroy();
  }
}

const machinesOf = (answer: Answer): readonly MachineState[] => {
  if (!answer.ok) throw new Error(answer.because);
  return answer.machines;
};
