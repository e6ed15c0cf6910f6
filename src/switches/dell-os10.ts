// Dell SmartFabric OS10: text, LACP states as letters. It takes nothing back by itself.

import { lines } from '../model/conversation.ts';
import type { Aggregate, LacpBits, Member } from '../model/switch-facts.ts';
import * as cisco from './cisco.ts';
import type { ManagedDialect, Question } from './dialect.ts';
import { entriesIn, linesIn, macOf, matchOf, plainMember, rateOf, receiveIn } from './reading.ts';

/** Ethernet 1/1/1 is ethernet1/1/1 in the configuration. */
const nameOf: cisco.NameOf = (shown) => shown.toLowerCase().replace(' ', '');

/** Pairs of letters, from the legend of `show lacp port-channel`: A is active and B passive, and so on to O, expired, and P. */
const bitsOf = (letters: string): LacpBits => {
  const either = (on: string, off: string): boolean | null => (letters.includes(on) === letters.includes(off) ? null : letters.includes(on));
  return {
    activity: either('A', 'B'), timeout: either('C', 'D'), aggregation: either('E', 'F'), synchronization: either('G', 'H'),
    collecting: either('I', 'J'), distributing: either('K', 'L'), defaulted: either('M', 'N'), expired: either('O', 'P'),
  };
};

/** The state in force of one half: below its name, behind what is configured. */
const stateIn = (entry: string, half: 'Actor' | 'Partner'): LacpBits | null => {
  const letters = new RegExp(`^ *${half} +Admin: +State [A-P]+ [^]*?\\bOper: +State ([A-P]+)\\b`, 'm').exec(entry)?.[1];
  return letters === undefined ? null : bitsOf(letters);
};

const aggregates: Question<readonly Aggregate[]> = {
  commands: [lines('show lacp port-channel'), lines('show running-configuration')],
  parse: ([lacp = '', configuration = '']) => {
    const spoken = entriesIn(lacp, /Port-channel \d+ /).map((channel): Aggregate => {
      const system = /^Partner System ID: .*Address ([0-9a-f:]+)/m.exec(channel)?.[1];
      const partnerSystem = system === undefined || /^[0:]+$/.test(system) ? null : macOf(system);
      const members = entriesIn(channel, /Port \S+ is /).map((entry): Member => {
        const [actor, partner] = [stateIn(entry, 'Actor'), stateIn(entry, 'Partner')];
        const inUse = actor?.distributing ?? null;
        return { ...plainMember(nameOf(entry.split(' ', 2)[1]!), inUse), actor, partner, receive: receiveIn(actor, inUse), partnerSystem };
      });
      return { name: nameOf(matchOf('show lacp port-channel', channel, /^Port-channel \d+/)[0]), mode: 'lacp', rate: rateOf(members), members };
    });
    const still = new Map<string, Member[]>();
    for (const [section, within] of cisco.sectionsIn(configuration)) {
      const [, port] = /^interface (ethernet\S+)$/.exec(section) ?? [];
      const [, number] = /^channel-group (\d+) mode on$/m.exec(within.join('\n')) ?? [];
      if (port !== undefined && number !== undefined) still.set(`port-channel${number}`, [...still.get(`port-channel${number}`) ?? [], plainMember(port, null)]);
    }
    return [...spoken, ...[...still].map(([name, members]): Aggregate => ({ name, mode: 'static', rate: null, members }))];
  },
};

/** `show interface`: an entry for each, whose first line has its name. */
const interfacesIn = (text: string): readonly { readonly port: string; readonly up: boolean; readonly entry: string }[] =>
  entriesIn(text, /[A-Z][a-z-]+ \d\S* is (?:up|down),/).map((entry) => {
    const [, port, up] = matchOf('show interface', entry, /^(\S+ \S+) is (?:(up), line protocol is up\b)?/);
    return { port: nameOf(port!), up: up !== undefined, entry };
  });

export const dellOs10: ManagedDialect = {
  name: 'dell-os10',
  summary: 'Dell SmartFabric OS10, by its command line',
  proven: false,
  sources: [
    'Dell SmartFabric OS10 User Guide, “Link Aggregation Control Protocol”: channel-group, lacp rate, show lacp port-channel',
    'Dell SmartFabric OS10 User Guide: show version, show interface, show lldp neighbors, show mac address-table, show running-configuration',
  ],
  conversation: {
    prompt: cisco.prompt,
    prepare: ['terminal length 0'],
    asks: [{ shows: /^ ?--More-- ?$/, keys: ' ' }],
    refusal: /^% ?\S/,
    home: ['end'],
  },
  facts: {
    identity: {
      commands: [lines('show version')],
      parse: ([answer = '']) => ({
        vendor: 'Dell', model: /^System Type: (\S.*)$/m.exec(answer)?.[1]?.trim() ?? null,
        version: matchOf('show version', answer, /^OS Version: (\S+)/m)[1]!, serial: null,
      }),
    },
    aggregates,
    neighbours: {
      commands: [lines('show lldp neighbors')],
      parse: ([answer = '']) => {
        const head = /^(Loc PortID +)(Rem Host Name +)Rem Port Id +Rem Chassis Id/m.exec(answer);
        if (head === null) return [];
        const at = [head[1]!.length, head[1]!.length + head[2]!.length] as const;
        return linesIn(answer.slice(head.index)).slice(1).flatMap((line) => {
          const [port, system] = [line.slice(0, at[0]).trim(), line.slice(...at).trim()];
          // What the neighbour calls its port may have blanks in it, its chassis has none.
          const [, theirPort, chassis] = /^(\S.*?) +(\S+)$/.exec(line.slice(at[1])) ?? [];
          return theirPort === undefined || chassis === undefined ? [] : [{ port, system: system === 'Not Advertised' ? null : system, chassis, theirPort }];
        });
      },
    },
    learned: { commands: [lines('show mac address-table')], parse: ([answer = '']) => cisco.learnedIn(answer, nameOf) },
    counters: {
      commands: [lines('show interface')],
      parse: ([answer = '']) => interfacesIn(answer).flatMap(({ port, entry }) => {
        const [, received, sent] = /^ *Input statistics:\n *\d+ packets, (\d+) octets$[^]*?^ *Output statistics:\n *\d+ packets, (\d+) octets$/m.exec(entry) ?? [];
        return received === undefined || sent === undefined ? [] : [{ port, unit: 'octets' as const, received: BigInt(received), sent: BigInt(sent) }];
      }),
    },
    links: { commands: [lines('show interface')], parse: ([answer = '']) => interfacesIn(answer).map(({ port, up }) => ({ port, up })) },
    configuration: { commands: [lines('show running-configuration')], parse: ([answer = '']) => cisco.settledLines(answer, /^! Last configuration change/) },
  },
  // It has transactions, which come in force as one; of a time after which one is taken back its guide does not speak.
  deadMan: null,
  writing: cisco.writing,
  form: cisco.channelForm({ channel: 'port-channel', before: [], after: [], joins: 'without a VLAN' }),
  port: cisco.portLines,
  rateChange: 'live',
  secrets: cisco.secrets,
};
