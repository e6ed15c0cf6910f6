// Any switch, by SNMP: what standard MIBs tell of it, whoever made it. It can be asked, and is told nothing.

import type { Identity } from '../model/switch-facts.ts';
import type { Asked, Facts, Question } from './dialect.ts';
import { Untold } from './reading.ts';
import { aggregates } from './snmp-lag.ts';
import { neighbours } from './snmp-lldp.ts';
import { ifDescr, ifName, interfaceNames, numbersOf, textsOf, walk, type Column } from './snmp-rows.ts';

/** SNMPv2-MIB (RFC 3418), system. */
const sysDescr: Column = { name: 'sysDescr', oid: '1.3.6.1.2.1.1.1', kind: 'text' };
const sysName: Column = { name: 'sysName', oid: '1.3.6.1.2.1.1.5', kind: 'text' };

const identity: Question<Identity> = {
  commands: [sysDescr, sysName].map(walk),
  parse: ([descriptions = '', names = '']) => {
    const [description, name] = [textsOf(sysDescr, descriptions).get('0') || null, textsOf(sysName, names).get('0') || null];
    if (description === null && name === null) throw new Untold('its agent shows neither sysDescr nor sysName (SNMPv2-MIB), to this user at least');
    return { vendor: null, model: null, version: null, serial: null, name, description: description?.replaceAll(/\s+/g, ' ').trim() ?? null };
  },
};

/** IF-MIB: up(1), down(2), testing(3), unknown(4), dormant(5), notPresent(6), lowerLayerDown(7). Who is `up` is administratively up and has carrier. */
const ifOperStatus: Column = { name: 'ifOperStatus', oid: '1.3.6.1.2.1.2.2.1.8', kind: 'number' };

const unknownStatus = 4;

const links: Facts['links'] = {
  commands: [ifName, ifDescr, ifOperStatus].map(walk),
  parse: ([names = '', descriptions = '', states = '']) => {
    const [named, status] = [interfaceNames(names, descriptions), numbersOf(ifOperStatus, states)];
    if (status.size === 0) throw new Untold('its agent shows nothing of ifTable (IF-MIB), to this user at least');
    return [...status].map(([index, state]) => {
      if (state < 1 || state > 7) throw new Error(`${ifOperStatus.name}: ${state} in row ${index} is none of 1 to 7`);
      return { port: named.of(index), up: state === unknownStatus ? null : state === 1 };
    });
  },
};

export const snmp: Asked = {
  name: 'snmp',
  proven: false,
  facts: { identity, aggregates, links, neighbours },
  deadMan: null,
  secrets: [],
  caution: 'SNMP agents keep what they answer for up to half a minute: it is state, and evidence, and says nothing of when anything happened',
};
