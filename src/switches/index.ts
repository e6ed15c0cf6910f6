// Every kind of switch there is; labs name them.

import { aristaEos } from './arista-eos.ts';
import { arubaAoscx } from './aruba-aoscx.ts';
import { ciscoIosXe } from './cisco-ios-xe.ts';
import { ciscoNxos } from './cisco-nxos.ts';
import { cumulus } from './cumulus.ts';
import { cumulusNvue } from './cumulus-nvue.ts';
import { dellOs10 } from './dell-os10.ts';
import type { Dialect, ManagedDialect } from './dialect.ts';
import { extremeExos } from './extreme-exos.ts';
import { juniperJunos } from './juniper-junos.ts';
import { linux } from './linux.ts';
import { mikrotikRouteros } from './mikrotik-routeros.ts';
import { openvswitch } from './openvswitch.ts';
import { sonic } from './sonic.ts';
import { teamd } from './teamd.ts';

/** Whatever its maker: what standard MIBs tell. */
export { snmp } from './snmp.ts';

export const dialects: readonly Dialect[] = [linux, openvswitch, teamd, cumulus];

/** Those of makers who gave their switches a command line. */
export const managedDialects: readonly ManagedDialect[] = [
  aristaEos,
  arubaAoscx,
  ciscoIosXe,
  ciscoNxos,
  cumulusNvue,
  dellOs10,
  extremeExos,
  juniperJunos,
  mikrotikRouteros,
  sonic,
];
