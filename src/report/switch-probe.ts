// What a probe of a switch came to: for a terminal, as JSON, and as the README of its captures. Nothing here knows a dialect.

import { cablesOf, type CableSight } from '../model/cabling.ts';
import type { Aggregate, LacpBits, LldpNeighbour, Member } from '../model/switch-facts.ts';
import { lacpBitNames } from '../model/switch-facts.ts';
import { factOf, isWhole, questionNames, unknownPorts, type Finding, type QuestionName, type SwitchProbe } from '../model/switch-probe.ts';
import { escapeJson, escapeMarkdown, wrap } from './text.ts';

/** What each question is about. */
export const questionWords: Readonly<Record<QuestionName, string>> = {
  identity: 'who it is', configuration: 'its configuration', aggregates: 'aggregates and LACP', links: 'which ports are up', neighbours: 'LLDP neighbours',
  learned: 'learned MAC addresses', counters: 'counters of ports', clock: 'its clock', pending: 'whether a change waits to be taken back',
};

export const probeText = (probe: SwitchProbe, columns: number): readonly string[] => {
  const list = (head: string, rows: readonly string[]): readonly string[] =>
    (rows.length === 0 ? [] : ['', head, ...rows.flatMap((row) => wrap(row, { columns, first: '  ', rest: '    ' }))]);
  return [
    ...wrap(identityWords(probe), { columns, rest: '  ' }),
    ...wrap(`dialect ${probe.dialect}${probe.proven ? '' : ', unproven: it was written from manuals and has met no real device before; hold what follows against the device’s own screen'}`, { columns, rest: '  ' }),
    ...probe.caution === undefined ? [] : wrap(probe.caution, { columns, rest: '  ' }),
    '',
    'ports of the lab file',
    ...portRows(probe, columns),
    ...list('also understood', otherWords(probe)),
    ...list('what it does not tell', untold(probe)),
    ...list('what was not understood', troubles(probe)),
  ];
};

const identityWords = (probe: SwitchProbe): string => {
  const identity = factOf(probe, 'identity');
  if (identity === null) return `${probe.switch}: it is not known what it is`;
  const { vendor, model, version, serial, name, description } = identity;
  const words = [
    [vendor, model].filter((word) => word !== null).join(' '), version === null ? '' : `version ${version}`, serial === null ? '' : `serial number ${serial}`,
    name ? `it calls itself ${name}` : '', description ? `and says that it is “${description}”` : '',
  ].filter((each) => each !== '');
  return `${probe.switch}: ${words.join(', ')}`;
};

/** The port, and below it what is said of it. */
const portRows = (probe: SwitchProbe, columns: number): readonly string[] => probe.links.flatMap(({ node, nic, port }) => {
  const [links, aggregates, neighbours] = [factOf(probe, 'links'), factOf(probe, 'aggregates'), factOf(probe, 'neighbours')];
  const link = links?.find((each) => each.port === port);
  const of = aggregates?.find(({ members }) => members.some((member) => member.port === port));
  const member = of?.members.find((each) => each.port === port);
  const state = links === null ? 'not known whether up' : link === undefined ? 'the switch shows no such port' : link.up === null ? 'the switch does not know whether it is up' : link.up ? 'up' : 'down';
  const bundled = aggregates === null ? 'its aggregate is not known' : of === undefined ? 'in no aggregate' : aggregateWords(of);
  const heard = neighbours?.filter((each) => each.port === port).map(neighbourWords) ?? [];
  const cable = cablesOf([{ node, nic, port }], neighbours).flatMap(cableWords);
  return [
    ...wrap(`${node} ${nic} at ${port}: ${state}, ${bundled}`, { columns, first: '  ', rest: '    ' }),
    ...[...member === undefined ? [] : memberWords(member), ...heard, ...cable].flatMap((words) => wrap(words, { columns, first: '    ', rest: '      ' })),
  ];
});

const neighbourWords = ({ system, theirPort, theirPortName }: LldpNeighbour): string =>
  `LLDP hears ${system ?? 'somebody'} ${theirPort}${theirPortName === undefined || theirPortName === null || theirPortName === theirPort ? '' : ` (${theirPortName})`}`;

/** What LLDP says of the lab file: of this port, and of where else this NIC is. */
const cableWords = ({ node, nic, heard, elsewhere }: CableSight): readonly string[] => [
  ...heard === 'nobody' ? [] : [{
    'as-expected': 'the cable is the one of the lab file', 'other-nic': `NOT the cable of the lab file, which has ${nic} of ${node} here`, 'other': `NOT the cable of the lab file, which has ${node} here`,
    'nic-unnamed': `the node is that of the lab file; which NIC it is, it does not tell by name`,
  }[heard]],
  ...elsewhere.length === 0 ? [] : [`${node} ${nic} is heard at ${elsewhere.join(', ')}`],
];

