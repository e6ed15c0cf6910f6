// Reads and edits /etc/network/interfaces as ifupdown2 understands it: the options of one bond change, every other byte stays.

import { hookPattern } from './bond-hooks.ts';
import { exitCodes, Problem } from './problem.ts';
import { bondModes, type BondConfig, type BondMode } from './scenario.ts';

export interface BondStanza {
  /** As written, in order; empty for `none`. */
  readonly slaves: readonly string[];
  /** Null: not set, or no mode of the kernel's. */
  readonly mode: BondMode | null;
  /** As written, with its prefix length where it has one. */
  readonly address: string | null;
}

/** What the text says about a bond; null when it has no stanza of this name. */
export const bondStanza = (text: string, bondName: string): BondStanza | null => {
  const stanzas = stanzasOf(linesOf(text), bondName);
  if (stanzas.length === 0) return null;
  // Of an option that is given twice, ifupdown2 takes the first (addons/bond.py get_attr_value_first).
  const value = (...names: readonly string[]): string | null => stanzas.flatMap((stanza) => stanza.options).find((line) => names.includes(line.option))?.value ?? null;
  const slaves = value('bond-slaves', 'bond-ports') ?? 'none';
  const mode = value('bond-mode');
  return {
    slaves: slaves === 'none' ? [] : slaves.split(/\s+/),
    mode: bondModes.find((name, number) => mode === name || mode === String(number)) ?? null,
    address: value('address'),
  };
};

/**
 * The text with the bond's options set as PVE would write them, and without those that do not belong to the mode or exclude miimon; `hooks` are the
 * lines of their kind (bond-hooks.ts) that it has then. Comments, order and everything else stay byte for byte. Throws a Problem when there is no
 * stanza of this name.
 */
export const withBond = (text: string, bondName: string, config: BondConfig, hooks: readonly string[] = []): string => {
  const lines = linesOf(text);
  const [first, ...others] = stanzasOf(lines, bondName);
  if (first === undefined) throw noStanza(lines, bondName);
  const wanted = optionsOf(config);
  const isHook = new RegExp(`^${hookPattern(bondName)}$`);
  const edits = new Map<Line, string>();

  const present = new Set<string>();
  for (const line of first.options) {
    const hook = `${line.option} ${line.value}`;
    if (isHook.test(hook)) {
      if (!hooks.includes(hook) || present.has(hook)) edits.set(line, '');
      present.add(hook);
      continue;
    }
    const value = wanted.get(line.option);
    if (value === undefined ? isForeign(line.option, config) : present.has(line.option)) edits.set(line, '');
    else if (value !== undefined && value !== line.value) edits.set(line, `${line.indent}${line.option} ${value}${line.end}`);
    present.add(line.option);
  }
  for (const line of others.flatMap((stanza) => stanza.options)) {
    if (wanted.has(line.option) || isForeign(line.option, config) || isHook.test(`${line.option} ${line.value}`)) edits.set(line, '');
  }

  const anchor = first.options.findLast((line) => line.option.startsWith('bond-') && edits.get(line) !== '') ?? first.head;
  const indent = anchor === first.head ? (first.options[0]?.indent ?? '\t') : anchor.indent;
  const missing = [...[...wanted].filter(([option]) => !present.has(option)).map(([option, value]) => `${option} ${value}`), ...hooks.filter((hook) => !present.has(hook))]
    .map((words) => indent + words);
  return lines.map((line) => inserted(edits.get(line) ?? line.raw, line === anchor ? missing : [])).join('');
};

/** A line with everything that its backslashes join to it. */
interface Line {
  readonly raw: string;
  readonly indent: string;
  /** First word, as ifupdown2 normalizes it: dashes for underscores. Empty for blank lines and comments. */
  readonly option: string;
  readonly value: string;
  /** The newline, or nothing at the end of the file. */
  readonly end: string;
}

interface Stanza { readonly head: Line; readonly options: readonly Line[] }

const linesOf = (text: string): readonly Line[] => {
  const joined: string[][] = [];
  let goesOn = false;
  for (const raw of text.split(/(?<=\n)/)) {
    if (goesOn) joined.at(-1)!.push(raw);
    else joined.push([raw]);
    // ifupdown2 drops all white space around a backslash (networkinterfaces.py process_interfaces), in comments too; so blank lines go on as well.
    const words = raw.trimEnd();
    goesOn = words.endsWith('\\') || goesOn && words === '';
  }
  return joined.map((parts) => lineOf(parts.join('')));
};

const lineOf = (raw: string): Line => {
  const words = raw.split('\\').map((part) => part.trim()).join(' ').trim();
  const [option = '', value = ''] = words.startsWith('#') ? [] : (/^(\S*)\s*(.*)$/s.exec(words)?.slice(1) ?? []);
  return { raw, indent: /^[ \t]*/.exec(raw)?.[0] ?? '', option: option.replaceAll('_', '-'), value, end: /\r?\n$/.exec(raw)?.[0] ?? '' };
};

