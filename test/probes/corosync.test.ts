import test from 'ava';

import { corosync } from '../../src/probes/corosync.ts';
import type { Body } from '../../src/model/event.ts';
import { journalLine, read } from './small-lab.ts';

const lines: readonly (readonly [text: string, body: Body | null])[] = [
  ['  [KNET  ] link: host: 3 link: 0 is down', { type: 'knet-link-changed', peer: 'pve3', link: 0, up: false }],
  ['  [KNET  ] rx: host: 2 link: 1 is up', { type: 'knet-link-changed', peer: 'pve2', link: 1, up: true }],
  ['  [KNET  ] heartbeat: host: 2 link: 0 is up', { type: 'knet-link-changed', peer: 'pve2', link: 0, up: true }],
  ['  [KNET  ] link: host: 77 link: 0 is down', { type: 'knet-link-changed', peer: '77', link: 0, up: false }],
  ['  [KNET  ] host: host: 3 (passive) best link: 0 (pri: 1)', null],
  ['  [KNET  ] host: host: 3 has no active links', null],
  ['  [KNET  ] link: Resetting MTU for link 0 because host 3 joined', { type: 'knet-link-changed', peer: 'pve3', link: 0, up: true }],
  ['  [TOTEM ] Token has not been received in 2737 ms', { type: 'token-warned', ms: 2737 }],
  ['  [TOTEM ] A processor failed, forming new configuration: token timed out (3650ms), waiting 4380ms for consensus.', { type: 'token-lost', timeoutMs: 3650 }],
  ['  [TOTEM ] A new membership (1.1b0) was formed. Members left: 3', { type: 'membership-formed', ring: '1.1b0', joined: [], left: ['pve3'] }],
  ['  [TOTEM ] A new membership (1.1b4) was formed. Members joined: 2 3', { type: 'membership-formed', ring: '1.1b4', joined: ['pve2', 'pve3'], left: [] }],
  ['  [TOTEM ] A new membership (2.c) was formed. Members joined: 3 left: 1 3', { type: 'membership-formed', ring: '2.c', joined: ['pve3'], left: ['pve1', 'pve3'] }],
  ['  [TOTEM ] A new membership (1.10) was formed. Members', { type: 'membership-formed', ring: '1.10', joined: [], left: [] }],
  ['  [TOTEM ] Failed to receive the leave message. failed: 3', null],
  ['  [TOTEM ] Retransmit List: 1 2 3', null],
  ['  [TOTEM ] Process pause detected for 5012 ms, flushing membership messages.', { type: 'corosync-paused', ms: 5012 }],
  ['  [QUORUM] Sync members[2]: 1 2', null],
  ['  [QUORUM] Sync left[1]: 3', null],
  ['  [QUORUM] Members[2]: 1 2', { type: 'members-listed', members: ['pve1', 'pve2'] }],
  ['  [QUORUM] This node is within the primary component and will provide service.', { type: 'quorum-changed', quorate: true }],
  ['  [QUORUM] This node is within the non-primary component and will NOT provide any services.', { type: 'quorum-changed', quorate: false }],
  ['  [VOTEQ ] waiting for quorum device Qdevice poll (but maximum for 30000 ms)', null],
  ['  [VOTEQ ] lost contact with quorum device Qdevice', null],
  ['  [MAIN  ] Completed service synchronization, ready to provide service.', { type: 'services-synchronized' }],
  ['  [MAIN  ] Corosync main process was not scheduled (@1625385416521) for 3104.4180 ms (threshold is 2400.0000 ms). Consider token timeout increase.', { type: 'corosync-paused', ms: 3104.418 }],
  ['  [MAIN  ] Totem is unable to form a cluster because of an operating system or network fault (reason: totem is continuously in gather state). The most common cause of this message is that the local firewall is configured improperly.',
    { type: 'gather-stuck', text: 'Totem is unable to form a cluster because of an operating system or network fault (reason: totem is continuously in gather state). The most common cause of this message is that the local firewall is configured improperly.' }],
  ['  [MAIN  ] Token has not been received in 2737 ms', null],
  ['Token has not been received in 2737 ms', null],
];

for (const [text, body] of lines) {
  test(`"${text.trim().slice(0, 90)}" is ${body ? body.type : 'no event'}`, (t) => {
    t.deepEqual(read(corosync, [journalLine('corosync', text)]), [body ? [body] : []]);
    t.deepEqual(read(corosync, [journalLine('pmxcfs', text)]), [[]]);
  });
}

test('a list of members that goes on in the next line is one list', (t) => {
  t.deepEqual(
    read(corosync, [journalLine('corosync', '  [QUORUM] Members[3]: 1 2\\'), journalLine('corosync', '  [KNET  ] rx: host: 2 link: 0 is up'), journalLine('corosync', '  [QUORUM] Members[3]: 3')]),
    [[], [{ type: 'knet-link-changed', peer: 'pve2', link: 0, up: true }], [{ type: 'members-listed', members: ['pve1', 'pve2', 'pve3'] }]],
  );
});

test('a number that was cut in two at the end of a line counts once', (t) => {
  t.deepEqual(
    read(corosync, [journalLine('corosync', '[QUORUM] Members[3]: 1 1\\'), journalLine('corosync', '[QUORUM] Members[3]: 12 13'), journalLine('corosync', '[QUORUM] Members[1]: 1')]),
    [[], [{ type: 'members-listed', members: ['pve1', '12', '13'] }], [{ type: 'members-listed', members: ['pve1'] }]],
  );
});

test('a link that comes up is told of once, whichever of its lines is logged', (t) => {
  const knet = (text: string) => journalLine('corosync', `  [KNET  ] ${text}`);
  const [down, up, mtu] = [knet('link: host: 2 link: 0 is down'), knet('rx: host: 2 link: 0 is up'), knet('link: Resetting MTU for link 0 because host 2 joined')];
  const changed = (isUp: boolean, peer = 'pve2') => [{ type: 'knet-link-changed' as const, peer, link: 0, up: isUp }];
  t.deepEqual(read(corosync, [down, up, mtu, down, mtu, down, up]), [changed(false), changed(true), [], changed(false), changed(true), changed(false), changed(true)]);
  t.deepEqual(read(corosync, [mtu, knet('link: Resetting MTU for link 0 because host 3 joined')]), [changed(true), changed(true, 'pve3')]);
});
