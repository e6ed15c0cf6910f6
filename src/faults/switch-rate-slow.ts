// Nothing falls silent: while all goes on, the switch is told to ask for LACPDUs more rarely. What does that cost by itself?

import type { Action } from '../model/command.ts';
import type { LacpRate } from '../model/scenario.ts';
import type { Fault } from './fault.ts';

export const switchRateSlow: Fault = {
  name: 'switch-rate-slow',
  summary: 'The aggregate of the switch’s port is changed from fast to slow LACP while it is in use; nothing is silenced.',
  injectors: [],
  // That the command was taken proves nothing: the change counts when the partner says it on the wire.
  proof: () => ({ canary: null, drops: null, tx: 'moves', carrier: 1, asksFor: 'slow' }),
  possible: (dialect) => dialect?.rate !== undefined,

  plan(link, { dialect }) {
    const rate = dialect?.rate;
    if (rate === undefined) throw new Error(`a switch of dialect ${dialect?.name ?? 'passive'} cannot change the rate of what is in use`);
    const to = (wanted: LacpRate): Action => ({ device: link.switch, command: rate.set(link.port, wanted) });
    return { stage: [], apply: [to('slow')], revert: [to('fast')], traces: [{ device: link.switch, command: rate.shown(link.port) }] };
  },
};