export const aggregateWords = ({ name, mode, rate }: Aggregate): string => `in ${name}, ${mode === null ? 'static or LACP, it does not say' : mode === 'static' ? 'static' : `LACP${rate === null ? '' : `, asks its partner for ${rate}`}`}`;

const memberWords = ({ actor, partner, receive, partnerSystem, lacpdus, inUse }: Member): readonly string[] => {
  const first = [...inUse === null ? [] : [inUse ? 'in use' : 'not in use'], ...receive === null ? [] : [`receive machine ${receive}`]];
  return [
    ...first.length === 0 ? [] : [first.join(', ')],
    ...actor === null ? [] : [`own state: ${bitWords(actor)}`],
    ...partner === null ? [] : [`partner${partnerSystem === null ? '' : ` ${partnerSystem}`}: ${bitWords(partner)}`],
    ...lacpdus === null ? [] : [`LACPDUs: ${lacpdus.sent} sent, ${lacpdus.received} received${lacpdus.illegal === null ? '' : `, ${lacpdus.illegal} illegal`}`],
  ];
};

/** In the order of the octet: what is set by its name, `timeout` by what it means, and what the switch does not say with a question mark. */
const bitWords = (bits: LacpBits): string => {
  const words = lacpBitNames.flatMap((name) => {
    const bit = bits[name];
    if (bit === null) return [`${name}?`];
    return name === 'timeout' ? [bit ? 'short' : 'long'] : bit ? [name] : [];
  });
  return words.join(' ');
};

const otherWords = (probe: SwitchProbe): readonly string[] => {
  const counted = (name: QuestionName, what: string): readonly string[] => {
    const fact = factOf(probe, name);
    return Array.isArray(fact) ? [`${what}: ${fact.length}`] : [];
  };
  const [clock, pending, configuration, elsewhere] = [factOf(probe, 'clock'), factOf(probe, 'pending'), factOf(probe, 'configuration'), factOf(probe, 'aggregates')];
  const ours = new Set(probe.links.map(({ port }) => port));
  const others = elsewhere?.filter(({ members }) => !members.some(({ port }) => ours.has(port))).map(({ name }) => name) ?? [];
  return [
    ...others.length === 0 ? [] : [`aggregates without a port of the lab file: ${others.join(', ')}`],
    ...counted('links', 'ports, up or down'),
    ...counted('neighbours', 'LLDP neighbours'),
    ...counted('learned', 'learned MAC addresses'),
    ...counted('counters', 'ports whose traffic is counted'),
    ...clock === null ? [] : [`its clock: ${clock.shown}${clock.utc === null ? '' : `, which is ${clock.utc}`}`],
    ...configuration === null ? [] : [`lines of configuration: ${configuration.split('\n').length}`],
    ...pending === null ? [] : [pending ? 'a change waits to be taken back' : 'no change waits to be taken back'],
  ];
};

/** What the dialect has no question for, and what answers that were understood leave open. */
export const untold = (probe: SwitchProbe): readonly string[] => {
  const [identity, clock] = [factOf(probe, 'identity'), factOf(probe, 'clock')];
  const lacp = factOf(probe, 'aggregates')?.filter(({ mode }) => mode !== 'static').flatMap(({ members }) => members) ?? [];
  const none = (of: (member: Member) => unknown): boolean => lacp.length > 0 && lacp.every((member) => of(member) === null);
  return [
    ...questionNames.filter((name) => probe.findings[name].kind === 'no-question').map((name) => `${questionWords[name]}: the dialect has no question for it`),
    ...questionNames.flatMap((name) => { const finding = probe.findings[name]; return finding.kind === 'not-told' ? [`${questionWords[name]}: ${finding.why}`] : []; }),
    ...probe.deadMan === null ? ['a way to take a change back by itself: the dialect knows none'] : [],
    ...identity?.vendor === null ? ['its maker, but in its own words'] : [],
    ...identity?.version === null ? ['its version, but in its own words'] : [],
    ...identity?.model === null ? ['its model'] : [],
    ...identity?.serial === null ? ['its serial number'] : [],
    ...clock?.utc === null ? ['the zone of its clock, or its offset from UTC'] : [],
    ...none(({ actor }) => actor) ? ['its own LACP state'] : [],
    ...none(({ partner }) => partner) ? ['the LACP state of partners'] : [],
    ...none(({ receive }) => receive) ? ['what LACP’s receive machine does'] : [],
    ...none(({ partnerSystem }) => partnerSystem) ? ['who the partners are'] : [],
    ...none(({ lacpdus }) => lacpdus) ? ['how many LACPDUs it sent and received'] : [],
    ...lacpBitNames.filter((bit) => lacp.length > 0 && lacp.every(({ actor }) => actor !== null && actor[bit] === null)).map((bit) => `LACP’s bit “${bit}”`),
  ];
};

