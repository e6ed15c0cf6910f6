// Aruba (HPE) AOS-CX: text, LACP states as letters, and auto checkpoints as dead man.

import { lines } from '../model/conversation.ts';
import { unknownBits, type Aggregate, type LacpBits, type LldpNeighbour, type Member } from '../model/switch-facts.ts';
import * as cisco from './cisco.ts';
import type { ManagedDialect, Question } from './dialect.ts';
import { aggregateOf, countIn, entriesIn, linesIn, macOf, matchOf, receiveIn, utcOf, vlanOf } from './reading.ts';

/**
 * The letters of `show lacp interfaces`, each with its opposite or a meaning by being absent (its legend; E is Defaulted, X is Expired, as OpenSwitch's lacpd has
 * it, from which AOS-CX comes). IE by itself is no state but that the port works without LACP.
 */
const bitsOf = (letters: string): LacpBits => {
  if (!/^[APSLFINOCDEX]+$/.test(letters)) throw new Error(`show lacp interfaces: ${JSON.stringify(letters)} is no state of a port`);
  if (letters === 'IE') return unknownBits;
  const has = (letter: string): boolean => letters.includes(letter);
  const either = (on: string, off: string): boolean | null => (has(on) === has(off) ? null : has(on));
  return {
    activity: either('A', 'P'), timeout: either('S', 'L'), aggregation: either('F', 'I'), synchronization: either('N', 'O'),
    collecting: has('C'), distributing: has('D'), defaulted: has('E'), expired: has('X'),
  };
};

/** Port, aggregate, id, priority, state, system, its priority, key and, of the own half, whether it forwards: all that ports without LACP, or carrier, have. */
const lacpRow = /^(\S+)\s+lag\d+\S*\s+\d+\s+\d+\s+([A-Z]+)\s+([0-9a-f]{2}(?::[0-9a-f]{2}){5})\s+\d+\s+\d+(?:\s+(\S+))?$/;
const forwardingRow = /^(\S+)\s+lag\d+\S*\s.*?(up|down|lacp-block)$/;
const asShown = (port: string): string => port;

const aggregates: Question<readonly Aggregate[]> = {
  commands: [lines('show lacp aggregates'), lines('show lacp interfaces')],
  parse: ([shown = '', interfaces = '']) => {
    const [actors = '', partners = ''] = interfaces.split(/^Partner details/m);
    const own = cisco.byPort(actors, lacpRow, asShown);
    const others = cisco.byPort(partners, lacpRow, asShown);
    const forwarding = cisco.byPort(actors, forwardingRow, asShown);
    return entriesIn(shown, /Aggregate[- ]name/).map((text): Aggregate => {
      const value = (label: RegExp): string => matchOf('show lacp aggregates', text, new RegExp(`^${label.source} *: *(.*)$`, 'm'))[1]!;
      const rate = value(/Heartbeat rate/).toLowerCase();
      const lacp = matchOf('the mode of an aggregate', value(/Aggregate mode/), /^(?:(active|passive)|off|static)$/i)[1] !== undefined;
      const members = value(/(?:Aggregated-interfaces|Interfaces)/).split(/[\s,]+/).filter((port) => port !== '').map((port): Member => {
        const [mine, theirs, state] = [own.get(port), others.get(port), forwarding.get(port)?.[2]];
        const actor = mine === undefined ? null : bitsOf(mine[2]!);
        // Releases without the column Forwarding say so by the bits alone.
        const inUse = state === undefined ? actor?.distributing ?? null : state === 'up';
        const system = theirs === undefined ? null : macOf(theirs[3]!);
        return {
          port, actor, partner: theirs === undefined ? null : bitsOf(theirs[2]!), receive: receiveIn(actor, inUse),
          partnerSystem: system === '00:00:00:00:00:00' ? null : system, lacpdus: null, inUse,
        };
      });
      // `lag7 (multi-chassis)`: its ports on the other switch are not ours.
      const name = value(/Aggregate[- ]name/).split(' ', 1)[0]!;
      return { name, mode: lacp ? 'lacp' : 'static', rate: lacp && (rate === 'fast' || rate === 'slow') ? rate : null, members };
    });
  },
};

/** `show lldp neighbor-info detail`: a port, and for each of its neighbours name, chassis and port in this order. */
const neighboursIn = (text: string): readonly LldpNeighbour[] => {
  const found: LldpNeighbour[] = [];
  let [port, system, chassis] = ['', '', ''];
  for (const line of linesIn(text)) {
    const [, label, value = ''] = /^(Port|Neighbor (?:Chassis-Name|System-Name|Chassis-ID|Port-ID)) *: *(.*)$/.exec(line) ?? [];
    if (label === 'Port') [port, system, chassis] = [value, '', ''];
    else if (label === 'Neighbor Chassis-Name' || label === 'Neighbor System-Name') system = value;
    else if (label === 'Neighbor Chassis-ID') chassis = value;
    else if (label === 'Neighbor Port-ID') found.push({ port, system: system === '' ? null : system, chassis, theirPort: value });
  }
  return found;
};

/** `show interface`, entry by entry: its name, whether it is up, and the rest. */
const interfacesIn = (text: string): readonly { readonly port: string; readonly up: boolean; readonly rest: string }[] =>
  entriesIn(text, /(?:Interface|Aggregate) \S+ is (?:up|down)\b/).map((rest) => {
    const [, port, , state] = rest.split(/\s/, 4);
    return { port: port!, up: state === 'up', rest };
  });