/** Stanzas of one interface, like PVE's one for IPv4 and one for IPv6; those with slaves first. */
const stanzasOf = (lines: readonly Line[], bondName: string): readonly Stanza[] => {
  const starts = lines.flatMap((line, at) => (isKeyword(line.option) ? [at] : []));
  const found = starts.flatMap((start, at): readonly Stanza[] => {
    const head = lines[start]!;
    if (head.option !== 'iface' || head.value.split(/\s/, 1)[0] !== bondName) return [];
    return [{ head, options: lines.slice(start + 1, starts[at + 1]).filter((line) => line.option !== '') }];
  });
  const hasSlaves = ({ options }: Stanza): boolean => options.some(({ option }) => option === 'bond-slaves' || option === 'bond-ports');
  return [...found.filter(hasSlaves), ...found.filter((stanza) => !hasSlaves(stanza))];
};

/** networkinterfaces.py `network_elems`. */
const isKeyword = (word: string): boolean => ['auto', 'iface', 'source', 'source-directory', 'vlan'].includes(word) || /^allow(-|$)/.test(word);

const noStanza = (lines: readonly Line[], bondName: string): Problem => {
  const there = lines.flatMap((line) => (line.option === 'iface' ? [line.value.split(/\s/, 1)[0] ?? ''] : []));
  return new Problem({
    asked: `bond ${bondName} in /etc/network/interfaces`,
    found: there.length === 0 ? 'no interface is configured there' : `only ${[...new Set(there)].join(', ')} are configured there`,
    right: `a stanza that begins with "iface ${bondName}", in this file itself and not in one that it names as source`,
    exitCode: exitCodes.device,
  });
};

/** pve-common INotify.pm __interface_to_string: the hash policy for balance-xor and 802.3ad only. ifupdown2 bond.py: slow, fast. */
const optionsOf = ({ mode, lacpRate, xmitHashPolicy, miimonMs, options }: BondConfig): ReadonlyMap<string, string> =>
  new Map([
    ...(miimonMs > 0 ? [['bond-miimon', String(miimonMs)] as const] : []),
    ['bond-mode', mode],
    ...((mode === 'balance-xor' || mode === '802.3ad') && xmitHashPolicy !== 'vlan+srcmac' ? [['bond-xmit-hash-policy', xmitHashPolicy] as const] : []),
    ...(mode === '802.3ad' ? [['bond-lacp-rate', lacpRate ?? 'slow'] as const] : []),
    ...(options?.minLinks === undefined ? [] : [['bond-min-links', String(options.minLinks)] as const]),
  ]);

/** Options that mean something in some modes only, as PVE and Documentation/networking/bonding.rst have it. */
const modesOf: Readonly<Record<string, readonly BondMode[]>> = {
  'bond-xmit-hash-policy': ['balance-xor', '802.3ad'],
  'bond-lacp-rate': ['802.3ad'],
  'bond-min-links': ['802.3ad'],
  'bond-ad-sys-priority': ['802.3ad'],
  'bond-ad-actor-sys-prio': ['802.3ad'],
  'bond-ad-sys-mac-addr': ['802.3ad'],
  'bond-ad-actor-system': ['802.3ad'],
  'bond-lacp-bypass-allow': ['802.3ad'],
  'bond-primary': ['active-backup'],
  'bond-primary-reselect': ['active-backup'],
  'bond-num-grat-arp': ['active-backup'],
  'bond-num-unsol-na': ['active-backup'],
  // The ARP monitor and miimon exclude each other.
  'bond-arp-interval': [],
  'bond-arp-ip-target': [],
};

/** Options of a bond that `withBond` may write or leave out; it changes nothing else in the file. */
export const bondOptions: readonly string[] = [...new Set(['bond-miimon', 'bond-mode', ...Object.keys(modesOf)])];

/** vlan+srcmac has a hook in place of the option (bond-hooks.ts). */
const isForeign = (option: string, { mode, miimonMs, xmitHashPolicy }: BondConfig): boolean =>
  option === 'bond-miimon' ? miimonMs === 0 : option === 'bond-xmit-hash-policy' && xmitHashPolicy === 'vlan+srcmac' || Object.hasOwn(modesOf, option) && !modesOf[option]!.includes(mode);

/** Puts lines after a line that may lack its newline, being the file's last. */
const inserted = (line: string, added: readonly string[]): string => {
  if (added.length === 0) return line;
  const newline = line.endsWith('\r\n') ? '\r\n' : '\n';
  // Backslashes behind which the file ends would join to it what is added.
  let words = line.trimEnd();
  const joins = words.endsWith('\\');
  while (words.endsWith('\\')) words = words.slice(0, -1).trimEnd();
  const own = joins ? words + newline : line;
  return own.endsWith('\n') ? own + added.map((text) => text + newline).join('') : [own, ...added].join(newline);
};

/** Of a shell script. ifupdown2 refuses (exit code 89) while it is at work elsewhere, as at boot (ifupdown2, ifupdown/main.py, lockfile). */
export const whileIfupdownWorks = 'if [ -d /run/network ] && ! flock --timeout 60 /run/network/.lock true; then echo "ifupdown2 has been at work here for 60 s" >&2; exit 89; fi';
