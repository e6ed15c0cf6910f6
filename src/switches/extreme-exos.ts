// Extreme EXOS, which newer releases call Switch Engine: text, LACP states as letters. An aggregate has no name but that of one of its ports, its
// master. It takes nothing back by itself.

import { lines } from '../model/conversation.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import { bitsOfOctet, receiveStates, type Aggregate, type LacpBits, type LldpNeighbour, type Member } from '../model/switch-facts.ts';
import type { ManagedDialect, PortGroup, Question } from './dialect.ts';
import { countIn, linesIn, macOf, matchOf, plainMember, vlanOf } from './reading.ts';

/** 12, 2:12 in a stack, and 2:12:1 where a port is split. */
const portPattern = String.raw`(?:\d+:){0,2}\d+`;
const macPattern = '[0-9a-f]{2}(?::[0-9a-f]{2}){5}';

interface Sharing { readonly master: string; readonly control: string | null; readonly members: { readonly port: string; readonly inUse: boolean }[] }

/**
 * `show sharing`: a row for each port, before which the first of each group has its master, and what controls it: that is blank where too few ports are up
 * (show ports sharing, example). Columns between them came and went with the releases, those at both ends did not.
 */
const sharingRow = new RegExp(String.raw`^(.*)\s(${portPattern})\s+([Y-])\s+(?:A|D|R|NP|L)\s+\d+$`);
const sharingHead = new RegExp(String.raw`^\s*(${portPattern})\s+(?:${portPattern}\s+)?([A-Za-z][\w-]*)?`);
const sharingIn = (text: string): readonly Sharing[] => {
  const found: Sharing[] = [];
  const [, rows = ''] = text.split(/^=+\s*$/m);
  for (const line of linesIn(rows).filter((row) => row !== '')) {
    const [, before = '', port, added] = sharingRow.exec(line) ?? [];
    const [, master, control = null] = sharingHead.exec(before) ?? [];
    if (master !== undefined) found.push({ master, control, members: [] });
    if (port === undefined || found.length === 0) throw new Error(`show sharing: ${JSON.stringify(line)} is not like the row of a port`);
    found.at(-1)!.members.push({ port, inUse: added === 'Y' });
  }
  return found;
};

/** A-GSCD--: a letter or a dash for each bit, in the octet's order. LACP does not run on a port that has only dashes, like one without carrier. */
const bitsOf = (flags: string): LacpBits | null =>
  (flags === '--------' ? null : bitsOfOctet(flags.split('').reduce((octet, flag, at) => octet | (flag === '-' ? 0 : 1) << at, 0)));

/** The first row of `show lacp lag`, of the aggregate: its master, and the system of the partner. */
const lagRow = new RegExp(String.raw`^(${portPattern})\s+\d+\s+0x[0-9a-f]+\s+(${macPattern})\s+\d+\s+0x[0-9a-f]+\s+\d+(?:\s+${macPattern})?\s*$`, 'im');
/** Port, priority, receive machine, selection, mux, flags, the partner's port. */
const memberRow = new RegExp(String.raw`^(${portPattern})\s+\d+\s+(\S+)\s+(\S+)\s+\S+\s+([A-][T-][G-][S-][C-][D-][F-][E-])\s+\d+$`);

interface Lag { readonly rate: Aggregate['rate']; readonly members: ReadonlyMap<string, Pick<Member, 'actor' | 'receive' | 'partnerSystem'>> }

/** `show lacp lag … detail`: what the partner's bits are it does not tell. */
const lagIn = (text: string): readonly (readonly [string, Lag])[] => {
  const [, master, system] = lagRow.exec(text) ?? [];
  if (master === undefined || system === undefined) return [];
  const [, timeout] = /^Current timeout *: *(Short|Long)\s*$/m.exec(text) ?? [];
  const partner = macOf(system);
  const members = linesIn(text).flatMap((line) => {
    const [, port, receive, selection, flags] = memberRow.exec(line) ?? [];
    return port === undefined || flags === undefined ? [] : [[port, {
      actor: bitsOf(flags), receive: receiveStates.find((state) => state === receive?.toLowerCase()) ?? null,
      // The system is that of the ports that were selected; nobody was heard where it is zero.
      partnerSystem: selection !== 'Selected' || partner === '00:00:00:00:00:00' ? null : partner,
    }] as const];
  });
  return [[master, { rate: timeout === undefined ? null : timeout === 'Short' ? 'fast' : 'slow', members: new Map(members) }]];
};

