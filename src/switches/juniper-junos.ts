// Juniper Junos (EX and QFX, with ELS): JSON of everything, commit confirmed as dead man.

import { lines } from '../model/conversation.ts';
import type { Aggregate, LacpBits, Member, ReceiveState } from '../model/switch-facts.ts';
import { receiveStates } from '../model/switch-facts.ts';
import type { ManagedDialect, PortGroup, Question } from './dialect.ts';
import { aggregateOf, countOf, fieldsOf, matchOf, readJson, textOf, type Fields } from './reading.ts';

/** `show … | display json`. */
const json = <Answer>(commands: readonly string[], parse: (...shown: readonly Fields[]) => Answer): Question<Answer> => ({
  commands: commands.map((command) => lines(`${command} | display json`)),
  parse: (answers) => parse(...answers.map((answer, at) => fieldsOf(commands[at]!, readJson(commands[at]!, withoutRole(answer))))),
});

/** Virtual chassis and such show their role in a line of its own before each prompt: `{master:0}`. */
const withoutRole = (answer: string): string => answer.replaceAll(/^\{[a-z]+(?::\w+)?\}$/gm, '');

/** Junos has each element of its XML as a list of all of its name (Junos CLI User Guide, “Mapping of Junos OS to JSON”): those below a way of names. */
const below = (shown: Fields, ...names: readonly string[]): readonly Fields[] =>
  names.reduce<readonly Fields[]>((all, name) => all.flatMap((each) => {
    const found = each[name];
    return (Array.isArray(found) ? found : []).map((one) => fieldsOf(name, one));
  }), [shown]);

/** The text of the one element of this name. */
const said = (shown: Fields, ...names: readonly string[]): string | null => textOf(below(shown, ...names)[0]?.['data'])?.trim() ?? null;

const need = (shown: Fields, ...names: readonly string[]): string => said(shown, ...names) ?? missing(names.join('.'));

/** Of a virtual chassis each member answers for itself, one by one. */
const members = (shown: Fields): readonly Fields[] => {
  const each = below(shown, 'multi-routing-engine-results', 'multi-routing-engine-item');
  return each.length > 0 ? each : [shown];
};

/** Junos prints numbers as texts. */
const numberOf = (text: string | null): number | null => (text !== null && /^\d+$/.test(text) ? countOf(Number(text)) : null);

const either = (text: string | null, yes: string, no: string): boolean | null => (text === yes ? true : text === no ? false : null);

const bitsOf = (state: Fields | undefined): LacpBits | null => {
  if (state === undefined) return null;
  const flag = (name: string): boolean | null => either(said(state, `lacp-${name}`), 'Yes', 'No');
  return {
    activity: either(said(state, 'lacp-activity'), 'Active', 'Passive'), timeout: either(said(state, 'lacp-timeout'), 'Fast', 'Slow'),
    aggregation: flag('aggregation'), synchronization: flag('synchronization'),
    collecting: flag('collecting'), distributing: flag('distributing'), defaulted: flag('defaulted'), expired: flag('expired'),
  };
};

const receiveOf = (shown: string | null): ReceiveState | null =>
  receiveStates.find((state) => state === shown?.toLowerCase()) ?? (shown === 'Port disabled' ? 'disabled' : null);

/** Ports of an aggregate, from `show interfaces terse`: those with a unit of the family `aenet` in it. */
const portsIn = (terse: Fields, aggregate: string): readonly string[] => below(terse, 'interface-information', 'physical-interface')
  .filter((port) => below(port, 'logical-interface', 'address-family').some((family) => said(family, 'ae-bundle-name')?.replace(/\.\d+$/, '') === aggregate))
  .map((port) => need(port, 'name'));

