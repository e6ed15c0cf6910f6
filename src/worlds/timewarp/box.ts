// What the box is told of a lab before it begins (guest/box.py), and how its kernel is started.

import { deviceIds, type DeviceId, type Lab } from '../../model/lab.ts';
import { linksOf } from '../virtual/machine.ts';
import { initPath } from './tree.ts';

/** Within the kernel: the lab's folder on the host. */
const labMount = '/run/host';

export const filesName = (device: DeviceId): string => `${device}.tar`;

export const boxConfig = (lab: Lab): object => ({
  machines: deviceIds(lab).map((device) => ({
    name: device, files: `${labMount}/${filesName(device)}`,
  })),
  // A machine's cables are vec1, vec2, … in the order of its NICs, as its boot script has them.
  cables: lab.links.map((link) => ([[link.node, link.nic], [link.switch, link.port]] as const)
    .map(([device, nic]) => [device, `vec${linksOf(lab, device).findIndex(({ id }) => id === link.id) + 1}`, nic])),
});

/**
 * MB. A corosync locks some 170 in memory; the rest is the daemons of a node, and what the box and the kernel take themselves. Measured of 32: 240 a machine
 * when the lab is whole, 340 after a storm of memberships. A kernel without memory looks for some for ever, while time stands still.
 */
export const machineMb = ({ nodes }: Pick<Lab, 'nodes'>): number => 290 + 5 * nodes.length;
const boxMb = 300;

/** In the lab's folder, where the kernel runs. */
export const calendarName = 'calendar';
export const treeName = 'tree';

/** The lab's folder, as the kernel sees it, which takes absolute paths only (fs/hostfs, hostfs_fill_super). */
const here = '/proc/self/cwd';

/** No path of this machine is in it: the kernel stirs its command line into what it takes for random (drivers/char/random.c, random_init_early). */
export const kernelArgv = ({ kernel, lab, seed }: { readonly kernel: string; readonly lab: Lab; readonly seed: number }): readonly string[] => [
  kernel, 'umid=box', 'uml_dir=./', `mem=${boxMb + deviceIds(lab).length * machineMb(lab)}M`, `seed=${seed}`, 'seccomp=on', 'quiet', `time-travel=ext:1:${calendarName}`,
  'rootfstype=hostfs', `rootflags=${here}/${treeName}`, 'root=/dev/root', 'ro', 'con=null', 'con0=null,fd:1', 'ssl=null',
  'softdog.soft_margin=10', 'softdog.soft_panic=1', 'softdog.nowayout=0', 'bonding.max_bonds=0',
  `init=${initPath}`,
];