/** `show lacp counters`, whose rows begin with the master on a group's first port: received, three kinds of dropped, sent, not sent. */
const counterRow = new RegExp(String.raw`^(?:${portPattern})?\s+(${portPattern})\s+(\d+)\s+(\d+)\s+\d+\s+\d+\s+(\d+)\s+\d+$`);
const lacpdusIn = (text: string): ReadonlyMap<string, Member['lacpdus']> =>
  new Map(linesIn(text).flatMap((line) => {
    const [, port, ok, illegal, out] = counterRow.exec(line) ?? [];
    const [sent, received] = [countIn(out), countIn(ok)];
    return port === undefined || sent === null || received === null ? [] : [[port, { sent, received, illegal: countIn(illegal) }] as const];
  }));

/** One that health checks control is neither static nor LACP: null. */
const modeOf = ({ control, members }: Sharing, counted: ReadonlyMap<string, unknown>): Aggregate['mode'] | null => {
  if (control === 'Static') return 'static';
  return control === 'LACP' || control === null && members.some(({ port }) => counted.has(port)) ? 'lacp' : null;
};

const aggregates: Question<readonly Aggregate[]> = {
  commands: [lines('show sharing'), lines('show lacp counters')],
  further: ([sharing = '', counters = '']) => {
    const counted = lacpdusIn(counters);
    return sharingIn(sharing).filter((group) => modeOf(group, counted) === 'lacp').map(({ master }) => lines(`show lacp lag ${master} detail`));
  },
  parse: ([sharing = '', counters = '', ...shown]) => {
    const [lags, counted] = [new Map(shown.flatMap(lagIn)), lacpdusIn(counters)];
    return sharingIn(sharing).flatMap((group): readonly Aggregate[] => {
      const mode = modeOf(group, counted);
      const plain = group.members.map(({ port, inUse }) => plainMember(port, inUse));
      if (mode !== 'lacp') return mode === null ? [] : [{ name: group.master, mode, rate: null, members: plain }];
      const lag = lags.get(group.master);
      const members = plain.map((member): Member => ({ ...member, ...lag?.members.get(member.port), lacpdus: counted.get(member.port) ?? null }));
      return [{ name: group.master, mode, rate: lag?.rate ?? null, members }];
    });
  },
};

/** `show lldp neighbors detailed`: a line for the port, and for each of its neighbours chassis, port and name in this order. */
const neighboursIn = (text: string): readonly LldpNeighbour[] => {
  const found: LldpNeighbour[] = [];
  let [port, chassis] = ['', ''];
  for (const line of linesIn(text)) {
    port = new RegExp(`^LLDP Port (${portPattern}) detected `).exec(line)?.[1] ?? port;
    const [, label, value = ''] = /^\s+(?:- )?(Chassis ID|Port ID|System Name) *: +"?(.*?)"?$/.exec(line) ?? [];
    if (label === 'Chassis ID') chassis = value;
    else if (label === 'Port ID') found.push({ port, system: null, chassis, theirPort: value });
    else if (label === 'System Name' && found.length > 0) found.push({ ...found.pop()!, system: value === '' ? null : value });
  }
  return found;
};

const switchValue = (answer: string, label: string): string | null => new RegExp(`^${label}: *(\\S.*?) *$`, 'm').exec(answer)?.[1] ?? null;

