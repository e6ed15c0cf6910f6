// Every journal line that the agent follows, as it stands: evidence for what the other probes made of it.

import type { Probe } from './probe.ts';

/** Of the agent's own lines (agent/node/journal.py): that they come shows that all before them came. */
const echo = 'bondproof-echo';

export const journal: Probe = {
  name: 'journal',
  summary: 'journal lines of corosync, HA, watchdog and kernel, verbatim',
  reader: () => (message) => (message.kind !== 'journal' ? [] : [message.identifier === echo ? { type: 'journal-echoed' } : { type: 'logged', identifier: message.identifier, text: message.text }]),
};
