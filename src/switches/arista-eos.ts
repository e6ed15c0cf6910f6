// Arista EOS: JSON where it has it, configure sessions with a commit timer as dead man.

import { lines } from '../model/conversation.ts';
import type { Aggregate, LacpBits, Member, ReceiveState } from '../model/switch-facts.ts';
import { receiveStates, unknownBits } from '../model/switch-facts.ts';
import type { ManagedDialect, Question } from './dialect.ts';
import { aggregateOf, countOf, fieldsOf, flagOf, macOf, matchOf, readJson, textOf, type Fields } from './reading.ts';

/** `show … | json`; each answer must be an object. */
const json = <Answer>(commands: readonly string[], parse: (...shown: readonly Fields[]) => Answer): Question<Answer> => ({
  commands: commands.map((command) => lines(`${command} | json`)),
  parse: (answers) => parse(...answers.map((answer, at) => fieldsOf(commands[at]!, readJson(commands[at]!, answer)))),
});

const entries = (what: string, value: unknown): readonly (readonly [string, Fields])[] =>
  Object.entries(fieldsOf(what, value ?? {})).map(([name, each]) => [name, fieldsOf(`${what}.${name}`, each)]);

const bitsOf = (shown: unknown): LacpBits | null => {
  if (shown === undefined) return null;
  const state = fieldsOf('a port state', shown);
  const { activity, timeout, aggregation, synchronization, collecting, distributing, defaulted, expired } = state;
  return {
    ...unknownBits,
    activity: flagOf(activity), timeout: flagOf(timeout), aggregation: flagOf(aggregation), synchronization: flagOf(synchronization),
    collecting: flagOf(collecting), distributing: flagOf(distributing), defaulted: flagOf(defaulted), expired: flagOf(expired),
  };
};

const receiveOf = (shown: unknown): ReceiveState | null => receiveStates.find((state) => state === textOf(shown)?.toLowerCase().replace(/^rxsm/, '')) ?? null;

