// What tx-silent and its control share: the same procedure, whoever makes the fault, with a loss of everything or of nothing.

import type { Change } from '../model/command.ts';
import type { Link } from '../model/lab.ts';
import type { Injector } from '../model/scenario.ts';
import { planCable } from './cable.ts';
import { planLease } from './lease.ts';
import { planNetem } from './netem.ts';

export const planSilence: Readonly<Record<Injector, (link: Link, lossPercent: 0 | 100) => Change>> = {
  netem: planNetem, lease: planLease, cable: (link, lossPercent) => planCable(link, lossPercent === 100 ? 'to-switch' : 'nothing'),
};
