// active-backup: all or nothing, by the role of the slave that falls silent.

import type { Scenario } from '../model/scenario.ts';
import { pveBond } from './scenario.ts';

const common = {
  bond: { mode: 'active-backup', ...pveBond },
  ports: { kind: 'plain' },
  fault: 'tx-silent',
  ha: 'armed',
} as const;

export const activeBackup: readonly Scenario[] = [
  {
    ...common,
    name: 'active-backup/active',
    summary: 'The slave in use falls silent: miimon sees carrier and does not fail over, the victim is mute.',
    target: 'active',
    detector: 'none',
  },
  {
    ...common,
    name: 'active-backup/backup',
    summary: 'The slave in reserve falls silent: nobody was using it.',
    target: 'backup',
    detector: 'unneeded',
  },
];