/** Received and sent: a row of a table, or on releases before 10.07 one line for each. */
const octetsIn = (rest: string): readonly [bigint, bigint] | null => {
  const row = /^ +Bytes +(\d+) +(\d+) +\d+$/m.exec(rest)
    ?? /^ +Rx\n +\d+ total packets +(\d+) total bytes$[^]*?^ +Tx\n +\d+ total packets +(\d+) total bytes$/m.exec(rest);
  return row === null ? null : [BigInt(row[1]!), BigInt(row[2]!)];
};

export const arubaAoscx: ManagedDialect = {
  name: 'aruba-aoscx',
  summary: 'Aruba AOS-CX, by its command line',
  proven: false,
  sources: [
    'AOS-CX Link Aggregation Guide: lag, lacp mode, lacp rate, show lacp aggregates, show lacp interfaces',
    'AOS-CX Fundamentals Guide, “Checkpoints” (checkpoint auto), show interface, show system, show clock',
    'AOS-CX Monitoring Guide, “LLDP”: show lldp neighbor-info; AOS-CX Layer 2 Bridging Guide: vlan access, show mac-address-table',
  ],
  conversation: {
    prompt: /^([A-Za-z0-9._-]+)(?:\([^()\s]+\))*[>#]\s?$/,
    prepare: ['no page'],
    asks: [{ shows: /^-- MORE --, next page: Space.*$/, keys: ' ' }],
    refusal: /^(?:% ?\S|Invalid input\b|Command incomplete\b|Ambiguous command\b|Cannot \S|(?:Error|Failed|Failure)[:!. ])/i,
    home: ['end'],
  },
  facts: {
    identity: {
      commands: [lines('show system')],
      parse: ([answer = '']) => {
        const value = (label: string): string | null => new RegExp(`^${label} *: *(\\S.*?) *$`, 'm').exec(answer)?.[1] ?? null;
        const version = matchOf('show system', answer, /^(?:ArubaOS-CX|AOS-CX) Version *: *(\S+)/m)[1]!;
        return { vendor: 'Aruba', model: value('Product Name'), version, serial: value('Chassis Serial Nbr') };
      },
    },
    aggregates,
    neighbours: { commands: [lines('show lldp neighbor-info detail')], parse: ([answer = '']) => neighboursIn(answer) },
    learned: {
      commands: [lines('show mac-address-table')],
      parse: ([answer = '']) => linesIn(answer).flatMap((line) => {
        const [, mac, vlan, type, port] = /^([0-9a-f]{2}(?::[0-9a-f]{2}){5})\s+(\d+)\s+(\S+)\s+(\S+)$/i.exec(line) ?? [];
        return mac === undefined || port === undefined || !/^(?:dynamic|port-access-security)$/.test(type ?? '') ? [] : [{ mac: macOf(mac), port, vlan: countIn(vlan) }];
      }),
    },
    counters: {
      commands: [lines('show interface')],
      parse: ([answer = '']) => interfacesIn(answer).flatMap(({ port, rest }) => {
        const octets = octetsIn(rest);
        return octets === null ? [] : [{ port, unit: 'octets' as const, received: octets[0], sent: octets[1] }];
      }),
    },
    clock: {
      commands: [lines('show clock')],
      parse: ([answer = '']) => {
        const [shown, month, day, time, zone, year] = matchOf('show clock', answer, /^\w{3} (\w{3}) +(\d+) (\d\d:\d\d:\d\d) (\S+) (\d{4})/m);
        return { shown, utc: utcOf(time!, `${month!} ${day!} ${year!}`, zone!) };
      },
    },
    links: { commands: [lines('show interface')], parse: ([answer = '']) => interfacesIn(answer).map(({ port, up }) => ({ port, up })) },
    configuration: { commands: [lines('show running-config')], parse: ([answer = '']) => cisco.settledLines(answer, /^Current configuration:/) },
  },
  deadMan: {
    summary: 'checkpoint auto',
    // 1 to 60 minutes. Two minutes before the end it writes a warning behind the prompt, without another prompt: with fewer than three that comes between our
    // lines. How long it takes to restore no guide says.
    leastS: 180, mostS: 3600, stepS: 60, lateS: 60,
    arm: (changes, afterS) => [lines(`checkpoint auto ${afterS / 60}`), lines('configure terminal'), ...changes, lines('end')],
    // `checkpoint rollback` goes to a checkpoint with a name, and the auto checkpoint has none; one of our own is refused while the configuration is that of the
    // last checkpoint, which the switch makes after every change.
    revert: null,
    keep: [lines('checkpoint auto confirm')],
    pending: null,
  },
  form: (groups, ports) => groups.flatMap((group) => {
    const number = matchOf('aggregate', aggregateOf(group, 'its name on the switch, like lag11'), /^lag(\d+)$/)[1]!;
    const each = (...within: readonly string[]): readonly string[] => group.ports.flatMap((port) => [`interface ${port}`, ...within, 'no shutdown', 'exit']);
    // It is shut then, and a routed port, on most models.
    if (ports.kind === 'plain') return each(`no lag ${number}`, 'no routing', `vlan access ${vlanOf(group, 'AOS-CX takes the VLAN from a port that leaves its aggregate')}`).map((line) => lines(line));
    const vlan = group.vlan === undefined ? [] : [`vlan access ${group.vlan}`];
    const mode = ports.kind === 'static' ? ['no lacp mode'] : ['lacp mode active', `lacp rate ${ports.rate}`];
    return [`interface lag ${number}`, ...vlan, ...mode, 'exit', ...each(`lag ${number}`)].map((line) => lines(line));
  }),
  port: cisco.portLines,
  rateChange: 'live',
  secrets: [...cisco.secrets, /\b(?:auth-pass|priv-pass) (.*)$/gm],
};
