// What the box is told of a lab before it begins (guest/box.py), and how its kernel is started.

import { deviceIds, type DeviceId, type Lab } from '../../model/lab.ts';
import { linksOf } from '../virtual/machine.ts';
import { initPath } from './tree.ts';

/** Within the kernel: the lab's folder on the host. */
const labMount = '/run/host';

export const filesName = (device: DeviceId): string => `${device}.tar`;

export const boxConfig = (lab: Lab): object => ({
  console: '/dev/tty1',
  machines: deviceIds(lab).map((device) => ({
    name: device, files: `${labMount}/${filesName(device)}`,
  })),
  // A machine's cables are vec1, vec2, … in the order of its NICs, as its boot script has them.
  cables: lab.links.map((link) => ([[link.node, link.nic], [link.switch, link.port]] as const)
    .map(([device, nic]) => [device, `vec${linksOf(lab, device).findIndex(({ id }) => id === link.id) + 1}`, nic])),
});

/** MB. A corosync locks some 170 in memory; the rest is the daemons of a node, and what the box and the kernel take themselves. */
export const machineMb = 300;
const boxMb = 300;

export const kernelArgv = ({ kernel, tree, folder, calendar, lab }: { readonly kernel: string; readonly tree: string; readonly folder: string; readonly calendar: string; readonly lab: Lab }): readonly string[] => [
  kernel, 'umid=box', `uml_dir=${folder}/`, `mem=${boxMb + deviceIds(lab).length * machineMb}M`, 'seccomp=on', 'quiet', `time-travel=ext:1:${calendar}`,
  'rootfstype=hostfs', `rootflags=${tree}`, 'root=/dev/root', 'ro', 'con=null', 'con0=null,fd:1', 'con1=fd:3', 'ssl=null',
  'softdog.soft_margin=10', 'softdog.soft_panic=1', 'softdog.nowayout=0', 'bonding.max_bonds=0',
  `init=${initPath}`, `lab=${folder}`,
];
