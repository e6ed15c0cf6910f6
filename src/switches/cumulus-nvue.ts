// Cumulus Linux 5, configured by NVUE: what it says is what Linux says, and its dead man is `nv config apply --confirm`.

import type { Command } from '../model/command.ts';
import type { Aggregate, Member } from '../model/switch-facts.ts';
import { bitsOfOctet } from '../model/switch-facts.ts';
import type { ManagedDialect, PortGroup, Question } from './dialect.ts';
import { parseLinks, type Link } from './ip-link.ts';
import { aggregateOf, countOf, fieldsOf, macOf, matchOf, readJson, textOf, type Fields } from './reading.ts';

const listOf = (what: string, value: unknown): readonly Fields[] => {
  if (Array.isArray(value)) return value.map((each) => fieldsOf(what, each));
  throw new Error(`${what} printed no list where one was expected`);
};
const list = <Row>(argv: readonly string[], parse: (row: Fields) => readonly Row[]): Question<readonly Row[]> => ({
  commands: [{ argv }], parse: ([answer = '']) => listOf(argv.join(' '), readJson(argv.join(' '), answer)).flatMap(parse),
});

/** As for a Linux switch (linux.ts): this one begins with no question that could change anything. */
const links = <Answer>(parse: (shown: readonly Link[]) => Answer): Question<Answer> => ({
  commands: [{ argv: ['ip', '-d', '-j', 'addr', 'show'] }], parse: ([answer = '']) => parse(parseLinks(answer)),
});

/** The kernel's bonding (drivers/net/bonding/bond_3ad.c) is its LACP; what the receive machine does, and counters, it tells in no JSON. */
const memberOf = ({ name, slave }: Link): Member => {
  const [actor, partner] = slave?.lacp ? [bitsOfOctet(slave.lacp.actor), bitsOfOctet(slave.lacp.partner)] : [null, null];
  const carries = [actor, partner].every((half) => half === null || half.synchronization && half.collecting && half.distributing);
  return { port: name, actor, partner, receive: null, partnerSystem: null, lacpdus: null, inUse: slave === null ? null : slave.miiUp && carries };
};

const aggregates = links((shown): readonly Aggregate[] => shown.flatMap(({ name, bond }): readonly Aggregate[] => {
  if (bond === null || bond.mode !== '802.3ad' && bond.mode !== 'balance-xor') return [];
  const rate = bond.lacpRate === 'fast' || bond.lacpRate === 'slow' ? bond.lacpRate : null;
  const members = shown.filter((link) => link.master === name).map(memberOf);
  return [bond.mode === '802.3ad' ? { name, mode: 'lacp', rate, members } : { name, mode: 'static', rate: null, members }];
}));

/** lldpcli's `json0` has a list for everything (lldpd, src/client/json_writer.c). */
const one = (fields: Fields, name: string): Fields => listOf(name, fields[name] ?? [])[0] ?? {};

const nv = (...words: readonly string[]): Command => ({ argv: ['nv', ...words] });
/** What is not set cannot be unset, and need not be. */
const without = (...words: readonly string[]): Command => ({ argv: ['sh', '-c', 'nv unset "$@" || :', 'unset', ...words] });

/** NVUE's one bridge, made by the first port that is put into it. */
const bridged = (name: string, { vlan }: PortGroup): Command =>
  nv('set', 'interface', name, 'bridge', 'domain', 'br_default', ...vlan === undefined ? [] : ['access', String(vlan)]);