const aggregates = json(['show interfaces terse', 'show lacp interfaces', 'show lacp statistics interfaces'], (terse, lacp, statistics): readonly Aggregate[] => {
  const counted = new Map(below(statistics, 'lacp-interface-statistics-list', 'lacp-interface-statistics', 'lag-lacp-statistics')
    .map((each) => [said(each, 'name'), each]));
  const spoken = below(lacp, 'lacp-interface-information-list', 'lacp-interface-information').map((each): Aggregate => {
    const states = below(each, 'lag-lacp-state');
    const found = [...new Set(states.map((state) => need(state, 'name')))].map((port): Member => {
      const half = (role: string) => bitsOf(states.find((state) => said(state, 'name') === port && said(state, 'lacp-role') === role));
      const machines = below(each, 'lag-lacp-protocol').find((protocol) => said(protocol, 'name') === port) ?? {};
      const counts = counted.get(port) ?? {};
      const [sent, received] = [numberOf(said(counts, 'lacp-tx-packets')), numberOf(said(counts, 'lacp-rx-packets'))];
      const mux = said(machines, 'lacp-mux-state');
      return {
        port, actor: half('Actor'), partner: half('Partner'), receive: receiveOf(said(machines, 'lacp-receive-state')), partnerSystem: null,
        lacpdus: sent === null || received === null ? null : { sent, received, illegal: numberOf(said(counts, 'illegal-rx-packets')) },
        inUse: mux === null ? null : /^collecting distributing$/i.test(mux),
      };
    });
    const [asked, ...others] = new Set(found.map(({ actor }) => actor?.timeout ?? null));
    const rate = others.length > 0 || typeof asked !== 'boolean' ? null : asked ? 'fast' : 'slow';
    return { name: need(each, 'lag-lacp-header', 'aggregate-name'), mode: 'lacp', rate, members: found };
  });
  const names = below(terse, 'interface-information', 'physical-interface').map((port) => need(port, 'name')).filter((name) => /^ae\d+$/.test(name));
  const silent = names.filter((name) => !spoken.some((each) => each.name === name)).map((name): Aggregate => ({
    name, mode: 'static', rate: null,
    members: portsIn(terse, name).map((port) => ({ port, actor: null, partner: null, receive: null, partnerSystem: null, lacpdus: null, inUse: null })),
  }));
  return [...spoken, ...silent.filter((each) => each.members.length > 0)];
});

/**
 * A guard: `rollback 1` once too often would bring the change back. While a device waits it says `rollback pending` below its newest commit; how many such
 * lines there are `| count` says, and none counts as a refusal. A release that does not say it refuses `revert` and `keep`, and takes back when its time is up.
 */
const isPending = 'run show system commit | match "rollback pending" | count';

