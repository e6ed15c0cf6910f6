// Predictions before measurement: pure functions from what is known when the fault comes to intervals after it (docs/adr/0019-predictions.md).

import type { PredictedWhat } from '../model/result.ts';
import { firstLinkDown, firstMembership, firstTokenLoss } from './corosync.ts';
import { pointOfNoReturn, reset } from './fencing.ts';
import type { Interval, Situation } from './interval.ts';
import { nodeStopped, switchDefaulted, switchExpired } from './lacp.ts';

const predictors: Readonly<Record<PredictedWhat, (situation: Situation) => Interval | null>> = {
  'switch expired': switchExpired,
  'switch defaulted': switchDefaulted,
  'node stopped': nodeStopped,
  'first knet link down': firstLinkDown,
  'first token lost': firstTokenLoss,
  'first membership': firstMembership,
  'point of no return': pointOfNoReturn,
  'reset': reset,
};

/** In the order of `predictedWhats`, without those that do not apply. */
export const predictionsOf = (situation: Situation): readonly (Interval & { readonly what: PredictedWhat })[] =>
  Object.entries(predictors).flatMap(([what, predict]) => {
    const interval = predict(situation);
    return interval === null ? [] : [{ what: what as PredictedWhat, ...interval }];
  });

export { totemOf } from './corosync.ts';
export type { Interval, Range, Silenced, Situation, SwitchEngine, Totem } from './interval.ts';
