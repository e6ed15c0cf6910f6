// What a switch printed, as files that can be given away: without secrets, and with other addresses and another serial number, the same everywhere.

import { isDeepStrictEqual } from 'node:util';

import { escaped, pseudonymsFor } from '../certificate/pseudonyms.ts';
import type { Disk } from '../model/disk.ts';
import { withoutSecrets } from '../model/secret.ts';
import { factOf, questionNames, type Findings, type QuestionName, type Shown, type SwitchProbe } from '../model/switch-probe.ts';
import { capturesReadme, probeJson } from '../report/switch-probe.ts';
import type { Asked } from '../switches/dialect.ts';
import { scrubbed, secretsIn } from '../switches/reading.ts';
import { questionOf, shownCommand } from './probe.ts';

/** The file that a command's output is in, without its ending: a blank is `_`, and what no file's name can hold `%`. */
export const captureName = (command: string): string => command.replaceAll(' ', '_').replaceAll(/[/\n]/g, '%');

/** The probe without the switch's secrets: those that look like one anywhere, and those that its configuration shows wherever else they stand. */
export const withoutItsSecrets = (probe: SwitchProbe, dialect: Asked): SwitchProbe => {
  const asked = new Set(dialect.facts.configuration?.commands.map(shownCommand));
  const configurations = [...probe.shown.filter(({ command }) => asked.has(command)).map(({ output }) => output), factOf(probe, 'configuration') ?? ''];
  const known = [...new Set([...configurations.flatMap((text) => secretsIn(dialect, text)), ...dialect.ourSecrets ?? []].flatMap(formsOf))];
  const literal = known.length === 0 ? null
    : new RegExp(`(?<![A-Za-z0-9])(?:${known.toSorted((a, b) => b.length - a.length).map(escaped).join('|')})(?![A-Za-z0-9])`, 'g');
  const hidden = (text: string): string => lookalikes(literal === null ? text : text.replace(literal, '…'));
  const { configuration: found } = probe.findings;
  const shown = probe.shown.map((each): Shown => {
    if (!asked.has(each.command)) return each;
    return found.kind === 'not-understood' ? { ...each, output: '', refused: withheld } : { ...each, output: scrubbed(dialect, each.output) };
  });
  const configuration: Findings['configuration'] = found.kind === 'understood' ? { kind: 'understood', fact: scrubbed(dialect, found.fact) }
    : found.kind === 'not-understood' ? { kind: 'not-understood', why: withheld, at: found.at === null ? null : { ...found.at, text: '' } } : found;
  return mapped({ ...probe, shown, findings: { ...probe.findings, configuration } }, hidden);
};

/** How a secret may stand elsewhere: with and without the escapes of JSON, and what in it is no word, like the hash behind its kind. Short ones are words that stand anywhere. */
const formsOf = (secret: string): readonly string[] => [
  ...[secret, secret.replaceAll(/\\(.)/g, '$1'), JSON.stringify(secret).slice(1, -1)].filter((form) => form.length >= 4),
  ...secret.split(/\s+/).filter((word) => /^(?=.*\d)(?=.*[A-Za-z])(?:[^/]{8,}|\$.{8,})$/.test(word)),
];

/** A parser's error quotes what it could not read. */
const withheld = 'bondproof did not understand it, so does not know what in it is secret, and keeps none of it';

/** What looks like a secret, taken out so that JSON stays JSON: there it ends where its text does. */
const lookalikes = (text: string): string => (isJson(text) ? withoutFields(text).replace(jsonText, (whole, inside: string) => (inside === removed ? whole : `"${withoutSecrets(inside)}"`))
  : withoutSecrets(withoutFields(text)).replaceAll(bareValue, `$1"${removed}"`));

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const jsonText = /"((?:[^"\\\n]|\\.)*)"/g;

/** `"name": value` of JSON, a text with its escapes or a number, by the name. */
const withoutFields = (text: string): string => text.replace(/"((?:[^"\\\n]|\\.)*)"(\s*:\s*)(?:"(?:[^"\\\n]|\\.)*"|\d+)/g, (whole, name: string, colon: string) =>
  (withoutSecrets(`${name}: x`) === `${name}: x` ? whole : `"${name}"${colon}"${removed}"`));

