// What speaks LACP on the switch of a lab that bondproof makes, in words for records and reports.

import type { Lab } from '../../model/lab.ts';

const words: Readonly<Record<string, string>> = {
  linux: 'Linux bonding on a bridge', openvswitch: 'Open vSwitch', teamd: 'teamd on a Linux bridge',
  cumulus: 'Linux bonding on a bridge, in Cumulus’s form of configuration (ifupdown2)',
};

export const engineOf = ({ switch: { dialect } }: Lab): string => words[dialect] ?? dialect;

/** What is not as it is on real nodes. */
export const qdeviceWords = ({ qdevice, switch: { name } }: Lab): readonly string[] => (qdevice === undefined ? []
  : [`the QDevice’s host, which runs corosync-qnetd, is the switch ${name}, reached over the bonds alone, and corosync-qdevice speaks to it without TLS`]);

/** Without the packages that this lab has no use for: of other engines, or of a QDevice. */
export const aboutOf = ({ switch: { dialect }, qdevice }: Lab, about: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(about).filter(([what]) => (what === 'corosync-qdevice' ? qdevice !== undefined : what === dialect || !(what in words))));
