import test from 'ava';
import type { TrialResult } from '../../src/model/result.ts';
import { caveat, headline, rowSentence, titleOf } from '../../src/report/sentences.ts';
import { summarise } from '../../src/report/summary.ts';
import { control, fastFast, invalid, node, runOf, slowSlow, smallRun, trialResult } from './small-run.ts';

const said = (...trials: readonly TrialResult[]): string => {
  const { modes, controls } = summarise(runOf(...trials));
  return [...modes, ...controls].map(rowSentence).join('\n');
};

const victimReset = { node: 'pve1', afterMs: 66_900, errorMs: 500, bystander: false, rehearsed: false };

test('a mode that has healthy nodes reset says when LACP gave up, who was reset, and not to use it', (t) => {
  t.is(said(slowSlow), '802.3ad with node and switch slow: LACP needed 87 s to take the dead NIC out of use; two nodes with healthy bonds were reset (pve2 after 62 s and pve3 after 70 s); ordered delivery stood still for up to 91 s. Do not run corosync on it. (1 trial)');
});

test('a mode that recovers says for how long it paused', (t) => {
  t.is(said(fastFast), '802.3ad with node and switch fast: LACP needed 5.9 s to take the dead NIC out of use; ordered delivery stood still for up to 10 s; a node was out of quorum for 4.6 s; then every node settled. Corosync survives on it; /etc/pve pauses for that long. (1 trial)');
});

test('several trials are told by their extremes and by how they ended', (t) => {
  const other = trialResult(9, '802.3ad/slow-slow', { repetition: 2, outcome: 'fenced', lacp: { switchExpiredMs: null, switchDefaultedMs: null, nodeStoppedMs: 63_000, preventedByReset: true }, fenced: [victimReset] });
  t.is(said(slowSlow, other), '802.3ad with node and switch slow: LACP needed 63 to 87 s to take the dead NIC out of use; two nodes with healthy bonds were reset (pve2 after 62 s and pve3 after 70 s; all trials together) and the node with the silent NIC was reset (pve1 after 67 s; all trials together); ordered delivery stood still for up to 91 s. Do not run corosync on it. (2 trials: 1 fenced, 1 fenced-bystander)');
});

test('a rehearsed reset is not told as one that happened', (t) => {
  const rehearsed = trialResult(1, '802.3ad/slow-slow/rehearse', { outcome: 'fenced', ha: 'rehearse', fenced: [{ ...victimReset, rehearsed: true }], lacp: { switchExpiredMs: null, switchDefaultedMs: null, nodeStoppedMs: null, preventedByReset: false } });
  t.is(said(rehearsed), '802.3ad with node and switch slow, watchdogs only rehearsing: LACP was not seen to take the dead NIC out of use; the node with the silent NIC would have been reset (pve1 after 67 s); ordered delivery held on the nodes that ran. It costs the node: give corosync a second network. (1 trial)');
});

test('without HA it is said that nothing could be fenced', (t) => {
  const idle = trialResult(1, 'balance-xor', { outcome: 'isolated', ha: 'idle', nodes: { pve1: node({ deliveryOutageMs: 300, outOfQuorumMs: 92_000 }) } });
  t.is(said(idle), 'balance-xor: node pve1 lost the cluster for as long as the fault lasted while the others carried on. No HA service ran, so nothing could be fenced. It costs the node until somebody mends it: give corosync a second network. (1 trial)');
});

test('a hash that spared every peer is no proof that the mode holds', (t) => {
  const spared = { class: { predicted: 'none', measured: 'none' } } as const;
  t.is(said(trialResult(1, 'balance-xor', spared)), 'balance-xor: quorum and ordered delivery held on every node. By chance of the hash no peer was reached through the dead NIC: this says nothing of what happens when one is. (1 trial)');
  t.is(said(trialResult(1, 'broadcast', spared)), 'broadcast: quorum and ordered delivery held on every node. (1 trial)');
});

