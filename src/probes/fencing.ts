// HA and the watchdog: who refreshes, who lost the lock, whose watchdog expired. Wordings of pve-ha-manager 4 and 5, softdog's of the kernel.

import type { Body } from '../model/event.ts';
import type { Probe } from './probe.ts';

export const fencing: Probe = {
  name: 'fencing',
  summary: 'locks, watchdog and fencing, from the journal lines of pve-ha-lrm, pve-ha-crm, watchdog-mux and softdog, and from lrm_status',
  reader: () => {
    let timestamp: number | null = null;
    return (message) => {
      if (message.kind === 'lrm') {
        const refreshed = message.timestamp !== timestamp && holdsLock.has(message.state);
        timestamp = message.timestamp;
        return refreshed ? [{ type: 'lrm-refreshed', state: message.state }] : [];
      }
      if (message.kind !== 'journal') return [];
      for (const { from, form, body } of lines) {
        const match = from === message.identifier ? form.exec(message.text.trim()) : null;
        if (match) return [body(match.slice(1))];
      }
      return [];
    };
  },
};

/** The states in which the LRM's round ends with a refreshed watchdog (pve-ha-manager, LRM.pm, work); it writes its status in others too. */
const holdsLock: ReadonlySet<string> = new Set(['active', 'maintenance']);

interface Line {
  readonly from: 'watchdog-mux' | 'pve-ha-lrm' | 'pve-ha-crm' | 'kernel';
  readonly form: RegExp;
  readonly body: (groups: readonly string[]) => Body;
}

const statusChange = /^status change (\S+) => (\S+)$/;

const lines: readonly Line[] = [
  // watchdog-mux.c; "(PID n) " since 5.1.2.
  { from: 'watchdog-mux', form: /^client (?:\(PID \d+\) )?watchdog is about to expire$/, body: () => ({ type: 'watchdog-warned' }) },
  { from: 'watchdog-mux', form: /^client (?:\(PID \d+\) )?watchdog was updated before expiring$/, body: () => ({ type: 'watchdog-saved' }) },
  { from: 'watchdog-mux', form: /^client (?:\(PID \d+\) )?watchdog expired - disable watchdog updates$/, body: () => ({ type: 'watchdog-expired' }) },
  // A client that was killed: the same end of updates, only without the minute's wait.
  { from: 'watchdog-mux', form: /^client (?:\(PID \d+\) )?did not stop watchdog - disable watchdog updates$/, body: () => ({ type: 'watchdog-expired' }) },
  { from: 'pve-ha-lrm', form: statusChange, body: ([from = '', to = '']) => ({ type: 'lrm-status-changed', from, to }) },
  // Env/PVE2.pm leaves out the closing quote.
  { from: 'pve-ha-lrm', form: /^lost lock 'ha_agent_\S+_lock\b/, body: () => ({ type: 'lock-lost' }) },
  { from: 'pve-ha-lrm', form: /^node needs to be fenced - releasing agent_lock$/, body: () => ({ type: 'fence-ordered' }) },
  { from: 'pve-ha-crm', form: statusChange, body: ([from = '', to = '']) => ({ type: 'crm-status-changed', from, to }) },
  { from: 'pve-ha-crm', form: /^node '([^']+)': state changed from '([^']+)' => '([^']+)'$/, body: ([node = '', from = '', to = '']) => ({ type: 'crm-node-changed', node, from, to }) },
  { from: 'pve-ha-crm', form: /^fencing: acknowledged - got agent lock for node '([^']+)'$/, body: ([node = '']) => ({ type: 'fencing-acknowledged', node }) },
  // drivers/watchdog/softdog.c, softdog_fire.
  { from: 'kernel', form: /^softdog: Triggered - Reboot ignored\b/, body: () => ({ type: 'reset-rehearsed' }) },
];