const memberOf = (port: string, shown: Fields, counters: Fields | undefined): Member => {
  const details = fieldsOf(port, shown['details'] ?? {});
  const [sent, received] = [countOf(counters?.['lacpdusTxCount']), countOf(counters?.['lacpdusRxCount'])];
  const partnerSystem = /[0-9A-Fa-f]{2}([-:.][0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{4}(\.[0-9A-Fa-f]{4}){2}/.exec(textOf(shown['partnerSystemId']) ?? '');
  return {
    port,
    actor: bitsOf(shown['actorPortState']),
    partner: bitsOf(shown['partnerPortState']),
    receive: receiveOf(details['actorRxSmState']),
    partnerSystem: partnerSystem === null ? null : macOf(partnerSystem[0]),
    lacpdus: sent === null || received === null ? null : { sent, received, illegal: countOf(counters?.['illegalRxCount']) },
    inUse: textOf(shown['actorPortStatus']) === null ? null : shown['actorPortStatus'] === 'bundled',
  };
};

const aggregates = json(['show port-channel detailed all-ports', 'show lacp interface detailed', 'show lacp counters all-ports'], (channels, lacp, counters): readonly Aggregate[] => {
  const spoken = new Map(entries('portChannels', lacp['portChannels']).map(([name, channel]) => [name, new Map(entries(name, channel['interfaces']))]));
  const counted = new Map(entries('portChannels', counters['portChannels']).flatMap(([name, channel]) => entries(name, channel['interfaces'])));
  return entries('portChannels', channels['portChannels']).map(([name, channel]): Aggregate => {
    const ports = [...entries(name, channel['activePorts']), ...entries(name, channel['inactivePorts'])];
    const mode = ports.some(([, { protocol }]) => protocol === 'lacp') || spoken.has(name) ? 'lacp' : 'static';
    const members = ports.map(([port]): Member => {
      const shown = spoken.get(name)?.get(port);
      const plain = { port, actor: null, partner: null, receive: null, partnerSystem: null, lacpdus: null, inUse: fieldsOf(name, channel['activePorts'] ?? {})[port] !== undefined };
      return shown === undefined ? plain : memberOf(port, shown, counted.get(port));
    });
    const asked = members.map(({ actor }) => actor?.timeout ?? null);
    const rate = asked.length > 0 && asked.every((short) => short === asked[0]) && asked[0] !== null ? (asked[0] ? 'fast' : 'slow') : null;
    return { name, mode, rate: mode === 'lacp' ? rate : null, members };
  });
});

export const aristaEos: ManagedDialect = {
  name: 'arista-eos',
  summary: 'Arista EOS, by its command line',
  proven: false,
  sources: [
    'Arista EOS User Manual, “Port Channels and LACP”: lacp timer, show lacp interface, show lacp counters, show port-channel',
    'Arista EOS User Manual, “Command-Line Interface Commands”: configure session, commit timer',
  ],
  conversation: {
    prompt: /^([A-Za-z0-9._-]+)(?:\([^()\s]+\))*[>#]\s?$/,
    prepare: ['terminal length 0', 'terminal width 32767'],
    asks: [{ shows: /^ ?--More-- ?$/, keys: ' ' }],
    refusal: /^% ?(?!Writing|Saving)\S/,
    home: ['end'],
  },
  facts: {
    identity: json(['show version'], (version) => ({
      vendor: 'Arista', model: textOf(version['modelName']), version: textOf(version['version']) ?? missing('version'), serial: textOf(version['serialNumber']),
    })),
    aggregates,
    neighbours: json(['show lldp neighbors detail'], (shown) => entries('lldpNeighbors', shown['lldpNeighbors']).flatMap(([port, { lldpNeighborInfo: infos }]) =>
      (Array.isArray(infos) ? infos : []).map((each) => {
        const info = fieldsOf(port, each);
        const theirs = fieldsOf(port, info['neighborInterfaceInfo'] ?? {});
        return {
          port, system: textOf(info['systemName']), chassis: textOf(info['chassisId']) ?? missing('chassisId'),
          theirPort: textOf(theirs['interfaceId_v2']) ?? (textOf(theirs['interfaceId']) ?? missing('interfaceId')).replaceAll('"', ''),
        };
      }))),
    learned: json(['show mac address-table'], (shown) => {
      const table = fieldsOf('unicastTable', shown['unicastTable'] ?? {})['tableEntries'];
      return (Array.isArray(table) ? table : []).map((each) => {
        const { macAddress, interface: port, vlanId } = fieldsOf('tableEntries', each);
        return { mac: macOf(textOf(macAddress) ?? missing('macAddress')), port: textOf(port) ?? missing('interface'), vlan: countOf(vlanId) };
      });
    }),
    counters: json(['show interfaces counters'], (shown) => entries('interfaces', shown['interfaces']).map(([port, counters]) => ({
      port, unit: 'octets' as const, received: BigInt(countOf(counters['inOctets']) ?? missing('inOctets')), sent: BigInt(countOf(counters['outOctets']) ?? missing('outOctets')),
    }))),
    clock: {
      commands: [lines('show clock')],
      parse: ([answer = '']) => ({ shown: matchOf('show clock', answer, /^(\w{3} \w{3} +\d+ \d\d:\d\d:\d\d \d{4})$/m)[1]!, utc: null }),
    },
    links: json(['show interfaces status'], (shown) => entries('interfaceStatuses', shown['interfaceStatuses']).map(([port, { linkStatus }]) => ({ port, up: linkStatus === 'connected' }))),
    configuration: {
      commands: [lines('show running-config')],
      parse: ([answer = '']) => answer.split('\n').map((line) => line.trimEnd()).filter((line) => line !== '' && !/^! (?:Command|device|Startup-config last modified|boot system)/.test(line)).join('\n'),
    },
  },
  deadMan: {
    summary: 'configure session, commit timer',
    // commit timer hh:mm:ss, up to 23:59:59.
    leastS: 1, mostS: 86_399, stepS: 1, lateS: 2,
    arm: (changes, afterS) => [lines('configure session bondproof', ...changes.flatMap(({ argv }) => argv), `commit timer ${hms(afterS)}`)],
    revert: [lines('configure session bondproof abort')],
    keep: [lines('configure session bondproof commit')],
    pending: json(['show configuration sessions detail'], (shown) => entries('sessions', shown['sessions']).some(([name, { state }]) => name === 'bondproof' && state === 'pendingCommitTimer')),
  },
  form: (groups, ports) => groups.flatMap((group) => {
    const vlan = group.vlan === undefined ? [] : [`switchport access vlan ${group.vlan}`];
    if (ports.kind === 'plain') return group.ports.flatMap((port) => [`interface ${port}`, 'no channel-group', ...vlan, 'exit']).map((line) => lines(line));
    const aggregate = aggregateOf(group, 'its name on the switch, like Port-Channel11');
    const number = matchOf('aggregate', aggregate, /^Port-Channel(\d+)$/)[1]!;
    const member = ports.kind === 'static' ? ['no lacp timer', `channel-group ${number} mode on`] : [`channel-group ${number} mode active`, `lacp timer ${ports.rate === 'fast' ? 'fast' : 'normal'}`];
    // A port changes its mode only out of the aggregate.
    return [`interface ${aggregate}`, ...vlan, 'exit', ...group.ports.flatMap((port) => [`interface ${port}`, 'no channel-group', ...member, 'exit'])].map((line) => lines(line));
  }),
  port: (name, state) => [`interface ${name}`, state === 'up' ? 'no shutdown' : 'shutdown', 'exit'].map((line) => lines(line)),
  rateChange: 'live',
  secrets: [/^(?:username|enable) .*?(?:secret|password) (.*)$/gm, /^snmp-server community (\S+)/gm, /\bkey (?:\d )?(\S+)$/gm],
};

const hms = (seconds: number): string => [seconds / 3600, seconds / 60 % 60, seconds % 60].map((part) => String(Math.floor(part)).padStart(2, '0')).join(':');

const missing = (what: string): never => {
  throw new Error(`EOS printed an entry without ${what}`);
};
