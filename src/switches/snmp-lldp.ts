// LLDP neighbours as LLDP-MIB has them (IEEE Std 802.1AB-2005, Annex 12): lldpRemTable, by a time mark, the number of the local port and a number, and
// lldpLocPortTable, which says which port that is. Numbers of ports are LLDP's own: only names tell which interface they are.

import type { LldpNeighbour } from '../model/switch-facts.ts';
import type { Question } from './dialect.ts';
import { Untold } from './reading.ts';
import { idsOf, ifDescr, ifName, interfaceNames, numbersOf, textsOf, walk, type Column, type InterfaceNames } from './snmp-rows.ts';

/** iso.std.iso8802.ieee802dot1.ieee802dot1mibs.lldpMIB.lldpObjects. */
const lldp = '1.0.8802.1.1.2.1';
const column = (name: string, arcs: string, kind: Column['kind']): Column => ({ name, oid: `${lldp}.${arcs}`, kind });

const localSubtype = column('lldpLocPortIdSubtype', '3.7.1.2', 'number');
const localId = column('lldpLocPortId', '3.7.1.3', 'id');
const localDescription = column('lldpLocPortDesc', '3.7.1.4', 'text');
const chassis = column('lldpRemChassisId', '4.1.1.5', 'id');
const theirPort = column('lldpRemPortId', '4.1.1.7', 'id');
const theirDescription = column('lldpRemPortDesc', '4.1.1.8', 'text');
const theirName = column('lldpRemSysName', '4.1.1.9', 'text');

export const neighbours: Question<readonly LldpNeighbour[]> = {
  commands: [ifName, ifDescr, localSubtype, localId, localDescription, chassis, theirPort, theirDescription, theirName].map(walk),
  parse: ([names = '', descriptions = '', subtypes = '', ids = '', locals = '', chassisIds = '', ports = '', portNames = '', systems = '']) => {
    const portOf = localPorts(interfaceNames(names, descriptions), { subtypes, ids, locals });
    const [theirs, chassisOf] = [idsOf(theirPort, ports), idsOf(chassis, chassisIds)];
    if (ids === '' && theirs.size === 0 && chassisOf.size === 0) throw new Untold('its agent shows nothing of LLDP-MIB, to this user at least');
    const [named, systemOf] = [textsOf(theirDescription, portNames), textsOf(theirName, systems)];
    return [...new Set([...chassisOf.keys(), ...theirs.keys()])].map((index): LldpNeighbour => {
      const [, local] = /^\d+\.(\d+)\.\d+$/.exec(index) ?? [];
      if (local === undefined) throw new Error(`${chassis.name}: row ${index} is not a time mark, a port and a number`);
      const [whose, which] = [chassisOf.get(index), theirs.get(index)];
      // Each has both (IEEE Std 802.1AB, mandatory TLVs), and columns are read one after the other.
      if (whose === undefined || which === undefined) throw new Error(`${whose === undefined ? chassis.name : theirPort.name} lacks row ${index}: neighbours changed while they were read; ask again`);
      return { port: portOf(local), system: systemOf.get(index) || null, chassis: whose, theirPort: which, theirPortName: named.get(index) || null };
    });
  },
};

/** interfaceName(5) and local(7) of LldpPortIdSubtype: texts that the device chose. */
const ownWords: ReadonlySet<number | undefined> = new Set([5, 7]);

/** A port's identifier where that is a name of IF-MIB, else its description where that is; else its number in LLDP, and that it is one. */
const localPorts = (names: InterfaceNames, { subtypes, ids, locals }: { readonly subtypes: string; readonly ids: string; readonly locals: string }): (local: string) => string => {
  const [subtype, id, description] = [numbersOf(localSubtype, subtypes), idsOf(localId, ids), textsOf(localDescription, locals)];
  return (local) => (ownWords.has(subtype.get(local)) ? names.known(id.get(local) ?? '') : null) ?? names.known(description.get(local) ?? '') ?? `LLDP port ${local}`;
};
