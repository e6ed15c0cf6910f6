// active-backup: all or nothing, by the role of the slave that falls silent.

import { detectorOf, type ArpMonitor, type Scenario } from '../model/scenario.ts';
import { arpBond, pveBond } from './scenario.ts';

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

const monitored = (name: string, validate: ArpMonitor['validate'], summary: string): Scenario => {
  const known = { ...common, name: `active-backup/active/${name}`, summary, bond: { mode: 'active-backup', ...arpBond(validate) }, target: 'active' } as const;
  return { ...known, detector: detectorOf(known) };
};

/** The slave in use falls silent under an ARP monitor in place of miimon. */
export const arpMonitored: readonly Scenario[] = [
  monitored('arp', 'none', 'The bond asks its peers by ARP and takes any frame for an answer: it hears enough of them and does not fail over.'),
  monitored('arp-validate', 'active', 'The bond asks its peers by ARP, and of the slave in use only their answers count: none comes, and it fails over.'),
];