test('a waiting NIC that falls silent is told as a fault that nobody notices', (t) => {
  t.is(said(trialResult(1, 'active-backup/backup')), 'active-backup, the backup NIC silent: quorum and ordered delivery held on every node. The fault goes unnoticed until this NIC is needed. (1 trial)');
});

test('memberships without an end are told as such', (t) => {
  t.is(said(trialResult(1, 'balance-rr', { outcome: 'split' })), 'balance-rr: memberships kept changing until the fault was taken away. Do not run corosync on it. (1 trial)');
});

test('a control gets no advice, and a mode without a verdict only the reason', (t) => {
  t.is(said(control), 'control without a fault: quorum and ordered delivery held on every node. (1 trial)');
  t.is(said(invalid), 'balance-tlb: no verdict. It does not count: the canary arrived.');
});

test('the headline names each mode once, best first, and only those with a verdict', (t) => {
  t.is(headline(summarise(smallRun)), 'Held without a disturbance: broadcast. Paused and recovered: 802.3ad/fast-fast. Reset nodes with healthy bonds: 802.3ad/slow-slow.');
  t.is(headline(summarise(runOf(invalid))), 'No trial of a bond mode has a verdict.');
});

test('the caveat says how many trials there were, and whether the lab was simulated', (t) => {
  const tail = 'what is named here was seen; what was not seen is not thereby ruled out.';
  t.is(caveat(smallRun, summarise(smallRun)), `Measured on a simulated lab, one trial per configuration: ${tail}`);
  const real = { ...runOf(slowSlow, { ...slowSlow, repetition: 2 }, fastFast), simulated: [], lab: 'rack' };
  t.is(caveat(real, summarise(real)), `Measured on the lab rack, 1 to 2 trials per configuration: ${tail}`);
});

test('scenarios have names in words, unknown ones their own', (t) => {
  t.is(titleOf('802.3ad/slow-fast'), '802.3ad with a slow node and a fast switch');
  t.is(titleOf('802.3ad/fast-slow/rx-silent'), '802.3ad with a fast node and a slow switch, the NIC hearing nothing');
  t.is(titleOf('control/carrier-down'), 'control with the carrier down');
  t.is(titleOf('balance-alb'), 'balance-alb');
  t.is(titleOf('802.3ad/slow-fast/5-nodes'), '802.3ad/slow-fast/5-nodes');
  t.is(titleOf('odd\u001b'), 'odd\\u{1b}');
});

test('two victims are told of together, and neither as a node with a healthy bond', (t) => {
  const lacp = (nodeStoppedMs: number | null) => ({ switchExpiredMs: null, switchDefaultedMs: null, nodeStoppedMs, preventedByReset: false });
  const both = (more: Partial<TrialResult>): TrialResult => trialResult(1, '802.3ad/fast-fast/two-victims/opposite', { lacp: lacp(5800), also: { victim: 'pve2', link: 'pve2-eth2', class: { predicted: 'isolated', measured: 'isolated' }, lacp: lacp(8000) }, ...more });
  t.is(said(both({ outcome: 'fenced', fenced: [victimReset, { ...victimReset, node: 'pve2' }] })),
    '802.3ad with node and switch fast, NICs of two nodes silent, opposite ones: LACP needed 5.8 to 8 s to take the dead NICs out of use; two nodes with a silent NIC were reset (pve1 after 67 s and pve2 after 67 s); ordered delivery held on the nodes that ran. It costs the node: give corosync a second network. (1 trial)');
  t.regex(said(both({ outcome: 'isolated', nodes: { pve1: node(), pve2: node({ outOfQuorumMs: 9000 }) } })), /; node pve2 lost the cluster /);
  t.regex(said(both({ outcome: 'isolated', nodes: { pve1: node({ outOfQuorumMs: 9000 }), pve2: node({ outOfQuorumMs: 9000 }) } })), /; nodes pve1 and pve2 lost the cluster /);
});
