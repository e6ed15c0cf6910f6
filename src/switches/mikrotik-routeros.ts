// MikroTik RouterOS 7: `print detail`, and no dead man that keeps what ours must.
//
// What it has is bound to a session, not to a time: safe mode (/safe-mode/take, 7.18) is unrolled when the session that took it ends, which is up to 9 minutes (the
// TCP time-out) after a cut; while the session lives it is never unrolled, and it ends without an undo after more than 100 actions (manual, Command Line
// Interface, Safe Mode). /system/backup/load, by a scheduler, would keep its time and bring all back, but starts the device anew: every link of the cluster
// would be down at once. So there is none here, and it is only read unless the lab file says otherwise.

import { lines } from '../model/conversation.ts';
import type { Aggregate, LacpBits, Member } from '../model/switch-facts.ts';
import { lacpBitNames } from '../model/switch-facts.ts';
import type { ManagedDialect, Question } from './dialect.ts';
import { aggregateOf, macOf, matchOf } from './reading.ts';

/** One item of what `print detail` shows. */
interface Item { readonly flags: string; readonly fields: ReadonlyMap<string, string> }

/** ` 0  RS ;;; a comment, of any number of lines`, and then `name="ether1" mtu=1500 rx-byte=1 234 567 …`, of any number of lines too. */
const itemsOf = (shown: string): readonly Item[] => shown.split(/^(?=\s{0,3}\d+\s)/m).flatMap((text) => {
  const head = /^\s*\d+\s+((?:[A-Za-z]+\s+)*)/.exec(text);
  if (head === null) return [];
  const rest = text.slice(head[0].length);
  const said = /^\s*;;;/.test(rest) ? rest.split('\n').slice(1) : rest.split('\n');
  const from = said.findIndex((line) => /^\s*[a-z][a-z0-9-]*=/.test(line));
  return from < 0 ? [] : [{ flags: head[1]!, fields: fieldsIn(said.slice(from).join(' ')) }];
});