export const juniperJunos: ManagedDialect = {
  name: 'juniper-junos',
  summary: 'Juniper Junos of EX and QFX switches, by its command line',
  proven: false,
  sources: [
    'Junos OS CLI User Guide: configure exclusive, commit confirmed, rollback, set cli, pipe functions, display json',
    'Junos OS CLI Reference: show lacp interfaces, show lacp statistics interfaces, show interfaces terse, show system commit, show system uptime',
    'Junos OS Ethernet Switching User Guide: Aggregated Ethernet Interfaces, lacp periodic, show ethernet-switching table (ELS), show lldp neighbors',
  ],
  conversation: {
    prompt: /^[A-Za-z0-9._-]+@([A-Za-z0-9._-]+)[>#] ?$/,
    prepare: ['set cli complete-on-space off', 'set cli screen-length 0', 'set cli screen-width 1024'],
    asks: [{ shows: /^---\(more(?: \d+%)?\)---$/, keys: ' ' }],
    refusal: /^(?:\s*\^\s*$|error: |unknown command|syntax error|missing (?:argument|mandatory)|invalid |Count: 0 lines$)/,
    // Of these the first leaves nothing that `exit` would ask about; where they are not known nobody listens.
    home: ['rollback 0', 'exit configuration-mode'],
  },
  facts: {
    identity: json(['show version', 'show chassis hardware'], (version, hardware) => {
      const [software] = members(version).flatMap((each) => below(each, 'software-information'));
      const [chassis] = members(hardware).flatMap((each) => below(each, 'chassis-inventory', 'chassis'));
      if (software === undefined) return missing('software-information');
      return { vendor: 'Juniper', model: said(software, 'product-model'), version: need(software, 'junos-version'), serial: said(chassis ?? {}, 'serial-number') };
    }),
    aggregates,
    neighbours: json(['show lldp neighbors'], (shown) => below(shown, 'lldp-neighbors-information', 'lldp-neighbor-information').map((each) => ({
      // Its name for the local port changed: Junos CLI Reference, show lldp neighbors, before and with ELS.
      port: (said(each, 'lldp-local-port-id') ?? need(each, 'lldp-local-interface')).replace(/\.\d+$/, ''),
      system: said(each, 'lldp-remote-system-name'), chassis: need(each, 'lldp-remote-chassis-id'),
      theirPort: said(each, 'lldp-remote-port-id') ?? need(each, 'lldp-remote-port-description'),
    }))),
    learned: json(['show ethernet-switching table'], (shown) => below(shown, 'l2ng-l2ald-rtb-macdb', 'l2ng-l2ald-mac-entry-vlan', 'l2ng-mac-entry').map((each) => ({
      // A VLAN is shown by its name here.
      mac: need(each, 'l2ng-l2-mac-address').toLowerCase(), port: need(each, 'l2ng-l2-mac-logical-interface').replace(/\.\d+$/, ''), vlan: null,
    }))),
    counters: json(['show interfaces detail'], (shown) => below(shown, 'interface-information', 'physical-interface')
      .filter((port) => /^\d+$/.test(said(port, 'traffic-statistics', 'input-bytes') ?? '') && /^\d+$/.test(said(port, 'traffic-statistics', 'output-bytes') ?? ''))
      .map((port) => ({
        port: need(port, 'name'), unit: 'octets' as const,
        received: BigInt(need(port, 'traffic-statistics', 'input-bytes')), sent: BigInt(need(port, 'traffic-statistics', 'output-bytes')),
      }))),
    clock: json(['show system uptime'], (shown) => {
      const [time] = members(shown).flatMap((each) => below(each, 'system-uptime-information', 'current-time', 'date-time'));
      const seconds = numberOf(textOf(fieldsOf('date-time', time?.['attributes'] ?? {})['junos:seconds']));
      // As far as a Date goes (ECMA-262, 21.4.1.1).
      const utc = seconds === null || seconds > 8_640_000_000_000 ? null : new Date(seconds * 1000).toISOString();
      return { shown: textOf(time?.['data']) ?? missing('date-time'), utc };
    }),
    links: json(['show interfaces terse'], (shown) => below(shown, 'interface-information', 'physical-interface').map((port) => ({
      port: need(port, 'name'), up: said(port, 'admin-status') === 'up' && said(port, 'oper-status') === 'up',
    }))),
    configuration: {
      commands: [lines('show configuration | display set')],
      parse: ([answer = '']) => withoutRole(answer).split('\n').map((line) => line.trimEnd()).filter((line) => /^(?:set|deactivate|protect) /.test(line)).join('\n'),
    },
  },
  deadMan: {
    summary: 'configure exclusive, commit confirmed',
    // commit confirmed <1–65535 minutes>. How long the commit of the way back takes is documented nowhere: a minute is our own allowance.
    leastS: 60, mostS: 65_535 * 60, stepS: 60, lateS: 60,
    // Another's change that waits would be confirmed by ours. Uncommitted lines go with the session (configure exclusive).
    arm: (changes, afterS) => [lines('configure exclusive', ...changes.flatMap(({ argv }) => argv), `commit confirmed ${afterS / 60}`, 'exit configuration-mode')],
    revert: [lines('configure exclusive', 'rollback 1', isPending, 'commit', 'exit configuration-mode')],
    keep: [lines('configure exclusive', isPending, 'commit', 'exit configuration-mode')],
    pending: {
      commands: [lines('show system commit'), lines('show system uptime')],
      parse: ([commits = '', uptime = '']) => {
        if (/^ *rollback pending *$/im.test(commits)) return true;
        const [, since, minutes] = matchOf('show system commit', commits, /^0 +(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:.*commit confirmed, rollback in (\d+)mins)?/m);
        if (minutes === undefined) return false;
        // Older releases leave these words there for good: what counts is whether the time is up. Both stamps are of one clock and one zone.
        const [, now] = matchOf('show system uptime', uptime, /^Current time: (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)/m);
        return Date.parse(`${now!}Z`) < Date.parse(`${since!}Z`) + Number(minutes) * 60_000;
      },
    },
  },
  form: (groups, ports) => groups.flatMap((group) => {
    if (ports.kind === 'plain') return group.ports.flatMap((port) => [`delete interfaces ${port} ether-options 802.3ad`, ...switching(port, group)]);
    const aggregate = aggregateOf(group, 'its name on the switch, like ae11, within `chassis aggregated-devices ethernet device-count`');
    const options = `interfaces ${aggregate} aggregated-ether-options lacp`;
    return [
      ...ports.kind === 'static' ? [`delete ${options}`] : [`set ${options} active`, `set ${options} periodic ${ports.rate}`],
      ...switching(aggregate, group),
      // A port with a unit of its own is not taken into an aggregate.
      ...group.ports.flatMap((port) => [`delete interfaces ${port} unit 0`, `set interfaces ${port} ether-options 802.3ad ${aggregate}`]),
    ];
  }).map((line) => lines(line)),
  port: (name, state) => [lines(`${state === 'up' ? 'delete' : 'set'} interfaces ${name} disable`)],
  rateChange: 'live',
  secrets: [
    /\b(?:(?:encrypted|simple|authentication|privacy)-password|plain-text-password-value|(?:authentication-|privacy-)?key|pre-shared-key ascii-text|secret) (".*?"|\S+)/g,
    /\bsnmp community (".*?"|\S+)/g,
    /\bssh-(?:rsa|dsa|ecdsa|ed25519) (".*?"|\S+)/g,
  ],
};

const switching = (name: string, { vlan }: PortGroup): readonly string[] => {
  const family = `interfaces ${name} unit 0 family ethernet-switching`;
  return vlan === undefined ? [`set ${family}`] : [`delete ${family} vlan`, `set ${family} vlan members ${vlan}`];
};

const missing = (what: string): never => {
  throw new Error(`Junos printed an entry without ${what}`);
};
