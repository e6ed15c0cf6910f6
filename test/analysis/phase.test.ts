import test from 'ava';
import { phaseOf } from '../../src/analysis/phase.ts';
import { timelineOf } from '../../src/analysis/timeline.ts';
import type { Body, Event } from '../../src/model/event.ts';
import type { Phase } from '../../src/model/phase.ts';
import { recordOf, type Story } from './timeline-builder.ts';

const sent: Body = { type: 'lacpdu', slave: 'eth1', direction: 'out', frame: '' };

const measured = (phase: Phase | undefined, also: Story['also'] = [], keep: (event: Event) => boolean = () => true): ReturnType<typeof phaseOf> =>
  phaseOf(timelineOf(recordOf({ ...phase && { trial: { phase } }, also, refreshS: { pve1: [-13, -3.2, 7], pve2: [-1] } }).filter(keep)));

test('without a phase there is nothing to tell', (t) => {
  t.is(measured(undefined, [[-3, 'pve1', sent]]), null);
  t.is(phaseOf(timelineOf([])), null);
});

test('from the middle of the last LACPDU that was sent before the fault to the middle of the injection, half of both widths in doubt', (t) => {
  // The injection is 20 ms wide, and what a node saw 1 ms.
  t.deepEqual(measured({ anchor: 'lacpdu', afterMs: 3000 }, [[-33, 'pve1', sent], [-3, 'pve1', sent], [1, 'pve1', sent]]), { anchor: 'lacpdu', wantedMs: 3000, measuredMs: 3010, errorMs: 10.5 });
});

test('a LACPDU that came in, of another slave or of another node is no anchor', (t) => {
  t.deepEqual(measured({ anchor: 'lacpdu', afterMs: 25_000 }, [
    [-25, 'pve1', sent], [-2, 'pve1', { ...sent, direction: 'in' }], [-1.5, 'pve1', { ...sent, slave: 'eth2' }], [-1, 'pve2', sent],
  ]), { anchor: 'lacpdu', wantedMs: 25_000, measuredMs: 25_010, errorMs: 10.5 });
});

test('the LRM is that of the victim, and has to hold its lock', (t) => {
  t.deepEqual(measured({ anchor: 'lrm', afterMs: 3000 }, [[-2, 'pve1', { type: 'lrm-refreshed', state: 'wait_for_agent_lock' }]]), { anchor: 'lrm', wantedMs: 3000, measuredMs: 3210, errorMs: 10.5 });
});

test('where no anchor was seen before the fault, or no fault applied, nothing was measured', (t) => {
  const nothing = { anchor: 'lacpdu', wantedMs: 500, measuredMs: null, errorMs: null };
  t.deepEqual(measured({ anchor: 'lacpdu', afterMs: 500 }, [[0.5, 'pve1', sent]]), nothing);
  t.deepEqual(measured({ anchor: 'lacpdu', afterMs: 500 }, [[-0.5, 'pve1', sent]], ({ type }) => type !== 'fault-applied'), nothing);
  t.deepEqual(measured({ anchor: 'lacpdu', afterMs: 500 }, [[-0.5, 'pve1', sent]], ({ type }) => type !== 'target-chosen'), nothing);
});

test('where all is torn but the beginning, what was asked for is told', (t) => {
  t.deepEqual(measured({ anchor: 'lrm', afterMs: 1.25 }, [], ({ type }) => type === 'trial-started'), { anchor: 'lrm', wantedMs: 1.25, measuredMs: null, errorMs: null });
});
