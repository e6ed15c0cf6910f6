import test from 'ava';

import { fencing } from '../../src/probes/fencing.ts';
import type { Body } from '../../src/model/event.ts';
import { journalLine, read } from './small-lab.ts';

const lines: readonly (readonly [identifier: string, text: string, body: Body | null])[] = [
  ['watchdog-mux', 'client watchdog is about to expire', { type: 'watchdog-warned' }],
  ['watchdog-mux', 'client (PID 4408) watchdog is about to expire', { type: 'watchdog-warned' }],
  ['watchdog-mux', 'client watchdog was updated before expiring', { type: 'watchdog-saved' }],
  ['watchdog-mux', 'client (PID 4408) watchdog was updated before expiring', { type: 'watchdog-saved' }],
  ['watchdog-mux', 'client watchdog expired - disable watchdog updates', { type: 'watchdog-expired' }],
  ['watchdog-mux', 'client (PID 4408) watchdog expired - disable watchdog updates', { type: 'watchdog-expired' }],
  ['watchdog-mux', 'client (PID 4408) did not stop watchdog - disable watchdog updates', { type: 'watchdog-expired' }],
  ['watchdog-mux', 'added new client (PID 4408) to watch', null],
  ['watchdog-mux', 'exit watchdog-mux with active connections', null],
  ['pve-ha-lrm', 'client watchdog expired - disable watchdog updates', null],
  ['pve-ha-lrm', 'status change wait_for_agent_lock => active', { type: 'lrm-status-changed', from: 'wait_for_agent_lock', to: 'active' }],
  ['pve-ha-lrm', 'status change active => lost_agent_lock', { type: 'lrm-status-changed', from: 'active', to: 'lost_agent_lock' }],
  ['pve-ha-lrm', "lost lock 'ha_agent_pve1_lock - cfs lock update failed - Permission denied", { type: 'lock-lost' }],
  ['pve-ha-lrm', "successfully acquired lock 'ha_agent_pve1_lock'", null],
  ['pve-ha-lrm', 'node needs to be fenced - releasing agent_lock', { type: 'fence-ordered' }],
  ['pve-ha-lrm', 'watchdog active', null],
  ['pve-ha-crm', 'status change slave => master', { type: 'crm-status-changed', from: 'slave', to: 'master' }],
  ['pve-ha-crm', "lost lock 'ha_manager_lock - cfs lock update failed - Permission denied", null],
  ['pve-ha-crm', "node 'pve3': state changed from 'online' => 'unknown'", { type: 'crm-node-changed', node: 'pve3', from: 'online', to: 'unknown' }],
  ['pve-ha-crm', "service 'vm:100': state changed from 'started' to 'fence'", null],
  ['pve-ha-crm', "fencing: acknowledged - got agent lock for node 'pve3'", { type: 'fencing-acknowledged', node: 'pve3' }],
  ['kernel', 'softdog: Triggered - Reboot ignored', { type: 'reset-rehearsed' }],
  ['kernel', 'softdog: Initiating system reboot', null],
  ['pmxcfs', '[status] notice: node lost quorum', null],
];

for (const [identifier, text, body] of lines) {
  test(`${identifier}: "${text}" is ${body ? body.type : 'no event'}`, (t) => {
    t.deepEqual(read(fencing, [journalLine(identifier, text)]), [body ? [body] : []]);
  });
}

test('a new timestamp in lrm_status is a refresh while the LRM holds its lock', (t) => {
  const states = [['wait_for_agent_lock', 90], ['active', 100], ['active', 100], ['active', 110], ['lost_agent_lock', 115], ['maintenance', 120]] as const;
  t.deepEqual(
    read(fencing, states.map(([state, timestamp]) => ({ kind: 'lrm', state, timestamp }))),
    [[], [{ type: 'lrm-refreshed', state: 'active' }], [], [{ type: 'lrm-refreshed', state: 'active' }], [], [{ type: 'lrm-refreshed', state: 'maintenance' }]],
  );
});