export const extremeExos: ManagedDialect = {
  name: 'extreme-exos',
  summary: 'Extreme EXOS (Switch Engine), by its command line',
  proven: false,
  sources: [
    'ExtremeXOS, and Switch Engine, Command Reference: enable sharing grouping, configure sharing lacp fallback timeout (with an output of show lacp lag detail), show lacp lag, show ports sharing, configure cli mode',
    'Extreme Networks GTAC Knowledge: How To Configure a Sharing Group (LAG) with LACP (show sharing, show lacp counters); How to create or delete a share group (LAG) in EXOS',
    'ExtremeXOS User Guide: Load Sharing on the Switch; Switch Configuration Using VLAN ID (VID); Universal Port, All profiles',
    'github.com/extremenetworks/ExtremeScripting: EXOS/Python/showlag (show sharing), jsoncli (show ports statistics)',
    'github.com/networktocode/ntc-templates, extreme_exos: show version, show sharing, show fdb, show ports no-refresh; netmiko, extreme_exos: prompt, disable clipaging; RackTables, xos12ReadLLDPStatus: show lldp neighbors detailed',
  ],
  conversation: {
    // A star where something is not saved, the slot in a stack, the name, and the number of the line to come, which no two prompts have in common.
    prompt: /^(?:\* ?)?(?:\([^()]+\) ?)?(?:Slot-\d+ )?([A-Za-z0-9._-]+?)(?:[.:]\d+)? ?[>#] ?$/,
    // Not `disable cli prompting` as well: it would say yes to a question that nobody has thought of.
    prepare: ['disable clipaging'],
    asks: [{ shows: /^Press <SPACE> to continue or <Q> to quit: ?$/, keys: ' ' }],
    refusal: /^(?:%% ?\S|Error:)/i,
    // It has no modes.
    home: [],
  },
  facts: {
    identity: {
      commands: [lines('show version'), lines('show switch')],
      parse: ([version = '', shown = '']) => ({
        vendor: 'Extreme Networks', model: switchValue(shown, 'System Type'),
        // A stack has a line for each slot, and so no serial number of its own.
        version: matchOf('show version', version, /^Image *: .*?\bversion (\S+)/m)[1]!, serial: /^Switch *: \S+ (\S+) Rev /m.exec(version)?.[1] ?? null,
      }),
    },
    aggregates,
    neighbours: { commands: [lines('show lldp neighbors detailed')], parse: ([answer = '']) => neighboursIn(answer) },
    learned: {
      commands: [lines('show fdb')],
      // Flags with a d were learned. A port of an aggregate is shown as its master.
      parse: ([answer = '']) => linesIn(answer).flatMap((line) => {
        const [, mac, vlan, port] = new RegExp(String.raw`^(${macPattern})\s+\S.*?\((\d{4})\)\s+\d+\s+d[ A-Za-z]*\s(${portPattern})(?:,|$)`, 'i').exec(line) ?? [];
        return mac === undefined || port === undefined ? [] : [{ mac: macOf(mac), port, vlan: countIn(vlan) }];
      }),
    },
    counters: {
      commands: [lines('show ports statistics no-refresh port-number')],
      // Sent and received, frames and octets of each. A count that is too wide for its column has a > and no more than a part of it: the port is left out.
      parse: ([answer = '']) => linesIn(answer).flatMap((line) => {
        const [, port, sent, received] = new RegExp(String.raw`^(${portPattern})\s+(?:A|R|NP|L|D|d|B)\s+\d+\s+(\d+)\s+\d+\s+(\d+)\s`).exec(line) ?? [];
        return port === undefined || sent === undefined || received === undefined ? [] : [{ port, unit: 'octets' as const, received: BigInt(received), sent: BigInt(sent) }];
      }),
    },
    clock: {
      commands: [lines('show switch')],
      parse: ([answer = '']) => {
        const [, shown, date, time, year] = matchOf('show switch', answer, /^Current Time: +(\w{3} (\w{3} +\d+) (\d\d:\d\d:\d\d) (\d{4}))$/m);
        const [, offset] = /^Timezone: .*\bGMT Offset: (-?\d{1,4}) minutes/m.exec(answer) ?? [];
        const [, summer = '0'] = /^ +DST of (\d{1,4}) minutes is currently in effect/m.exec(answer) ?? [];
        const at = offset === undefined ? Number.NaN : Date.parse(`${date!} ${year!} ${time!} UTC`) - (Number(offset) + Number(summer)) * 60_000;
        return { shown: shown!, utc: Number.isNaN(at) ? null : new Date(at).toISOString() };
      },
    },
    links: {
      commands: [lines('show ports no-refresh')],
      parse: ([answer = '']) => {
        // What people call a port, and its VLAN, may look like anything: how it is stands below the two States of the head.
        const head = matchOf('show ports', answer, /^(#.*?)State (?=State\b)/m);
        const [admin, carrier] = [head[1]!.length, head[0].length];
        return linesIn(answer.slice(head.index)).filter((line) => new RegExp(`^${portPattern}\\s`).test(line))
          .map((line) => ({ port: line.split(/\s/, 1)[0]!, up: /^E\s/.test(line.slice(admin)) && /^A(?:\s|$)/.test(line.slice(carrier)) }));
      },
    },
    configuration: { commands: [lines('show configuration')], parse: ([answer = '']) => linesIn(answer).filter((line) => line !== '' && line !== '#').join('\n') },
  },
  // A line is in force at once, and no guide speaks of a time after which one is taken back. Two timers look like it and are none. `reboot time` restarts the switch
  // with what was saved: what was in force and not saved is gone with the change, a `save` of anybody makes the change stay, and all nodes lose all links, which
  // is another fault than any that a trial makes; nor is its time so many seconds from now, but one of the device's own clock. A UPM timer
  // (`configure upm timer … after`) runs lines that somebody wrote down before: what was there, the switch does not know. It is configuration itself, besides.
  deadMan: null,
  form: (groups, ports) => groups.flatMap((group) => {
    const [master, list] = [masterOf(group), group.ports.join(',')];
    // Whether it is an error where nothing is shared no guide says. If so it is the first, and nothing has changed.
    const apart = `disable sharing ${master}`;
    // A port that is untagged in another VLAN is refused, and that VLAN's name is known to nobody here.
    const untagged = (vlan: number, which: string): string => `configure vlan ${vlan} add ports ${which} untagged`;
    // Those but the master were taken out of their VLANs when they came into the aggregate.
    if (ports.kind === 'plain') return [apart, untagged(vlanOf(group, 'EXOS takes the VLAN from ports of an aggregate'), list)];
    const share = `enable sharing ${master} grouping ${list} algorithm address-based L2`;
    const lacp = ports.kind === 'static' ? [share] : [`${share} lacp`, `configure sharing ${master} lacp timeout ${ports.rate === 'fast' ? 'short' : 'long'}`];
    return [apart, ...lacp, ...group.vlan === undefined ? [] : [untagged(group.vlan, master)]];
  }).map((line) => lines(line)),
  port: (name, state) => [lines(`${state === 'up' ? 'enable' : 'disable'} ports ${name}`)],
  // `configure sharing lacp timeout` changes it in place; what that costs is documented nowhere: taken for the worse.
  rateChange: 'flap',
  // Whatever stands behind the words that introduce secrets, whether it is encrypted or not.
  secrets: [/\b(?:encrypted|password|passphrase|secret|key|community) (.*)$/gm, /\b(?:authentication|privacy) (?:md5|sha|des|3des|aes)\S* (.*)$/gm],
};

/** Where the lab file names no aggregate it is the first of its ports. */
const masterOf = ({ name, aggregate, ports }: PortGroup): string => {
  const master = aggregate ?? ports[0];
  if (master !== undefined && ports.includes(master)) return master;
  throw new Problem({
    asked: `form of the switch ports of ${name}`,
    found: `their aggregate is called ${aggregate ?? 'nothing'}, and EXOS calls one by the port that is its master`,
    right: `one of ${ports.join(', ')}`, todo: `correct \`aggregate:\` of node ${name} in the lab file`, exitCode: exitCodes.usage,
  });
};
