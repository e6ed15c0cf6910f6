// All probes, in the order in which their events stand in a record.

import { corosync } from './corosync.ts';
import { fencing } from './fencing.ts';
import { journal } from './journal.ts';
import { lacp } from './lacp.ts';
import { link } from './link.ts';
import type { Probe } from './probe.ts';
import { traffic } from './traffic.ts';

export const probes: readonly Probe[] = [link, lacp, traffic, corosync, fencing, journal];
