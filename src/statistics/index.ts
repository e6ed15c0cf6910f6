// What may be said from so many trials, and how sure that is. Each function's text says what it assumes and when it is the wrong one.

export { binomialTest, type Alternative } from './binomial-test.ts';
export type { Count } from './check.ts';
export { medianEquivalence, newcombe, proportionEquivalence, type Equivalence, type EquivalenceAsked } from './equivalence.ts';
export { holm } from './holm.ts';
export { cumulativeIncidence, type IncidenceStep, type Observation } from './incidence.ts';
export { compareIntervals, difference, type Interval, type Order } from './interval.ts';
export { clopperPearson, proportionLowerBound, proportionUpperBound, trialsForZeroEvents, wilson, zeroEventsUpperBound } from './proportion.ts';
export { quantileInterval, quantileLowerBound, quantileUpperBound, sampleQuantile, valuesForUpperBound, weightedQuantile, type Asked, type QuantileBound, type QuantileInterval, type Weighted } from './quantile.ts';
export { confidenceSequence, sprt, sprtBoundaries, sprtState, type SprtBoundaries, type SprtPlan, type SprtState } from './sequential.ts';
export { stratifiedMean, stratifiedProportion, type CountStratum, type Estimate, type ValueStratum } from './strata.ts';
