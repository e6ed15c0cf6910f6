import test from 'ava';

import { labView } from '../../src/harness/view.ts';
import type { Body, Event } from '../../src/model/event.ts';
import { findLink } from '../../src/model/lab.ts';
import { paperLab } from './paper-lab.ts';

const at = (seconds: number, by: string, body: Body): Event => ({ at: [seconds * 1e6, seconds * 1e6], by, ...body });
const target: Body = { type: 'target-chosen', link: findLink(paperLab, 'pve1', 'eth1'), predicted: null };

const viewAfter = (events: readonly Event[], victims: readonly string[] = ['pve1']): ReturnType<typeof labView> => {
  const view = labView(['pve1', 'pve2'], victims);
  for (const event of events) view.update(event);
  return view;
};

test('the bond gave up the slave when the victim stops distributing on it, after the injection', (t) => {
  const lost = (seconds: number, slave: string): Event => at(seconds, 'pve1', { type: 'lacp-changed', slave, actor: 0x0f, partner: 0x47 });
  const applied = at(10, 'harness', { type: 'fault-applied' });
  t.is(viewAfter([at(1, 'harness', target), lost(5, 'eth1'), applied]).gaveUpUs, null, 'before the injection');
  t.is(viewAfter([at(1, 'harness', target), applied, lost(15, 'eth2')]).gaveUpUs, null, 'the other slave');
  t.is(viewAfter([at(1, 'harness', target), applied, lost(15, 'eth1'), lost(18, 'eth1')]).gaveUpUs, 15e6);
});

test('a reset forgets everything of the old boot', (t) => {
  const view = viewAfter([
    at(1, 'pve2', { type: 'lrm-refreshed', state: 'active' }),
    at(2, 'harness', { type: 'node-reset', node: 'pve2', oldBootId: 'a', bootId: 'b' }),
    at(3, 'harness', { type: 'agent-started', node: 'pve2', bootId: 'b' }),
    at(9, 'harness', { type: 'node-back', node: 'pve2' }),
  ]);
  t.like(view.nodes.get('pve2'), { refreshedUs: null, resetUs: 2e6, agentUs: 3e6, bootId: 'b', backUs: 9e6 });
});

test('what ticks say is kept by peer', (t) => {
  const tick: Body = { type: 'tick', seq: 7, heard: { pve2: [5], pve3: [] }, canarySent: [1], canaryHeard: [], delivered: [{ seq: 1, tookMs: 2 }], undeliveredMs: 0, counters: {} };
  const view = viewAfter([at(4, 'pve1', tick)]);
  t.like(view.nodes.get('pve1'), { heardUs: { pve2: 4e6 }, deliveredUs: 4e6, undeliveredUs: null, agentUs: 4e6 });
  t.is(view.canariesSent, 1);
});

test('two victims are free of the fault when both are: a bond gave up its slave, or the node was reset and is back', (t) => {
  const both: Body = { ...target, also: { link: findLink(paperLab, 'pve2', 'eth2'), predicted: null } };
  const lost = (seconds: number, node: string, slave: string): Event => at(seconds, node, { type: 'lacp-changed', slave, actor: 0x0f, partner: 0x47 });
  const begin = [at(1, 'harness', both), at(10, 'harness', { type: 'fault-applied' })];
  const ended = (...events: readonly Event[]): number | null => viewAfter([...begin, ...events], ['pve1', 'pve2']).gaveUpUs;
  t.is(ended(lost(15, 'pve1', 'eth1')), null);
  t.is(ended(lost(15, 'pve1', 'eth1'), lost(16, 'pve2', 'eth1'), lost(17, 'pve1', 'eth1')), null, 'the other’s slave');
  t.is(ended(lost(15, 'pve2', 'eth2'), lost(18, 'pve1', 'eth1'), lost(20, 'pve1', 'eth1')), 18e6);
  t.is(ended(lost(15, 'pve1', 'eth1'), at(80, 'harness', { type: 'node-back', node: 'pve2' })), 80e6);
});

test('canaries are kept by the victim that sent them', (t) => {
  const tick = (more: object): Body => ({ type: 'tick', seq: 7, heard: {}, canarySent: [], canaryHeard: [], delivered: [], undeliveredMs: 0, counters: {}, ...more });
  const heard = (...ticks: readonly Body[]) => viewAfter(ticks.map((tick, n) => at(n + 1, 'pve3', tick)), ['pve1', 'pve2']).canaryHeardUs;
  t.deepEqual(heard(tick({})), { pve1: null, pve2: null });
  t.deepEqual(heard(tick({ canaryHeard: [3] }), tick({ canaryHeardOf: { pve2: [3] } }), tick({})), { pve1: 1e6, pve2: 2e6 });
});
