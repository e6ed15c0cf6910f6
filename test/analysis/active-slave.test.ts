import test from 'ava';
import { activeSlaveOf } from '../../src/analysis/active-slave.ts';
import { timelineOf } from '../../src/analysis/timeline.ts';
import type { ActiveSlave } from '../../src/model/result.ts';
import { recordOf, type Story } from './timeline-builder.ts';

type Line = NonNullable<Story['also']>[number];
const change = (atS: number, slave: string | null, by = 'pve1'): Line => [atS, by, { type: 'active-slave-changed', bond: 'bond0', slave }];
const survey = (activeSlave: string | null): Line => [-6, 'harness', {
  type: 'node-surveyed', node: 'pve1',
  survey: { bootId: 'pve1-1', kernel: '7', corosync: '3', bond: { mode: 'active-backup', mac: '02:62:70:00:01:10', xmitHashPolicy: null, lacpRate: null, activeSlave, slaves: [] }, totem: null, ha: 'none' },
}];
const judged = (...also: readonly Line[]): ActiveSlave | null => {
  const timeline = timelineOf(recordOf({ revertS: 100, endS: 120, also }));
  return activeSlaveOf(timeline, timeline.window!);
};

test('a bond that stays with its slave did not change', (t) => {
  t.deepEqual(judged(survey('eth1')), { before: 'eth1', changedMs: null, changedTo: null });
});

test('the first change to another slave counts, while the fault lasts', (t) => {
  const seen = judged(survey('eth1'), change(0.5, 'eth1'), change(2.5, 'eth2'), change(3, 'eth1'));
  t.is(seen?.changedTo, 'eth2');
  t.true(Math.abs(seen!.changedMs! - 2500) < 20);
});

test('what another node or the revert does is no change', (t) => {
  t.is(judged(survey('eth1'), change(5, 'eth2', 'pve2'), change(110, 'eth2'))?.changedMs, null);
});

test('a mode without a slave in use has none', (t) => {
  t.is(judged(survey(null), change(5, 'eth2')), null);
});
