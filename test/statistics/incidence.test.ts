import test from 'ava';
import fc from 'fast-check';
import { cumulativeIncidence, type IncidenceStep, type Observation } from '../../src/statistics/incidence.ts';

/** Scrucca, Santucci and Aversa 2007, Bone Marrow Transplant. 40:381: 35 patients as time/end, where r is relapse, t death by the transplant, c censored; ALL and AML. */
const all = '13t 1r 72c 7t 8t 9t 5t 1t 22t 0t 0r 35c 4t 14t 26t 3t 12r';
const aml = '67c 70c 4c 7c 68c 10t 7t 3r 4r 4r 3r 3r 8r 2t 35c 2c 8c 32c';

const observed = (text: string, event: 'r' | 't'): readonly Observation[] => text.split(' ').map((each) => {
  const end = each.at(-1);
  return { time: parseInt(each, 10), end: end === 'c' ? 'censored' : end === event ? 'event' : 'competing' };
});

const at = (steps: readonly IncidenceStep[], time: number): number => steps.findLast((step) => step.time <= time)?.incidence ?? 0;

test('the curves of a published data set', (t) => {
  // The estimates are those that scikit-survival's tests have of these patients, to their eight places.
  for (const [text, event, right] of [
    [`${all} ${aml}`, 'r', { 0: 0.02857143, 1: 0.05714286, 2: 0.05714286, 3: 0.14581281, 4: 0.20492611, 8: 0.23771164, 12: 0.27283899, 72: 0.27283899 }],
    [`${all} ${aml}`, 't', { 0: 0.02857143, 2: 0.08571429, 5: 0.1757917, 7: 0.23771992, 9: 0.30563279, 13: 0.3758875, 22: 0.4461422, 72: 0.48126955 }],
    [all, 't', { 0: 0.05882353, 3: 0.17647059, 26: 0.70588235 }],
    [aml, 'r', { 2: 0, 3: 0.17708333, 4: 0.29513889, 8: 0.36818576 }],
    [aml, 't', { 2: 0.05555556, 7: 0.12048611, 10: 0.20570747, 70: 0.20570747 }],
  ] as const) {
    const steps = cumulativeIncidence(observed(text, event), 0.95);
    for (const [time, incidence] of Object.entries(right)) t.true(Math.abs(at(steps, Number(time)) - incidence) < 6e-9, `${event} at ${time}`);
  }
});

const anyObservations: fc.Arbitrary<readonly Observation[]> = fc.array(fc.record({ time: fc.integer({ min: 1, max: 12 }), end: fc.constantFrom('event', 'competing', 'censored') }), { minLength: 1, maxLength: 40 });
const swapped = (observations: readonly Observation[]): readonly Observation[] => observations.map(({ time, end }) => ({ time, end: end === 'event' ? 'competing' : end === 'competing' ? 'event' : 'censored' }));

test('the event, its competitor and neither are all there is', (t) => {
  fc.assert(fc.property(anyObservations, (observations) => {
    const [one, other] = [cumulativeIncidence(observations, 0.95), cumulativeIncidence(swapped(observations), 0.95)];
    for (const [index, step] of one.entries()) t.true(Math.abs(step.incidence + other[index]!.incidence + step.free - 1) < 1e-12);
  }));
});

test('with nothing censored it is the share of events, and its variance that of a share', (t) => {
  fc.assert(fc.property(anyObservations, (observations) => {
    const ended = observations.map(({ time, end }): Observation => ({ time, end: end === 'censored' ? 'competing' : end }));
    for (const { time, incidence, variance } of cumulativeIncidence(ended, 0.95)) {
      const share = ended.filter((each) => each.end === 'event' && each.time <= time).length / ended.length;
      t.true(Math.abs(incidence - share) < 1e-12);
      t.true(Math.abs(variance - share * (1 - share) / ended.length) < 1e-12);
    }
  }));
});

/** The incidence at the end of the chain, from the two hazards at each time. */
const incidenceOf = (hazards: readonly (readonly [number, number])[]): number => {
  let [free, incidence] = [1, 0];
  for (const [event, competing] of hazards) {
    incidence += free * event;
    free *= 1 - event - competing;
  }
  return incidence;
};

test('the variance is that of the hazards, carried through by derivatives', (t) => {
  fc.assert(fc.property(anyObservations, (observations) => {
    const steps = cumulativeIncidence(observations, 0.95);
    const hazards = steps.map(({ time, atRisk }): readonly [number, number] => {
      const of = (end: Observation['end']): number => observations.filter((each) => each.time === time && each.end === end).length / atRisk;
      return [of('event'), of('competing')];
    });
    let variance = 0;
    for (const [index, { atRisk }] of steps.entries()) {
      const [event, competing] = hazards[index]!;
      // The incidence is linear in each hazard: a difference of any size is the derivative.
      const slope = (by: readonly [number, number]): number => incidenceOf(hazards.with(index, [event + by[0], competing + by[1]])) - incidenceOf(hazards);
      const [d, e] = [slope([1, 0]), slope([0, 1])];
      variance += (d * d * event * (1 - event) + e * e * competing * (1 - competing) - 2 * d * e * event * competing) / atRisk;
    }
    t.true(Math.abs((steps.at(-1)?.variance ?? 0) - variance) < 1e-11);
  }));
});

test('without a competitor the variance is Greenwood’s', (t) => {
  // Greenwood 1926: S² Σ d / (n (n - d)).
  const steps = cumulativeIncidence(observed('1r 2r 2c 3r 3r 5c 6r 7c 9r 9c', 'r'), 0.95);
  let sum = 0;
  for (const [index, { atRisk, free, variance, incidence }] of steps.entries()) {
    const ended = [1, 1, 2, 1, 1][index]!;
    sum += ended / (atRisk * (atRisk - ended));
    t.true(Math.abs(variance - free ** 2 * sum) < 1e-14);
    t.true(Math.abs(incidence + free - 1) < 1e-14);
  }
  t.deepEqual(steps.map(({ atRisk }) => atRisk), [10, 9, 7, 4, 2]);
});

test('the interval is symmetric by the log of minus the log, and is none at 0 and 1', (t) => {
  const steps = cumulativeIncidence(observed(`${all} ${aml}`, 't'), 0.95);
  for (const { incidence, variance, interval } of steps) {
    const scale = (p: number): number => Math.log(-Math.log(p));
    const half = 1.959963984540054 * Math.sqrt(variance) / (incidence * -Math.log(incidence));
    t.true(Math.abs(scale(interval!.lower) - scale(incidence) - half) < 1e-9 && Math.abs(scale(interval!.upper) - scale(incidence) + half) < 1e-9);
    t.true(interval!.lower < incidence && incidence < interval!.upper);
  }
  t.deepEqual(cumulativeIncidence(observed('1t 2r 3r', 'r'), 0.95).map(({ interval }) => interval === null), [true, false, false]);
  t.is(cumulativeIncidence(observed('1r 2r', 'r'), 0.95).at(-1)?.interval, null);
  t.deepEqual(cumulativeIncidence(observed('1c 2c', 'r'), 0.95), []);
  t.throws(() => cumulativeIncidence([{ time: Infinity, end: 'censored' }], 0.95), { instanceOf: RangeError });
});
