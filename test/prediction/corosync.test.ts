import test from 'ava';
import fc from 'fast-check';
import { firstLinkDown, firstMembership, firstTokenLoss, totemOf } from '../../src/prediction/corosync.ts';
import type { Interval } from '../../src/prediction/index.ts';
import { exactly, lacp, situation } from './situation.ts';

const edges = (interval: Interval | null): readonly [number, number | null] | null => interval && [interval.earliestMs, interval.latestMs];

// The table that token, token_coefficient and consensus of corosync.conf(5) give.
for (const [nodes, coefficientMs, tokenMs, consensusMs] of [[2, 650, 3000, 3600], [3, 125, 3125, 3750], [3, 650, 3650, 4380], [5, 650, 4950, 5940], [8, 125, 3750, 4500], [32, 650, 22_500, 27_000]] as const) {
  test(`${nodes} nodes with a coefficient of ${coefficientMs} ms wait ${tokenMs} ms for a token`, (t) => t.deepEqual(totemOf(nodes, coefficientMs), { tokenMs, consensusMs }));
}

// Ping time-out 1562.5, interval 781.25, and 200 ms each for knet's thread and for what is said.
test('knet takes the dark link down between half a time-out and a whole one', (t) => {
  t.deepEqual(edges(firstLinkDown(situation())), [581, 1963]);
  t.deepEqual(edges(firstLinkDown(situation({ totem: totemOf(8, 650) }))), [1525, 3850]);
});

test('a token goes to a dark successor in vain from the fault on', (t) => {
  // 3125, less the 595 that a representative may hold it.
  t.deepEqual(edges(firstTokenLoss(situation({ darkPeers: ['pve2'] }))), [2530, 3325]);
  t.deepEqual(edges(firstTokenLoss(situation({ darkPeers: ['pve2', 'pve3'] }))), [2530, 3325]);
});

test('and from a dark predecessor until knet takes the link down', (t) => t.deepEqual(edges(firstTokenLoss(situation())), [3111, 5288]));

test('with a second link over a NIC of its own nothing is lost that is waited for', (t) => {
  const { scenario } = situation();
  for (const secondLink of ['own-nic', 'own-nic-first'] as const) t.is(firstTokenLoss(situation({ scenario: { ...scenario, lab: { secondLink } } })), null);
  t.not(firstTokenLoss(situation({ scenario: { ...scenario, lab: { secondLink: 'same-bond' } } })), null);
});

test('the ring goes round where neither neighbour of the victim is dark', (t) => {
  const nodes = [4, 1, 3, 2].map((id) => ({ name: `pve${id}`, id }));
  const of = (victim: string, peer: string): Interval | null => firstTokenLoss(situation({ nodes, victim, darkPeers: [peer] }));
  t.is(of('pve1', 'pve3'), null);
  t.is(firstMembership(situation({ nodes, darkPeers: ['pve3'] })), null);
  t.not(of('pve1', 'pve4'), null);
  t.not(of('pve4', 'pve1'), null);
  t.is(of('pve4', 'pve2'), null);
});

test('a membership waits for the consensus time-out, and has an end to wait for only where the victim is alone', (t) => {
  t.deepEqual(edges(firstMembership(situation())), [6861, null]);
  t.deepEqual(edges(firstMembership(situation({ darkPeers: ['pve2', 'pve3'] }))), [6280, 8170]);
});

test('nothing is dark: nothing comes', (t) => {
  for (const predict of [firstLinkDown, firstTokenLoss, firstMembership]) {
    t.is(predict(situation({ darkPeers: [] })), null);
    t.is(predict(situation({ darkPeers: null })), null);
    t.is(predict(situation({ scenario: { fault: 'none' } })), null);
    t.is(predict(situation({ scenario: { forMs: 100 } })), null);
    t.is(predict(situation({ scenario: { detector: 'arp' } })), null);
  }
});

test('LACP that gives the slave up in between leaves the end open', (t) => {
  // The node stops 5.8 s after the fault at the soonest: the token may be lost before, and need not.
  const fast = lacp('fast', 'fast', { sinceLacpdu: exactly(0) });
  t.deepEqual(edges(firstLinkDown(fast)), [581, 1963]);
  t.deepEqual(edges(firstTokenLoss(fast)), [3111, 5288]);
  t.deepEqual(edges(firstMembership(fast)), [6861, null]);
  // It stops 2.9 s after it: the path may be back before the token is lost.
  const early = lacp('fast', 'fast', { sinceLacpdu: exactly(0), engine: 'clears-sync-at-expired' });
  t.is(firstTokenLoss(early), null);
  t.deepEqual(edges(firstTokenLoss({ ...early, darkPeers: ['pve2'] })), [2530, null]);
  // Two ping intervals after it is, all may agree at once.
  t.deepEqual(edges(firstMembership({ ...early, darkPeers: ['pve2'] })), [4463, null]);
});

test('a link goes down before the token is lost, and that before a membership', (t) => {
  fc.assert(fc.property(fc.integer({ min: 3, max: 32 }), fc.constantFrom(125, 650), fc.boolean(), (count, coefficientMs, all) => {
    const nodes = Array.from({ length: count }, (_, at) => ({ name: `pve${at + 1}`, id: at + 1 }));
    const peers = nodes.slice(1).map(({ name }) => name);
    const at = situation({ nodes, totem: totemOf(count, coefficientMs), darkPeers: all ? peers : peers.slice(0, 1) });
    const [down, lost, formed] = [firstLinkDown(at)!, firstTokenLoss(at)!, firstMembership(at)!];
    t.true(down.earliestMs < lost.earliestMs && lost.earliestMs < formed.earliestMs);
    t.true(down.latestMs! > down.earliestMs && lost.latestMs! > lost.earliestMs && (formed.latestMs ?? Infinity) > formed.earliestMs);
  }));
});

test('of two victims whichever is dark first is told, and no membership is promised an end', (t) => {
  const also = (victim: string, ...darkPeers: readonly string[]) => ({ also: { victim, darkPeers, sinceLacpdu: null } });
  const none = { darkPeers: [] };
  t.is(firstLinkDown(situation({ ...none, ...also('pve2') })), null);
  t.deepEqual(edges(firstLinkDown(situation({ ...none, ...also('pve2', 'pve1') }))), [581, 1963]);
  // pve2 hands the token to pve3, and gets it from pve1.
  t.deepEqual(edges(firstTokenLoss(situation({ ...none, ...also('pve2', 'pve3') }))), [2530, 3325]);
  t.deepEqual(edges(firstTokenLoss(situation({ ...none, ...also('pve2', 'pve1') }))), [3111, 5288]);
  t.deepEqual(edges(firstTokenLoss(situation({ darkPeers: ['pve3'], ...also('pve2', 'pve3') }))), [2530, 3325]);
  t.deepEqual(edges(firstMembership(situation({ darkPeers: ['pve2', 'pve3'], ...also('pve2') }))), [6280, null]);
});

test('the path may be back when LACP gives the first of two slaves up', (t) => {
  const since = (ms: number) => ({ sinceLacpdu: exactly(ms) });
  const of = (...ms: readonly [number, number]) => edges(firstTokenLoss(lacp('fast', 'fast', { ...since(ms[0]), darkPeers: [], also: { victim: 'pve2', darkPeers: ['pve3'], ...since(ms[1]) } })));
  // After 3 s without LACPDUs, 5.8 s are over in 2.8 s.
  t.deepEqual([of(0, 0), of(0, 3000), of(3000, 0)], [[2530, 3325], [2530, null], [2530, null]]);
});