/** What stands in place of a secret; in several pieces of JSON, without the quotes that it had. */
const removed = withoutSecrets('password: x').slice('password: '.length);
const bareValue = new RegExp(`("\\s*:\\s*)${escaped(removed)}`, 'g');

/** The probe with other MAC and IP addresses, and another serial number of the switch itself. What its version is stays, though it may look like an address. */
export const withPseudonyms = (probe: SwitchProbe): SwitchProbe => {
  const identity = factOf(probe, 'identity');
  // What is shorter, or has no digit, is no number but words like "none".
  const serial = identity?.serial !== null && identity?.serial !== undefined && /^(?=.*\d).{5,}$/.test(identity.serial) ? [{ kind: 'serial' as const, name: identity.serial }] : [];
  const version = /\d+(?:\.\d+){3}/.test(identity?.version ?? '') ? identity!.version : null;
  const parts = (text: string): readonly string[] => (version === null ? [text] : text.split(version)).map(apart);
  const { text } = pseudonymsFor(serial, strings(probe).flatMap(parts));
  return mapped(probe, (original) => parts(original).map(text).map(together).join(version ?? ''));
};

/** Behind the name of a VLAN, as in SONiC's `Vlan20:52:54:00:00:00:01`, an address begins that is else taken for a part of a longer one. */
const apart = (text: string): string => text.replaceAll(/(?<=[A-Za-z]\d{1,4}):(?=(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2})/g, '\u0000');
const together = (text: string): string => text.replaceAll('\u0000', ':');

/** Questions that were understood, and of whose captures the same is not: what was taken out had a meaning. The configuration is another without its secrets. */
export const lostIn = (probe: SwitchProbe, dialect: Asked): readonly QuestionName[] => questionNames.filter((name) => {
  const question = questionOf(dialect, name);
  if (question === undefined || probe.findings[name].kind !== 'understood') return false;
  const outputs = question.commands.map((command) => probe.shown.find((each) => each.command === shownCommand(command))!.output);
  try {
    const read = question.parse(outputs);
    return name !== 'configuration' && !isDeepStrictEqual(read, factOf(probe, name));
  } catch {
    return true;
  }
});

/** Writes them to a folder that is not there yet, or empty: `<dialect>/<command>.txt`, with what was refused in `.refused`, a README and all facts in JSON. */
export const writeCaptures = async (folder: string, probe: SwitchProbe, { dialect, disk }: { readonly dialect: Asked; readonly disk: Disk }): Promise<void> => {
  const write = async (name: string, text: string): Promise<void> => {
    const file = await disk.create(`${folder}/${name}`);
    try {
      await file.append(text);
    } finally {
      await file.close();
    }
  };
  const given = withPseudonyms(withoutItsSecrets(probe, dialect));
  await disk.makeFolder(`${folder}/${probe.dialect}`);
  for (const { command, output, refused } of given.shown) {
    const name = `${probe.dialect}/${captureName(command)}`;
    await (refused === null ? write(`${name}.txt`, output) : write(`${name}.refused`, `${output}${refused}\n`));
  }
  await write('probe.json', `${probeJson(given)}\n`);
  await write('README.md', capturesReadme(given, lostIn(given, dialect)));
};

/** All texts of plain data. */
const strings = (data: unknown): readonly string[] => {
  if (typeof data === 'string') return [data];
  return typeof data !== 'object' || data === null ? [] : Object.values(data).flatMap(strings);
};

/** The data with other texts. Names of fields stay, and commands, by which their answers are found. */
const mapped = <Data>(data: Data, text: (original: string) => string): Data => {
  const one = (each: unknown): unknown => {
    if (typeof each === 'string') return text(each);
    if (Array.isArray(each)) return each.map(one);
    return typeof each !== 'object' || each === null ? each : Object.fromEntries(Object.entries(each).map(([key, value]) => [key, key === 'command' ? value : one(value)]));
  };
  return one(data) as Data;
};
