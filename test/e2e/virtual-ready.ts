// When a lab that is booting can be worked with.

import { deviceIds } from '../../src/model/lab.ts';
import { SessionError, type OpenLab, type Session } from '../../src/model/session.ts';
import { until } from '../../src/transport/until.ts';

export interface ReadyLimit { readonly timeoutMs: number; readonly signal?: AbortSignal }

/**
 * Resolves when every machine answers and every node is quorate in a cluster of all nodes. Rejects with a Problem of the machine that
 * does not answer, or with TimedOut of the node that is not quorate.
 */
export const whenReady = async (open: OpenLab, { timeoutMs, signal }: ReadyLimit): Promise<void> => {
  const { lab, clock } = open;
  const untilUs = clock.nowUs() + 1_000 * timeoutMs;
  const limit = () => ({ timeoutMs: Math.max(1, Math.round((untilUs - clock.nowUs()) / 1_000)), ...(signal && { signal }) });
  const isNode = (device: string): boolean => lab.nodes.some((node) => node.name === device);
  await Promise.all(deviceIds(lab).map(async (device) => {
    const reach = () => open.session(device, limit());
    const held: { session: Session } = { session: await reach() };
    if (isNode(device)) {
      await until(async () => {
        try {
          return await isWhole(held.session, lab.nodes.length) ? true : null;
        } catch (error) {
          if (error instanceof SessionError) held.session = await reach();
          throw error;
        }
      }, { what: `${device} to be quorate with all ${lab.nodes.length} nodes`, everyMs: 1_000, clock, ...limit() });
    }
    await held.session[Symbol.asyncDispose]();
  }));
};

/** Whether this node is quorate (exit code 0 of corosync-quorumtool(8)) and sees so many members. */
const isWhole = async (session: Session, nodes: number): Promise<boolean> => {
  const { exitCode, stdout } = await session.run({ argv: ['corosync-quorumtool', '-s'] }, { timeoutMs: 10_000 });
  return exitCode === 0 && new RegExp(`^Nodes: +${nodes}$`, 'm').test(stdout);
};
