// Every fault there is; scenarios name them.

import type { Injector } from '../model/scenario.ts';
import { carrierDown } from './carrier-down.ts';
import type { Fault } from './fault.ts';
import { none } from './none.ts';
import { rxSilent } from './rx-silent.ts';
import { switchRateSlow } from './switch-rate-slow.ts';
import { switchTxSilent } from './switch-tx-silent.ts';
import { txDataSilent } from './tx-data-silent.ts';
import { txLacpduSilent } from './tx-lacpdu-silent.ts';
import { txSilent } from './tx-silent.ts';

export const faults: readonly Fault[] = [txSilent, txDataSilent, txLacpduSilent, rxSilent, switchTxSilent, switchRateSlow, none, carrierDown];

/** Throws for a name that no fault has: names come from scenarios, not from users. */
export const findFault = (name: string): Fault => {
  const found = faults.find((fault) => fault.name === name);
  if (found === undefined) throw new Error(`there is no fault "${name}"; there are ${faults.map((fault) => fault.name).join(', ')}`);
  return found;
};

/** What makes this fault where `wanted` is asked for; null for one that has a way of its own. */
export const injectorOf = (fault: string, wanted: Injector): Injector | null => {
  const { injectors } = findFault(fault);
  return injectors.includes(wanted) ? wanted : injectors[0] ?? null;
};
