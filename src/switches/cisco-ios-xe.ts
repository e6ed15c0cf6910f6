// Cisco IOS-XE: text everywhere, and a configuration that is in force line by line, with Configuration Rollback Confirmed Change as dead man.

import { lines } from '../model/conversation.ts';
import { bitsOfOctet, type Aggregate, type LacpBits, type Member } from '../model/switch-facts.ts';
import * as cisco from './cisco.ts';
import type { ManagedDialect, Question } from './dialect.ts';
import { macOf, matchOf, rateOf, receiveIn } from './reading.ts';

const nameOf = cisco.longNames(new Map(Object.entries({
  fa: 'FastEthernet', gi: 'GigabitEthernet', tw: 'TwoGigabitEthernet', fi: 'FiveGigabitEthernet', te: 'TenGigabitEthernet', twe: 'TwentyFiveGigE',
  fo: 'FortyGigabitEthernet', hu: 'HundredGigE', po: 'Port-channel',
})));

const bitsOf = (row: RegExpExecArray | undefined): LacpBits | null => (row === undefined ? null : bitsOfOctet(Number.parseInt(row.at(-1)!, 16)));

/** Flags, and as the last column the octet of the port's state: `show lacp internal` has the switch's own half, `show lacp neighbor` the other. */
const ownRow = /^(\S*\d)\s+[A-Z]{2,3}\s.*\s0x([0-9A-F]{1,2})$/i;
const partnerRow = /^(\S*\d)\s+[A-Z]{2,3}\s+\d+\s+([0-9A-F]{4}(?:\.[0-9A-F]{4}){2})\s.*\s0x([0-9A-F]{1,2})$/i;

const aggregates: Question<readonly Aggregate[]> = {
  commands: ['show etherchannel summary', 'show lacp internal', 'show lacp neighbor', 'show lacp counters'].map((line) => lines(line)),
  parse: ([summary = '', internal = '', neighbour = '', counters = '']) => {
    const own = cisco.byPort(internal, ownRow, nameOf);
    const others = cisco.byPort(neighbour, partnerRow, nameOf);
    const counted = cisco.byPort(counters, cisco.lacpCounterRow, nameOf);
    return cisco.bundlesIn(summary, nameOf).map(({ name, mode, members: bundled }): Aggregate => {
      const members = bundled.map(({ port, inUse }): Member => {
        const [actor, system] = [bitsOf(own.get(port)), others.get(port)?.[2]];
        // No partner was ever heard where its system is all zeros.
        const partnerSystem = system === undefined || /^[0.]+$/.test(system) ? null : macOf(system);
        return { port, actor, partner: bitsOf(others.get(port)), receive: receiveIn(actor, inUse), partnerSystem, lacpdus: cisco.lacpdusOf(counted.get(port)), inUse };
      });
      return { name, mode, rate: mode === 'lacp' ? rateOf(members) : null, members };
    });
  },
};

export const ciscoIosXe: ManagedDialect = {
  name: 'cisco-ios-xe',
  summary: 'Cisco IOS-XE on Catalyst switches, by its command line',
  proven: false,
  sources: [
    'Cisco IOS XE Command Reference (Catalyst), “Layer 2/3 Commands”: channel-group, lacp rate, show etherchannel, show lacp',
    'Cisco IOS Configuration Fundamentals Command Reference: configure terminal revert, configure revert, configure confirm, show archive config rollback timer',
    'Cisco IOS XE System Management Configuration Guide, “Configuration Rollback Confirmed Change”',
    'Catalyst 4500 Series Switch Cisco IOS Command Reference, “show lacp”: the bits of Port State',
  ],
  conversation: {
    prompt: cisco.prompt,
    prepare: ['terminal length 0', 'terminal width 511'],
    asks: [{ shows: /^ ?--More-- ?$/, keys: ' ' }],
    // That nothing waits to be taken back is an answer.
    refusal: /^(?:% ?(?!No Rollback Confirmed Change pending)\S|Command rejected| ?Archive feature not enabled)/,
    home: ['end'],
  },
  facts: {
    identity: {
      commands: [lines('show version')],
      parse: ([answer = '']) => ({
        vendor: 'Cisco',
        model: /^cisco (\S+) \(.*processor/m.exec(answer)?.[1] ?? null,
        version: matchOf('show version', answer, /^Cisco IOS .*?Version ([^\s,]+)/m)[1]!,
        serial: /^Processor board ID (\S+)/m.exec(answer)?.[1] ?? null,
      }),
    },
    aggregates,
    neighbours: {
      commands: [lines('show lldp neighbors detail')],
      parse: ([answer = '']) => cisco.neighboursIn(answer, { first: 'Local Intf', local: 'Local Intf', nameOf }),
    },
    learned: { commands: [lines('show mac address-table')], parse: ([answer = '']) => cisco.learnedIn(answer, nameOf) },
    counters: { commands: [lines('show interfaces counters')], parse: ([answer = '']) => cisco.countersIn(answer, nameOf) },
    clock: { commands: [lines('show clock')], parse: ([answer = '']) => cisco.clockIn(answer) },
    links: { commands: [lines('show interfaces status')], parse: ([answer = '']) => cisco.linksIn(answer, nameOf) },
    configuration: {
      commands: [lines('show running-config')],
      parse: ([answer = '']) => cisco.settledLines(
        answer, /^(?:Building configuration|Current configuration :|! (?:Last configuration change|NVRAM config last updated|No configuration change)|ntp clock-period)/,
      ),
    },
  },
  deadMan: {
    summary: 'configure terminal revert timer',
    // 1 to 120 minutes. One minute before the end it writes a warning behind the prompt, without another prompt: with a timer of one minute that comes
    // between our lines. It then replaces the whole configuration, which takes a time that no manual gives.
    leastS: 120, mostS: 7200, stepS: 60, lateS: 60,
    // Without an archive there is nothing to go back to; `show archive` refuses to begin then. Only the user who set the timer may end it.
    arm: (changes, afterS) => [lines('show archive'), lines(`configure terminal revert timer ${afterS / 60}`), ...changes, lines('end')],
    revert: [lines('configure revert now')],
    keep: [lines('configure confirm')],
    pending: {
      commands: [lines('show archive config rollback timer')],
      parse: ([answer = '']) => matchOf('the rollback timer', answer, /^(?:%No Rollback Confirmed Change pending|Timer value: \d+ min)/m)[0].startsWith('Timer'),
    },
  },
  form: cisco.channelForm({ channel: 'Port-channel', before: [], after: [], joins: 'with its VLAN' }),
  port: cisco.portLines,
  rateChange: 'live',
  secrets: cisco.secrets,
};
