// Whether the journals are followed: the echoes that agents have logged come back.

import { type Bench, waitFor } from './bench.ts';
import { echoEveryMs } from './observer.ts';

/** Null, or the first node whose echo is overdue. */
export const silentJournal = ({ view, record }: Bench): string | null => {
  for (const [name, { echoedUs }] of view.nodes) if (echoedUs === null || record.nowUs() - echoedUs > 3 * echoEveryMs * 1000) return `${name}: its journal is not followed`;
  return null;
};

/** All that was logged until now has come, on every node. */
export const readJournals = async (bench: Bench): Promise<void> => {
  const sinceUs = bench.record.nowUs();
  await waitFor(bench, 'journals read to the end of the watch', { everyMs: 100, timeoutMs: 5 * echoEveryMs }, () => {
    const behind = [...bench.view.nodes].find(([, { echoedUs }]) => echoedUs === null || echoedUs <= sinceUs);
    return behind === undefined ? null : `nothing comes from ${behind[0]}`;
  });
};