export const troubles = (probe: SwitchProbe): readonly string[] => [
  ...questionNames.flatMap((name) => troubleOf(probe.findings[name]).map((words) => `${questionWords[name]}: ${words}`)),
  ...unknownPorts(probe).length === 0 ? [] : [`ports of the lab file that the switch does not show: ${unknownPorts(probe).join(', ')}; it shows ${namesOf(factOf(probe, 'links')!.map(({ port }) => port))}`],
  ...probe.broke === null ? [] : [`it could not be asked to the end: ${probe.broke}`],
];

const troubleOf = (finding: Finding<unknown>): readonly string[] => {
  if (finding.kind === 'refused') return [`the switch refused “${finding.command}”: ${finding.said}`];
  if (finding.kind === 'not-asked') return ['not asked any more'];
  if (finding.kind !== 'not-understood') return [];
  const { at, why } = finding;
  return [`${at === null ? 'no one line is to blame' : `line ${at.line} of “${at.command}”${at.text === '' ? '' : `, “${at.text.trim().slice(0, 200)}”`}`}: ${why}`];
};

/** As many as can be read. */
const namesOf = (names: readonly string[]): string => (names.length === 0 ? 'none' : `${names.slice(0, 12).join(', ')}${names.length > 12 ? `, and ${names.length - 12} more` : ''}`);

/** One object on one line. Counters may be larger than a number of JSON's readers: they are texts. The configuration is in its capture. */
export const probeJson = (probe: SwitchProbe): string => {
  const { shown, findings, ...rest } = probe;
  const { configuration } = findings;
  const told = {
    type: 'switch-probe', ...rest, cables: cablesOf(probe.links, factOf(probe, 'neighbours')), whole: isWhole(probe), untold: untold(probe), troubles: troubles(probe),
    findings: { ...findings, configuration: configuration.kind === 'understood' ? { kind: 'understood', lines: configuration.fact.split('\n').length } : configuration },
    commands: shown.map(({ command, refused }) => ({ command, refused })),
  };
  return escapeJson(JSON.stringify(told, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)));
};

/** `lost`: questions whose captures do not say any more what the switch said. */
export const capturesReadme = (probe: SwitchProbe, lost: readonly QuestionName[]): string => {
  const identity = factOf(probe, 'identity');
  const bad = [...troubles(probe), ...lost.map((name) => `${questionWords[name]}: what was taken out of the capture had a meaning; it is not read as the switch’s own answer was`)];
  return `# What a switch printed

| | |
| --- | --- |
| dialect | ${probe.dialect}${probe.proven ? '' : ', unproven'} |
| device | ${identity === null ? 'not known' : escapeMarkdown([identity.vendor, identity.model, identity.description].filter((word) => word !== null && word !== undefined).join(' '))} |
| version | ${identity === null ? 'not known' : identity.version === null ? 'in the device’s words above' : escapeMarkdown(identity.version)} |
| asked | ${probe.at} |
| by | bondproof ${probe.bondproof}, \`switch probe\` |

\`${probe.dialect}/\` has a file for each command, named by it: blanks are \`_\`, slashes \`%\`. What is in them is what the
switch printed, without the pages and escapes of a terminal; \`.refused\` is what it did not want to answer. \`probe.json\`
says what was understood. \`BONDPROOF_SAMPLES=FOLDER npx ava test/switches/samples.test.ts\` reads the files again.

Taken out: what bondproof knows for a secret (passwords, keys, communities), here and wherever else it stands.
Replaced, the same everywhere: MAC addresses, IP addresses and what looks like one, and the switch’s own serial number.
Left as it is: names of hosts and users, VLANs, descriptions, serial numbers of modules. **Read the files before you
give them away.**

${bad.length === 0 ? 'All was understood.' : `Not understood:\n\n${bad.map((words) => `- ${escapeMarkdown(words)}`).join('\n')}`}
`;
};