export const cumulusNvue: ManagedDialect = {
  name: 'cumulus-nvue',
  summary: 'NVIDIA Cumulus Linux 5, by NVUE',
  proven: false,
  sources: [
    'NVIDIA Cumulus Linux User Guide, “Bonding - Link Aggregation”, “NVUE CLI”, “Switch Port Attributes”',
    'NVIDIA NVUE Command Reference, “Config Commands”: nv config apply --confirm, --confirm-status; “Interface”: bond lacp-rate, bond mode, bond member',
    'iproute2, ip/iplink_bond.c, ip/iplink_bond_slave.c, bridge/fdb.c; lldpd, lldpcli(8)',
  ],
  conversation: null,
  facts: {
    identity: {
      // What model it is, and of what number, the releases say in different places.
      commands: [{ argv: ['cat', '/etc/os-release'] }],
      parse: ([answer = '']) => ({ vendor: 'NVIDIA', model: null, version: matchOf('/etc/os-release', answer, /^VERSION_ID="?([^"\n]+)"?$/m)[1]!, serial: null }),
    },
    aggregates,
    neighbours: {
      commands: [{ argv: ['lldpcli', '-f', 'json0', 'show', 'neighbors'] }],
      parse: ([answer = '']) => listOf('lldp', fieldsOf('lldpcli', readJson('lldpcli', answer))['lldp'])
        .flatMap(({ interface: ports }) => listOf('interface', ports ?? [])).map((shown) => {
        const [chassis, port] = [one(shown, 'chassis'), one(shown, 'port')];
        const [id, described] = [one(port, 'id'), textOf(one(port, 'descr')['value'])];
        return {
          port: textOf(shown['name']) ?? missing('name'), system: textOf(one(chassis, 'name')['value']),
          chassis: textOf(one(chassis, 'id')['value']) ?? missing('chassis.id'),
          // lldpd itself calls a port by its MAC address, and has the name as its description.
          theirPort: (id['type'] === 'mac' ? described : null) ?? textOf(id['value']) ?? missing('port.id'),
        };
      }),
    },
    // Its own addresses are permanent ones.
    learned: list(['bridge', '-j', 'fdb', 'show'], ({ mac, ifname, vlan, state }) => (state === 'permanent' || state === 'static' ? [] : [{
      mac: macOf(textOf(mac) ?? missing('mac')), port: textOf(ifname) ?? missing('ifname'), vlan: countOf(vlan),
    }])),
    counters: list(['ip', '-j', '-s', 'addr', 'show'], ({ ifname, stats64 }) => {
      const octets = (way: string): bigint => BigInt(countOf(fieldsOf(way, fieldsOf('stats64', stats64)[way])['bytes']) ?? missing(`${way}.bytes`));
      return [{ port: textOf(ifname) ?? missing('ifname'), unit: 'octets' as const, received: octets('rx'), sent: octets('tx') }];
    }),
    clock: {
      commands: [{ argv: ['date', '-u', '+%Y-%m-%dT%H:%M:%SZ'] }],
      parse: ([answer = '']) => { const shown = matchOf('date', answer.trim(), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)[0]; return { shown, utc: shown }; },
    },
    links: links((shown) => shown.map(({ name, up }) => ({ port: name, up }))),
    configuration: {
      commands: [nv('config', 'show', '-o', 'commands')],
      parse: ([answer = '']) => answer.split('\n').map((line) => line.trimEnd()).filter((line) => line.startsWith('nv ')).join('\n'),
    },
  },
  deadMan: {
    summary: 'nv config apply --confirm',
    // The longest time in its documentation is an hour. How long an apply takes is documented nowhere: a minute is our own allowance.
    leastS: 60, mostS: 3600, stepS: 1, lateS: 60,
    // What is only set waits for an apply: it is in force nowhere, and `detach` puts away what was left so.
    arm: (changes, afterS) => [{ argv: ['sh', '-c', 'nv config detach || :'] }, ...changes, nv('config', 'apply', '--confirm', `${afterS}s`, '-y')],
    revert: [nv('config', 'apply', '--confirm-no')],
    keep: [nv('config', 'apply', '--confirm-yes')],
    pending: {
      // It “shows the amount of time left before the automatic rollback”: in what words, and what it says when there is none, is documented
      // nowhere. A time is looked for; who sees none after arming knows that it was not seen, and takes back.
      commands: [{ argv: ['sh', '-c', 'nv config apply --confirm-status 2>&1 || :'] }],
      parse: ([answer = '']) => /\b\d+ ?(?:s|secs?|seconds?|m|mins?|minutes?|h|hours?)\b|\b\d+:\d\d\b/i.test(answer),
    },
  },
  form: (groups, ports) => groups.flatMap((group) => {
    const bond = aggregateOf(group, 'its name on the switch, like bond11');
    if (ports.kind === 'plain') return [without('interface', bond), ...group.ports.map((port) => bridged(port, group))];
    return [
      ...group.ports.map((port) => without('interface', port, 'bridge')),
      without('interface', bond, 'bond', 'member'),
      nv('set', 'interface', bond, 'bond', 'member', group.ports.join(',')),
      nv('set', 'interface', bond, 'bond', 'mode', ports.kind === 'static' ? 'static' : 'lacp'),
      ports.kind === 'static' ? without('interface', bond, 'bond', 'lacp-rate') : nv('set', 'interface', bond, 'bond', 'lacp-rate', ports.rate),
      bridged(bond, group),
    ];
  }),
  port: (name, state) => [nv('set', 'interface', name, 'link', 'state', state)],
  // The kernel of these releases takes another rate only of a bond that is down (drivers/net/bonding/bond_options.c, BOND_OPT_LACP_RATE: BOND_OPTFLAG_IFDOWN).
  rateChange: 'flap',
  secrets: [
    /^nv set .*?\b(?:password|secret|key) ('[^']*'|\S+)/gm,
    /^nv set (?:service|system) snmp-server readonly-community(?:-v6)? ('[^']*'|\S+)/gm,
  ],
};

const missing = (what: string): never => {
  throw new Error(`Cumulus Linux showed an entry without ${what}`);
};
