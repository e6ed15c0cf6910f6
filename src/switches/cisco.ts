// What command lines in Cisco's manner have in common: prompts, names of ports, tables, and the lines that form a port. IOS-XE, NX-OS and OS10 have it.

import { lines } from '../model/conversation.ts';
import type { DeviceTime, LearnedMac, LldpNeighbour, Member, PortCounters } from '../model/switch-facts.ts';
import type { ManagedDialect } from './dialect.ts';
import { aggregateOf, countIn, entriesIn, linesIn, macOf, matchOf, utcOf } from './reading.ts';

/** Of a port as a table abbreviates it, its name as the configuration has it. */
export type NameOf = (shown: string) => string;

/** IOS cuts a long name of the device in modes of configuration: only the 16 characters that netmiko relies on tell a device (cisco_base_connection). */
export const prompt = /^([A-Za-z0-9._-]{1,16})[A-Za-z0-9._-]*(?:\([^()\s]+\))*[>#]\s?$/;

/** Names by their abbreviation, in lower case: `gi` is GigabitEthernet. What is not among them is left as it is shown. */
export const longNames = (names: ReadonlyMap<string, string>): NameOf => (shown) => {
  const [, kind = '', place = ''] = /^([A-Za-z-]+?) ?(\d.*)$/.exec(shown) ?? [];
  const name = names.get(kind.toLowerCase());
  return name === undefined ? shown : `${name}${place}`;
};

/** Rows that have the pattern, whose group 1 is a port. */
export const byPort = (text: string, pattern: RegExp, nameOf: NameOf): ReadonlyMap<string, RegExpExecArray> =>
  new Map(linesIn(text).flatMap((line) => {
    const found = pattern.exec(line);
    return found === null ? [] : [[nameOf(found[1]!), found] as const];
  }));

export interface Bundle { readonly name: string; readonly mode: 'static' | 'lacp'; readonly members: readonly { readonly port: string; readonly inUse: boolean }[] }

/**
 * `show etherchannel summary`, and `show port-channel summary` of NX-OS: rows of a group, its name and state, its protocol and its ports, which may go on in
 * further lines. One whose protocol is PAgP is neither static nor LACP, and left out.
 */
export const bundlesIn = (text: string, nameOf: NameOf): readonly Bundle[] => {
  const found: { readonly name: string; readonly protocol: string; ports: string }[] = [];
  for (const line of linesIn(text)) {
    const row = /^\d+\s+([A-Za-z-]+\d+)\s*\(\w+\)\s+(?:Eth\s+)?(\S+)\s*(.*)$/.exec(line);
    if (row !== null) found.push({ name: nameOf(row[1]!), protocol: row[2]!, ports: row[3]! });
    else if (/^\s+\S*\d\([\w-]+\)/.test(line) && found.length > 0) found.at(-1)!.ports += ` ${line}`;
  }
  return found.filter(({ protocol }) => /^(?:LACP|NONE|-)$/.test(protocol)).map(({ name, protocol, ports }) => ({
    name,
    mode: protocol === 'LACP' ? 'lacp' as const : 'static' as const,
    // P, and bndl on routers: bundled in the aggregate.
    members: [...ports.matchAll(/(\S+?)\(([\w-]+)\)/g)].map(([, port, flags]) => ({ port: nameOf(port!), inUse: flags === 'P' || flags === 'bndl' })),
  }));
};

/** Rows of `show lacp counters`: LACPDUs sent and received first, those with errors last. */
export const lacpCounterRow = /^\s*(\S+)\s+(\d+)\s+(\d+)\s+(?:\d+\s+)+(\d+)$/;
export const lacpdusOf = (row: RegExpExecArray | undefined): Member['lacpdus'] => {
  const [sent, received] = [countIn(row?.[2]), countIn(row?.[3])];
  return sent === null || received === null ? null : { sent, received, illegal: countIn(row?.[4]) };
};

/** `show interfaces status`: ports begin their rows, and how they are stands below its name in the head. */
export const linksIn = (text: string, nameOf: NameOf): readonly { readonly port: string; readonly up: boolean }[] => {
  const head = matchOf('show interface status', text, /^(Port\s+Name\s+)Status\b/m);
  const at = head[1]!.length;
  return linesIn(text.slice(head.index)).slice(1).filter((line) => /^[A-Za-z]\S*\d/.test(line) && line.length > at)
    .map((line) => ({ port: nameOf(line.split(' ', 1)[0]!), up: /^connected\b/.test(line.slice(at)) }));
};

/** `show interfaces counters`: one table for octets received, one for octets sent, and others. */
export const countersIn = (text: string, nameOf: NameOf): readonly PortCounters[] => {
  const tables = new Map([['InOctets', new Map<string, bigint>()], ['OutOctets', new Map<string, bigint>()]]);
  let table: Map<string, bigint> | undefined;
  for (const line of linesIn(text)) {
    const [, column] = /^Port\s+(\S+)/.exec(line) ?? [];
    if (column !== undefined) table = tables.get(column);
    const [, port, octets] = /^([A-Za-z]\S*\d)\s+(\d+)(?:\s|$)/.exec(line) ?? [];
    if (port !== undefined && octets !== undefined) table?.set(nameOf(port), BigInt(octets));
  }
  return [...tables.get('InOctets')!].map(([port, received]) => ({
    port, unit: 'octets' as const, received, sent: tables.get('OutOctets')!.get(port) ?? missing(`the octets that ${port} sent`),
  }));
};

/** `*09:00:00.123 UTC Mon Nov 30 2026`; the star says that the clock is not set by anything. */
export const clockIn = (text: string): DeviceTime => {
  const [shown, time, zone, month, day, year] = matchOf('show clock', text, /^[*.]?(\d\d:\d\d:\d\d(?:\.\d+)?) (\S+) \w{3} (\w{3}) +(\d+) (\d{4})$/m);
  return { shown, utc: utcOf(time!, `${month!} ${day!} ${year!}`, zone!) };
};

/** Rows of `show mac address-table` that were learned; NX-OS has age and two flags before the port. */
const learnedRow = /^\W*(\d+)\s+([0-9a-f]{4}(?:\.[0-9a-f]{4}){2}|[0-9a-f]{2}(?::[0-9a-f]{2}){5})\s+dynamic(?:\s+\S+\s+[TF]\s+[TF])?\s+(\S.*)$/i;
export const learnedIn = (text: string, nameOf: NameOf): readonly LearnedMac[] =>
  linesIn(text).flatMap((line) => {
    const [, vlan, mac, port] = learnedRow.exec(line) ?? [];
    return mac === undefined || port === undefined ? [] : [{ mac: macOf(mac), port: nameOf(port), vlan: countIn(vlan) }];
  });

/** `show lldp neighbors detail`: `Label: value` in every line; entries begin with the label `first`, and have our port as `local`. */
export const neighboursIn = (
  text: string, { first, local, nameOf }: { readonly first: string; readonly local: string; readonly nameOf: NameOf },
): readonly LldpNeighbour[] =>
  entriesIn(text, new RegExp(`[ \\t]*${first}: `)).map((entry) => {
    const value = (label: string): string | null => {
      const shown = new RegExp(`^[ \\t]*${label}: *(\\S.*?)\\s*$`, 'm').exec(entry)?.[1];
      return shown === undefined || /^(?:null|-? ?not advertised)$/.test(shown) ? null : shown;
    };
    return {
      port: nameOf(value(local) ?? missing(local)), system: value('System Name'),
      chassis: value('Chassis id') ?? missing('Chassis id'), theirPort: value('Port id') ?? missing('Port id'),
    };
  });

export interface ChannelForm {
  /** What an aggregate is called in the configuration, before its number. */
  readonly channel: string;
  /** What has to be said of a port before it changes, and after. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Whether a port joins only with the VLAN of the aggregate, or only without one of its own. */
  readonly joins: 'with its VLAN' | 'without a VLAN';
}

/** An aggregate with ports that name it as their channel group. */
export const channelForm = ({ channel, before, after, joins }: ChannelForm): ManagedDialect['form'] => (groups, ports) => groups.flatMap((group) => {
  const vlan = group.vlan === undefined ? [] : [`switchport access vlan ${group.vlan}`];
  const each = (...within: readonly string[]): readonly string[] =>
    // A port changes its mode only out of the aggregate.
    group.ports.flatMap((port) => [
      `interface ${port}`, ...before, 'no channel-group', ...ports.kind === 'plain' || joins === 'with its VLAN' ? vlan : [], ...within, ...after, 'exit',
    ]);
  if (ports.kind === 'plain') return each().map((line) => lines(line));
  const aggregate = aggregateOf(group, `its name on the switch, like ${channel}11`);
  const number = matchOf('aggregate', aggregate, new RegExp(`^${channel}(\\d+)$`))[1]!;
  const lacp = ports.kind === 'lacp' ? [`lacp rate ${ports.rate === 'fast' ? 'fast' : 'normal'}`] : [];
  const member = each(`channel-group ${number} mode ${ports.kind === 'lacp' ? 'active' : 'on'}`, ...lacp);
  return [`interface ${aggregate}`, ...vlan, 'exit', ...member].map((line) => lines(line));
});

/** Lines of configuration are refused elsewhere. */
export const writing: NonNullable<ManagedDialect['writing']> = { begin: [lines('configure terminal')], end: [lines('end')] };

export const portLines: ManagedDialect['port'] = (name, state) => [`interface ${name}`, state === 'up' ? 'no shutdown' : 'shutdown', 'exit'].map((line) => lines(line));

/** Whatever stands behind the words that introduce secrets; of SNMP's hosts and users all of it. */
export const secrets: readonly RegExp[] = [/\b(?:password|secret|passphrase|key|key-string|community) (.*)$/gm, /^snmp-server (?:host|user) (.*)$/gm];

/** Of a configuration, what stands indented below each line that is not. */
export const sectionsIn = (text: string): ReadonlyMap<string, readonly string[]> => {
  const sections = new Map<string, string[]>();
  let section: string[] = [];
  for (const line of linesIn(text)) {
    if (line.startsWith(' ')) section.push(line.trim());
    else sections.set(line, section = sections.get(line) ?? []);
  }
  return sections;
};

/** A configuration without lines that say when, how much, or that it comes. */
export const settledLines = (text: string, passing: RegExp): string => linesIn(text).filter((line) => line !== '' && !passing.test(line)).join('\n');

const missing = (what: string): never => {
  throw new Error(`the switch printed an entry without ${what}`);
};
