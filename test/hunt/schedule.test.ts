import test from 'ava';
import fc from 'fast-check';
import { loadScenario, scenarioText } from '../../src/labs/scenario-file.ts';
import { drawSchedule, nameOf, trialOf, type Schedule } from '../../src/hunt/schedule.ts';
import { measureOf, simplifications } from '../../src/hunt/simpler.ts';
import { bondModes, forMsRange } from '../../src/model/scenario.ts';

const anySchedule: fc.Arbitrary<Schedule> = fc.tuple(fc.nat(2 ** 32 - 1), fc.integer({ min: 1, max: 1000 })).map(([seed, number]) => drawSchedule(seed, number));
const drawn = Array.from({ length: 2000 }, (_, n) => drawSchedule(1, n + 1));

test('the same seed draws the same schedules, another one others', (t) => {
  t.deepEqual(drawn.slice(0, 20), Array.from({ length: 20 }, (_, n) => drawSchedule(1, n + 1)));
  t.notDeepEqual(drawn.slice(0, 20), Array.from({ length: 20 }, (_, n) => drawSchedule(2, n + 1)));
});

test('the first three of seed 1 are these: what a seed draws stays', (t) => {
  t.deepEqual(drawn.slice(0, 3).map(nameOf), ['broadcast/carrier-down/isolated/pve3/98500ms', 'balance-rr', 'active-backup/active']);
});

test('all is drawn, and nothing that does not fit', (t) => {
  t.deepEqual([...new Set(drawn.map(({ mode }) => mode))].toSorted(), bondModes.toSorted());
  const seen = (of: (schedule: Schedule) => unknown): readonly string[] => [...new Set(drawn.map((schedule) => JSON.stringify(of(schedule))))].toSorted();
  t.is(seen(({ rates }) => rates).length, 5);
  t.is(seen(({ policy }) => policy).length, 3);
  t.deepEqual(seen(({ nodes }) => nodes), ['3', '4', '5']);
  t.is(seen(({ class: labClass }) => labClass).length, 3);
  t.is(seen(({ victim }) => victim).length, 5);
  t.is(seen(({ fault }) => fault).length, 2);
  t.is(seen(({ target }) => target).length, 3);
  for (const { mode, rates, target, nodes, victim, forMs } of drawn) {
    t.is(rates !== null, mode === '802.3ad');
    t.true(mode === 'active-backup' || target === 'first');
    t.true(victim >= 1 && victim <= nodes);
    t.true(forMs === null || forMs >= forMsRange.least && forMs <= forMsRange.most);
  }
});

test('a schedule makes a scenario that a file can hold', (t) => {
  fc.assert(fc.property(anySchedule, (schedule) => {
    const file = trialOf(schedule, 'Found.');
    t.deepEqual(loadScenario(scenarioText(file), { file: 'x', faults: ['tx-silent', 'carrier-down'] }), file);
  }), { numRuns: 300 });
});

test('schedules that differ have names that do', (t) => {
  t.is(new Set(drawn.map(nameOf)).size, new Set(drawn.map((schedule) => JSON.stringify(schedule))).size);
});

test('each simplification makes a schedule less by the measure, so that shrinking ends', (t) => {
  fc.assert(fc.property(anySchedule, (schedule) => {
    for (let now: Schedule = schedule; ;) {
      const simpler = simplifications.flatMap(({ of }) => of(now) ?? []);
      for (const each of simpler) t.true(measureOf(each) < measureOf(now) && measureOf(each) >= 0 && each.victim <= each.nodes && Number.isInteger(each.forMs ?? 0));
      if (simpler[0] === undefined) break;
      now = simpler[simpler.length - 1]!;
    }
  }), { numRuns: 300 });
});

test('the simplest of all has no simplification', (t) => {
  const simplest: Schedule = { mode: 'broadcast', rates: null, policy: 'layer2', fault: 'carrier-down', target: 'first', nodes: 3, class: 'partial', victim: 1, forMs: forMsRange.least };
  t.deepEqual(simplifications.flatMap(({ of }) => of(simplest) ?? []), []);
});
