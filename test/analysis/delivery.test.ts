import test from 'ava';
import fc from 'fast-check';
import { deliveryOutageMs, deliveryStalls } from '../../src/analysis/delivery.ts';
import { timelineOf } from '../../src/analysis/timeline.ts';
import type { Story } from './timeline-builder.ts';
import { recordOf } from './timeline-builder.ts';

const outageMs = (story: Story, node = 'pve2'): number => {
  const timeline = timelineOf(recordOf({ revertS: 30, endS: 40, ...story }));
  return deliveryOutageMs(timeline, timeline.window!, node);
};

test('a healthy node waits no longer than from one message to the next', (t) => {
  t.true(outageMs({}) <= 300);
});

test('an outage reaches from the last message to the next', (t) => {
  const ms = outageMs({ undelivered: [{ node: 'pve2', fromS: 4, toS: 23 }] });
  t.true(ms >= 19_000 && ms <= 19_500);
});

test('of several outages the longest counts', (t) => {
  const ms = outageMs({ undelivered: [{ node: 'pve2', fromS: 1, toS: 3 }, { node: 'pve2', fromS: 10, toS: 15 }, { node: 'pve2', fromS: 20, toS: 24 }] });
  t.true(ms >= 5000 && ms <= 5500);
});

test('an outage is cut off at the revert, and one after it does not count', (t) => {
  const ms = outageMs({ undelivered: [{ node: 'pve2', fromS: 25, toS: 38 }] });
  t.true(ms >= 5000 && ms <= 5300);
  t.true(outageMs({ undelivered: [{ node: 'pve2', fromS: 31, toS: 38 }] }) <= 300);
});

test('a node that is reset delivers nothing until its next life does', (t) => {
  const ms = outageMs({ resets: [{ node: 'pve2', atS: 10, bootS: 2, backS: 22 }] });
  t.true(ms >= 5000 && ms <= 6000);
});

test('a node that never delivered was without it for the whole fault', (t) => {
  t.is(outageMs({ undelivered: [{ node: 'pve2', fromS: -9, toS: 99 }] }), 29_990);
});

test('another node’s outage is its own', (t) => {
  t.true(outageMs({ undelivered: [{ node: 'pve2', fromS: 4, toS: 23 }] }, 'pve3') <= 300);
});

const stallsS = (story: Story): readonly (readonly number[])[] => {
  const timeline = timelineOf(recordOf({ revertS: 30, endS: 40, ...story }));
  return deliveryStalls(timeline, 'pve2').map(({ fromUs, toUs }) => [fromUs, toUs].map((us) => Math.round((us - timeline.window!.zeroUs) / 1e6)));
};

test('messages that are sent less often than stalls are long are no stall', (t) => {
  t.deepEqual(stallsS({}), []);
  const seldom = recordOf({ revertS: 30, endS: 40 }).map((event) => event.type === 'tick' && event.seq % 30 !== 0 ? { ...event, delivered: [], undeliveredMs: 0 } : event);
  t.deepEqual(deliveryStalls(timelineOf(seldom), 'pve2'), []);
});

test('a stall lasts as long as a message waits, before the fault, too; a short wait is none', (t) => {
  t.deepEqual(stallsS({ undelivered: [{ node: 'pve2', fromS: -4, toS: -1 }, { node: 'pve2', fromS: 5, toS: 5.5 }, { node: 'pve2', fromS: 10, toS: 25 }] }), [[-4, -1], [10, 25]]);
});

test('any waits: the longest of all that any tick tells of, cut to the watch', (t) => {
  const events = recordOf({ revertS: 20, endS: 30 });
  const waitMs = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 25_000 }));
  fc.assert(fc.property(fc.array(fc.record({ tookMs: fc.array(waitMs, { maxLength: 2 }), undeliveredMs: waitMs }), { minLength: 1, maxLength: 7 }), (told) => {
    const waiting = events.map((event, place) => {
      const { tookMs, undeliveredMs } = told[place % told.length]!;
      return event.type === 'tick' ? { ...event, delivered: tookMs.map((ms) => ({ seq: 1, tookMs: ms })), undeliveredMs } : event;
    });
    const timeline = timelineOf(waiting);
    const { zeroUs, watchEnd: [endUs] } = timeline.window!;
    const longestUs = timeline.by('pve2', 'tick').flatMap(({ at, delivered, undeliveredMs }) => [...delivered.map(({ tookMs }) => tookMs), undeliveredMs].map((ms) => {
      const toUs = Math.round((at[0] + at[1]) / 2);
      return Math.min(toUs, endUs) - Math.max(toUs - ms * 1000, zeroUs);
    })).reduce((most, us) => Math.max(most, us), 0);
    t.is(deliveryOutageMs(timeline, timeline.window!, 'pve2'), Math.round(longestUs / 1000));
  }), { numRuns: 30 });
});
