// Every journal line that the agent follows, as it stands: evidence for what the other probes made of it.

import type { Probe } from './probe.ts';

export const journal: Probe = {
  name: 'journal',
  summary: 'journal lines of corosync, HA, watchdog and kernel, verbatim',
  reader: () => (message) => (message.kind === 'journal' ? [{ type: 'logged', identifier: message.identifier, text: message.text }] : []),
};
