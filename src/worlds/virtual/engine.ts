// What speaks LACP on the switch of a lab that bondproof makes, in words for records and reports.

import type { Lab } from '../../model/lab.ts';

const words: Readonly<Record<string, string>> = {
  linux: 'Linux bonding on a bridge', openvswitch: 'Open vSwitch', teamd: 'teamd on a Linux bridge',
  cumulus: 'Linux bonding on a bridge, in Cumulus’s form of configuration (ifupdown2)',
};

export const engineOf = ({ switch: { dialect } }: Lab): string => words[dialect] ?? dialect;

/** Without the packages of engines that this lab has not. */
export const aboutOf = ({ switch: { dialect } }: Lab, about: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(about).filter(([what]) => what === dialect || !(what in words)));