/** A value that is not in quotes may be of several words: numbers are grouped by blanks. */
const fieldsIn = (text: string): ReadonlyMap<string, string> =>
  new Map([...text.matchAll(/(?<=^|\s)([a-z][a-z0-9-]*)=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*(?: [^\s"=]+(?=\s|$))*))/g)]
    .map(([, name, quoted, plain]) => [name!, quoted ?? plain!]));

/** `name: value`, each in a line. */
const propertyOf = (shown: string, name: string): string | null => new RegExp(`^ *${name}: *(\\S.*)$`, 'm').exec(shown)?.[1]?.trimEnd() ?? null;

const need = ({ fields }: Item, name: string): string => fields.get(name) ?? missing(name);

const items = <Answer>(command: string, parse: (shown: readonly Item[]) => Answer): Question<Answer> => ({
  commands: [lines(command)], parse: ([answer = '']) => parse(itemsOf(answer)),
});

/** `A-GSCD--`: a letter or a dash for each bit, in the order of the octet. */
const bitsOf = (flags: string | undefined): LacpBits | null =>
  (flags?.length === 8 ? Object.fromEntries(lacpBitNames.map((name, at) => [name, flags[at] !== '-'])) as unknown as LacpBits : null);

/** Of each slave of each LACP bond, whichever bond it is of: a port is in one only. */
const monitor = ':foreach bond in=[/interface/bonding/find mode=802.3ad] do={/interface/bonding/monitor-slaves bond=[/interface/bonding/get $bond name] once}';

const aggregates: Question<readonly Aggregate[]> = {
  commands: [lines('/interface/bonding/print detail without-paging'), lines(monitor)],
  parse([bonds = '', slaves = '']) {
    const spoken = new Map(slaves.split('\n').map(fieldsIn).map((fields) => [fields.get('port') ?? '', fields]));
    return itemsOf(bonds).flatMap((bond): readonly Aggregate[] => {
      const mode = need(bond, 'mode');
      if (mode !== '802.3ad' && mode !== 'balance-xor') return [];
      const members = need(bond, 'slaves').split(',').filter((port) => port !== '').map((port): Member => {
        const fields = mode === '802.3ad' ? spoken.get(port) : undefined;
        const [actor, partner] = [bitsOf(fields?.get('flags')), bitsOf(fields?.get('partner-flags'))];
        const system = fields?.get('partner-sys-id');
        const partnerSystem = system === undefined || system === '' ? null : macOf(system);
        return { port, actor, partner, receive: null, partnerSystem, lacpdus: null, inUse: actor?.distributing ?? null };
      });
      const name = need(bond, 'name');
      if (mode === 'balance-xor') return [{ name, mode: 'static', rate: null, members }];
      const asked = bond.fields.get('lacp-rate');
      return [{ name, mode: 'lacp', rate: asked === '1sec' ? 'fast' : asked === '30secs' ? 'slow' : null, members }];
    });
  },
};

const octets = (item: Item, name: string): bigint => BigInt(matchOf(name, need(item, name).replaceAll(' ', ''), /^\d+$/)[0]);

export const mikrotikRouteros: ManagedDialect = {
  name: 'mikrotik-routeros',
  summary: 'MikroTik RouterOS 7, by its console',
  proven: false,
  sources: [
    'MikroTik RouterOS manual, “Bonding”: lacp-rate, monitor-slaves',
    'MikroTik RouterOS manual, “Command Line Interface” and “Console login process”: print, find, safe mode, login parameters',
    'MikroTik RouterOS manual, “Neighbor discovery”, “Bridging and Switching”, “Clock”, “Configuration Management” (export)',
  ],
  conversation: {
    prompt: /^\[[^@\]\s]+@([^\]]+)\] (?:\/\S*)?(?:<SAFE>)?> ?$/,
    // No colours (c), no asking the terminal what it can do (t), its width and height.
    userSuffix: '+ct511w1000h',
    prepare: [],
    asks: [{ shows: /^-- \[Q quit\|D dump/, keys: 'D' }],
    refusal: /^(?:bad command|syntax error|expected |no such |failure: |input does not|invalid |value of |missing value|ambiguous |not enough|action failed|bondproof: )/,
    home: ['/'],
  },
  facts: {
    identity: {
      commands: [lines('/system/resource/print'), lines('/system/routerboard/print')],
      parse: ([resource = '', board = '']) => ({
        vendor: 'MikroTik', model: propertyOf(board, 'model') ?? propertyOf(resource, 'board-name'),
        version: propertyOf(resource, 'version') ?? missing('version'), serial: propertyOf(board, 'serial-number'),
      }),
    },
    aggregates,
    neighbours: items('/ip/neighbor/print detail without-paging where discovered-by~"lldp"', (shown) => shown.flatMap((item) => {
      const theirPort = item.fields.get('interface-name');
      // It lists the port, and the bridge that it is in.
      const port = need(item, 'interface').split(',')[0]!;
      return theirPort === undefined ? [] : [{ port, system: item.fields.get('identity') || null, chassis: need(item, 'mac-address'), theirPort }];
    })),
    learned: items('/interface/bridge/host/print detail without-paging where !local', (shown) => shown.map((item) => {
      const vlan = item.fields.get('vid') ?? '';
      const port = item.fields.get('on-interface') ?? need(item, 'interface');
      return { mac: macOf(need(item, 'mac-address')), port, vlan: /^\d{1,4}$/.test(vlan) ? Number(vlan) : null };
    })),
    counters: items('/interface/print stats-detail without-paging', (shown) => shown.map((item) => ({
      port: need(item, 'name'), unit: 'octets' as const, received: octets(item, 'rx-byte'), sent: octets(item, 'tx-byte'),
    }))),
    clock: {
      commands: [lines('/system/clock/print')],
      parse: ([answer = '']) => {
        const [date, time, offset] = ['date', 'time', 'gmt-offset'].map((name) => propertyOf(answer, name) ?? missing(name));
        // Before 7.10 a date was jun/30/2026.
        const at = Date.parse(`${date!}T${time!}${offset!}`);
        return { shown: `${date!} ${time!} ${offset!}`, utc: Number.isNaN(at) ? null : new Date(at).toISOString() };
      },
    },
    links: items('/interface/print detail without-paging', (shown) => shown.map((item) => ({ port: need(item, 'name'), up: item.flags.includes('R') }))),
    configuration: {
      commands: [lines('/export terse')],
      // Its head is the time, the version and what board it is.
      parse: ([answer = '']) => answer.split('\n').map((line) => line.trimEnd()).filter((line) => line !== '' && !line.startsWith('#')).join('\n'),
    },
  },
  deadMan: null,
  form: (groups, ports) => [
    // Which of several bridges the ports are for nobody knows.
    ':if ([:len [/interface/bridge/find]] != 1) do={:error "bondproof: this device has not exactly one bridge"}',
    ...groups.flatMap((group) => {
      const aggregate = word(aggregateOf(group, 'its name on the switch, like bond1'));
      const names = group.ports.map(word);
      const join = (name: string): readonly string[] => [
        `:if ([:len [/interface/bridge/port/find interface=${name}]] = 0) do={/interface/bridge/port/add interface=${name} bridge=[/interface/bridge/get [find] name]}`,
        ...group.vlan === undefined ? [] : [`/interface/bridge/port/set [find interface=${name}] pvid=${group.vlan}`],
      ];
      const leave = (name: string): string => `/interface/bridge/port/remove [find interface=${name}]`;
      if (ports.kind === 'plain') return [leave(aggregate), `/interface/bonding/remove [find name=${aggregate}]`, ...names.flatMap(join)];
      const mode = ports.kind === 'static' ? 'balance-xor' : `802.3ad lacp-rate=${ports.rate === 'fast' ? '1sec' : '30secs'}`;
      return [
        ...names.map(leave),
        `:if ([:len [/interface/bonding/find name=${aggregate}]] = 0) do={/interface/bonding/add name=${aggregate} slaves=${names.join(',')}}`,
        `/interface/bonding/set [find name=${aggregate}] slaves=${names.join(',')} mode=${mode}`,
        ...join(aggregate),
      ];
    }),
  ].map((line) => lines(line)),
  port: (name, state) => [lines(`/interface/${state === 'up' ? 'enable' : 'disable'} ${word(name)}`)],
  // Whether a change of it costs anything is documented nowhere: taken for the worse.
  rateChange: 'flap',
  // `/export` leaves them out by itself; older ones, and what people put into scripts and comments, may not.
  secrets: [
    /\b(?:password|secret|passphrase|key)=("(?:[^"\\]|\\.)*"|\S+)/g,
    /^\/snmp\/?\s?community .*?\bname=("(?:[^"\\]|\\.)*"|\S+)/gm,
  ],
};

/** A name as its console takes it for one word and for no expression. */
const word = (name: string): string => (/^[A-Za-z][A-Za-z0-9._-]*$/.test(name) ? name : `"${name.replaceAll(/["\\$?]/g, String.raw`\$&`)}"`);

const missing = (what: string): never => {
  throw new Error(`RouterOS printed an item without ${what}`);
};
