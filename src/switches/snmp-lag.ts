// Aggregates and LACP as IEEE8023-LAG-MIB has them (IEEE Std 802.1AX-2020, Annex D): columns of dot3adAggPortTable, dot3adAggPortStatsTable and
// dot3adAggPortDebugTable, all by the port's ifIndex. The last of these is optional, and many agents lack it.

import { bitsOfSnmp, type Aggregate, type LacpBits, type Member, type ReceiveState } from '../model/switch-facts.ts';
import type { Question } from './dialect.ts';
import { rateOf, Untold } from './reading.ts';
import { byNumber, ifDescr, ifName, interfaceNames, numbersOf, octetsOf, walk, type Column, type Rows } from './snmp-rows.ts';

/** iso.member-body.us.ieee802dot3.snmpmibs.lagMIB.lagMIBObjects.dot3adAggPort. */
const port = '1.2.840.10006.300.43.1.2';
const column = (name: string, arcs: string, kind: Column['kind']): Column => ({ name, oid: `${port}.${arcs}`, kind });

const partnerSystem = column('dot3adAggPortPartnerOperSystemID', '1.1.9', 'octets');
const selected = column('dot3adAggPortSelectedAggID', '1.1.12', 'number');
const attached = column('dot3adAggPortAttachedAggID', '1.1.13', 'number');
const actorState = column('dot3adAggPortActorOperState', '1.1.21', 'octets');
const partnerState = column('dot3adAggPortPartnerOperState', '1.1.23', 'octets');
const received = column('dot3adAggPortStatsLACPDUsRx', '2.1.1', 'number');
const illegal = column('dot3adAggPortStatsIllegalRx', '2.1.5', 'number');
const sent = column('dot3adAggPortStatsLACPDUsTx', '2.1.6', 'number');
const receiveState = column('dot3adAggPortDebugRxState', '3.1.1', 'number');

/** currentRx(1), expired(2), defaulted(3), initialize(4), lacpDisabled(5), portDisabled(6); a machine leaves `initialize` at once. */
const receiveStates: Readonly<Record<number, ReceiveState | null>> = { 1: 'current', 2: 'expired', 3: 'defaulted', 4: null, 5: 'disabled', 6: 'disabled' };
const lacpDisabled = 5;

export const aggregates: Question<readonly Aggregate[]> = {
  commands: [ifName, ifDescr, selected, attached, actorState, partnerState, partnerSystem, sent, received, illegal, receiveState].map(walk),
  parse: ([names = '', descriptions = '', ...columns]) => {
    const [select, attach] = [numbersOf(selected, columns[0] ?? ''), numbersOf(attached, columns[1] ?? '')];
    if (select.size === 0 && attach.size === 0) throw new Untold('its agent shows nothing of dot3adAggPortTable (IEEE8023-LAG-MIB), to this user at least');
    const named = interfaceNames(names, descriptions);
    const rows = rowsOf(columns.slice(2));
    const groups = new Map<string, string[]>();
    for (const index of [...new Set([...select.keys(), ...attach.keys()])].toSorted(byNumber)) {
      // A port waits for the aggregate that it selected; 0, and itself: it is on its own.
      const aggregate = String(select.get(index) || attach.get(index) || index);
      if (aggregate !== index) groups.set(aggregate, [...groups.get(aggregate) ?? [], index]);
    }
    return [...groups].toSorted(([a], [b]) => byNumber(a, b)).map(([aggregate, indexes]) => aggregateOf(named.of(aggregate), indexes.map((index) => memberOf(named.of(index), index, { rows, attach })), indexes.map((index) => rows.machine.get(index))));
  },
};

interface LagRows {
  readonly actor: Rows<LacpBits>;
  readonly partner: Rows<LacpBits>;
  readonly system: Rows<string | null>;
  readonly sent: Rows<number>;
  readonly received: Rows<number>;
  readonly illegal: Rows<number>;
  readonly machine: Rows<number>;
}

const rowsOf = (columns: readonly string[]): LagRows => {
  const [actors = '', partners = '', systems = '', out = '', heard = '', bad = '', machines = ''] = columns;
  const machine = numbersOf(receiveState, machines);
  for (const [index, state] of machine) if (!(state in receiveStates)) throw new Error(`${receiveState.name}: ${state} in row ${index} is none of 1 to 6`);
  return {
    actor: mapped(octetsOf(actorState, actors), (octets, index) => bitsOf(actorState, octets, index)),
    partner: mapped(octetsOf(partnerState, partners), (octets, index) => bitsOf(partnerState, octets, index)),
    system: mapped(octetsOf(partnerSystem, systems), systemOf),
    sent: countsOf(sent, out), received: countsOf(received, heard), illegal: countsOf(illegal, bad), machine,
  };
};

const mapped = <From, To>(rows: Rows<From>, to: (value: From, index: string) => To): Rows<To> => new Map([...rows].map(([index, value]) => [index, to(value, index)]));

/** All eight bits have names, so that there is one octet (LacpState; RFC 3417, 8, 3). */
const bitsOf = ({ name }: Column, octets: Uint8Array, index: string): LacpBits => {
  if (octets.length !== 1) throw new Error(`${name}: the state in row ${index} has ${octets.length} octets, not one`);
  return bitsOfSnmp(octets[0]!);
};

/** Without a partner it is nobody's address. */
const systemOf = (octets: Uint8Array, index: string): string | null => {
  if (octets.length !== 6) throw new Error(`${partnerSystem.name}: the address in row ${index} has ${octets.length} octets, not six`);
  return octets.every((octet) => octet === 0) ? null : [...octets].map((octet) => octet.toString(16).padStart(2, '0')).join(':');
};

const countsOf = (column: Column, output: string): Rows<number> => {
  const counts = numbersOf(column, output);
  for (const [index, count] of counts) if (count < 0) throw new Error(`${column.name}: ${count} in row ${index} counts nothing`);
  return counts;
};

const memberOf = (name: string, index: string, { rows, attach }: { readonly rows: LagRows; readonly attach: Rows<number> }): Member => {
  const [actor, out, heard] = [rows.actor.get(index) ?? null, rows.sent.get(index), rows.received.get(index)];
  return {
    port: name, actor, partner: rows.partner.get(index) ?? null, receive: receiveStates[rows.machine.get(index) ?? 0] ?? null, partnerSystem: rows.system.get(index) ?? null,
    lacpdus: out === undefined || heard === undefined ? null : { sent: out, received: heard, illegal: rows.illegal.get(index) ?? null },
    // To be attached is not yet to carry anything; not to be attached is to carry nothing.
    inUse: attach.get(index) === 0 ? false : actor === null ? null : actor.collecting === true && actor.distributing === true,
  };
};

/** The MIB has static aggregates too, and no word for them: LACP is what speaks of itself as active or what has heard a partner, and what its receive machine calls disabled is none. */
const aggregateOf = (name: string, members: readonly Member[], machines: readonly (number | undefined)[]): Aggregate => {
  const speaks = members.some(({ actor, receive }) => actor?.activity === true || receive === 'current' || receive === 'expired');
  const mode = speaks ? 'lacp' : machines.every((machine) => machine === lacpDisabled) ? 'static' : null;
  return { name, mode, rate: mode === 'lacp' ? rateOf(members) : null, members };
};
