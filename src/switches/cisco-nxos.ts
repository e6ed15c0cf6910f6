// Cisco NX-OS: text, which all its releases print alike. It takes nothing back by itself.

import { lines } from '../model/conversation.ts';
import { bitsOfOctet, type Aggregate, type LacpBits } from '../model/switch-facts.ts';
import * as cisco from './cisco.ts';
import type { ManagedDialect, Question } from './dialect.ts';
import { linesIn, macOf, matchOf, plainMember } from './reading.ts';

const nameOf = cisco.longNames(new Map([['eth', 'Ethernet'], ['po', 'port-channel']]));

interface Partner { readonly system: string; readonly state: LacpBits }

/**
 * `show lacp neighbor`: a row with the port and the partner's system, then one with its state, as an octet. The flags beside it say of the partner what the
 * legend says of the device, and no more than the octet.
 */
const partnersIn = (text: string): ReadonlyMap<string, Partner> => {
  const partners = new Map<string, Partner>();
  let heard: { readonly port: string; readonly system: string } | null = null;
  for (const line of linesIn(text)) {
    const [, port, system] = /^(\S*\d)\s+\d+,\s*([0-9a-f]{1,2}(?:-[0-9a-f]{1,2}){5})\s/i.exec(line) ?? [];
    if (port !== undefined && system !== undefined) heard = { port: nameOf(port), system };
    const [, state] = /^\s+\d+\s+0x[0-9a-f]+\s+0x([0-9a-f]{1,2})$/i.exec(line) ?? [];
    if (state === undefined || heard === null) continue;
    partners.set(heard.port, { system: heard.system, state: bitsOfOctet(Number.parseInt(state, 16)) });
    heard = null;
  }
  return partners;
};

/** 5e-2-0-1-0-7, without zeros in front; nobody was heard where all are zero. */
const systemOf = (shown: string): string | null => {
  const system = macOf(shown.split('-').map((byte) => byte.padStart(2, '0')).join('-'));
  return system === '00:00:00:00:00:00' ? null : system;
};

const aggregates: Question<readonly Aggregate[]> = {
  commands: ['show port-channel summary', 'show lacp neighbor', 'show lacp counters', 'show running-config'].map((line) => lines(line)),
  parse: ([summary = '', neighbour = '', counters = '', configuration = '']) => {
    const partners = partnersIn(neighbour);
    const counted = cisco.byPort(counters, cisco.lacpCounterRow, nameOf);
    const configured = cisco.sectionsIn(configuration);
    return cisco.bundlesIn(summary, nameOf).map(({ name, mode, members }): Aggregate => {
      // Its own half it prints port by port only (`show lacp interface`); what it asks for is what is configured, and normal where nothing is.
      const asked = new Set(members.map(({ port }) => configured.get(`interface ${port}`)?.includes('lacp rate fast')));
      const [fast] = asked;
      return {
        name, mode,
        rate: mode === 'static' || asked.size !== 1 || fast === undefined ? null : fast ? 'fast' : 'slow',
        members: members.map(({ port, inUse }) => {
          const partner = partners.get(port);
          return {
            ...plainMember(port, inUse), partner: partner?.state ?? null, partnerSystem: partner === undefined ? null : systemOf(partner.system),
            lacpdus: cisco.lacpdusOf(counted.get(port)),
          };
        }),
      };
    });
  },
};

export const ciscoNxos: ManagedDialect = {
  name: 'cisco-nxos',
  summary: 'Cisco NX-OS on Nexus switches, by its command line',
  proven: false,
  sources: [
    'Cisco Nexus 9000 Series NX-OS Interfaces Configuration Guide, “Configuring Port Channels”: channel-group, lacp rate, show port-channel, show lacp',
    'Cisco Nexus 7000 Series NX-OS Interfaces Command Reference: show lacp neighbor, show lacp counters, show port-channel summary, show interface',
    'Cisco Nexus 9000 Series NX-OS System Management Configuration Guide, “Configuring LLDP” and “Configuring Rollback”',
  ],
  conversation: {
    prompt: cisco.prompt,
    prepare: ['terminal length 0', 'terminal width 511'],
    asks: [{ shows: /^ ?--More-- ?$/, keys: ' ' }],
    refusal: /^(?:% ?\S|ERROR: |Error: |Syntax error|Cmd exec error)/,
    home: ['end'],
  },
  facts: {
    identity: {
      commands: [lines('show version')],
      parse: ([answer = '']) => ({
        vendor: 'Cisco',
        model: /^\s*cisco (.+?) Chassis/im.exec(answer)?.[1] ?? null,
        // NXOS on Nexus 3000 and 9000, system on those before.
        version: matchOf('show version', answer, /^\s*(?:NXOS|system): +version (\S+)/m)[1]!,
        serial: /^\s*Processor Board ID (\S+)/im.exec(answer)?.[1] ?? null,
      }),
    },
    aggregates,
    neighbours: {
      commands: [lines('show lldp neighbors detail')],
      parse: ([answer = '']) => cisco.neighboursIn(answer, { first: 'Chassis id', local: 'Local Port id', nameOf }),
    },
    learned: { commands: [lines('show mac address-table')], parse: ([answer = '']) => cisco.learnedIn(answer, nameOf) },
    counters: { commands: [lines('show interface counters')], parse: ([answer = '']) => cisco.countersIn(answer, nameOf) },
    clock: { commands: [lines('show clock')], parse: ([answer = '']) => cisco.clockIn(answer) },
    links: { commands: [lines('show interface status')], parse: ([answer = '']) => cisco.linksIn(answer, nameOf) },
    configuration: {
      commands: [lines('show running-config')],
      parse: ([answer = '']) => cisco.settledLines(answer, /^!(?:Command|Running configuration last done|No configuration change|Time):/),
    },
  },
  // It has checkpoints, and a scheduler; that a scheduled job may roll back, and with it the schedule itself, no manual says.
  deadMan: null,
  writing: cisco.writing,
  // Whether a port that is up takes another rate depends on the model: it is shut for as long as it changes.
  form: cisco.channelForm({ channel: 'port-channel', before: ['shutdown'], after: ['no shutdown'], joins: 'with its VLAN' }),
  port: cisco.portLines,
  rateChange: 'flap',
  secrets: cisco.secrets,
};
