// Makes of a good text one that a hostile or broken device may print. The same seed gives the same text.

/** A row of whole numbers below what is asked for (mulberry32, Tommy Ettinger, public domain). */
export type Draw = (below: number) => number;

export const drawFrom = (seed: number): Draw => {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
};

const pick = <Item>(items: readonly Item[], draw: Draw): Item => items[draw(items.length)]!;

/** What parsers stumble over. */
const tokens: readonly string[] = [
  '', '\0', '\n', '\r\n', ' ', '\t', '\u001e', '\u001b[2J', '\u001b]52;c;eA==\u0007', '\u001b]8;;x\u0007', '\u009b31m', '\u202e', '\u2066', '\u2028', '\ufeff', '<script>alert(1)</script>', '"', "'", '\\', '`', '$(reboot)', ';', '|',
  '-1', '0', '-0', '1e309', '9'.repeat(400), '0x7fffffff', '18446744073709551616', 'NaN', 'Infinity', 'null', 'true', '{}', '[]', '[null]', '""', '{', '}', '[', ']', ',', ':',
  '__proto__', 'constructor', 'toString', 'hasOwnProperty', '"__proto__":{"held":true},', '"constructor":null,', 'node {', 'nodeid: 1', 'iface bond0', 'undo a-b', 'qdisc ', 'Quorate: Yes', 'PVE:root@pam:', 'password=', '-----BEGIN PRIVATE KEY-----',
];

/** Bytes that are no UTF-8 (RFC 3629): a lone continuation, an overlong slash, half of a surrogate pair, a byte that never comes, a cut character. */
const brokenBytes: readonly Buffer[] = ['80', 'c0af', 'eda080', 'ff', 'e282', 'f4908080', '00', '1b'].map((hex) => Buffer.from(hex, 'hex'));

type Mutation = (text: Buffer, draw: Draw) => Buffer;

const spliced = (text: Buffer, at: number, cut: number, instead: Buffer): Buffer => Buffer.concat([text.subarray(0, at), instead, text.subarray(at + cut)]);

const mutations: readonly Mutation[] = [
  (text, draw) => text.subarray(0, draw(text.length + 1)),
  (text, draw) => text.subarray(draw(text.length + 1)),
  (text, draw) => spliced(text, draw(text.length + 1), draw(40), Buffer.alloc(0)),
  (text, draw) => spliced(text, draw(text.length + 1), draw(3), Buffer.from(pick(tokens, draw))),
  (text, draw) => spliced(text, draw(text.length + 1), 0, pick(brokenBytes, draw)),
  // A bit, and a byte.
  (text, draw) => { const copy = Buffer.from(text); if (copy.length > 0) copy[draw(copy.length)]! ^= 1 << draw(8); return copy; },
  (text, draw) => { const copy = Buffer.from(text); if (copy.length > 0) copy[draw(copy.length)] = draw(256); return copy; },
  // A piece again, somewhere else, or often.
  (text, draw) => { const from = draw(text.length + 1); return spliced(text, draw(text.length + 1), 0, text.subarray(from, from + draw(200))); },
  (text, draw) => { const from = draw(text.length + 1); return spliced(text, from, 0, Buffer.concat(Array<Buffer>(draw(60)).fill(text.subarray(from, from + draw(60))))); },
  (text, draw) => spliced(text, draw(text.length + 1), 0, Buffer.from(pick(tokens, draw).repeat(draw(800)))),
  (text, draw) => spliced(text, draw(text.length + 1), 0, Buffer.from(pick(['[', '{"a":', '(', '{ '], draw).repeat(draw(20_000)))),
  // A number, a word, a line.
  (text, draw) => replacedNth(text, /-?\d+/g, pick(tokens, draw), draw),
  (text, draw) => replacedNth(text, /\w+/g, pick(tokens, draw), draw),
  (text, draw) => { const lines = text.toString('latin1').split('\n'); const [line = ''] = lines.splice(draw(lines.length), 1); lines.splice(draw(lines.length + 1), 0, line); return Buffer.from(lines.join('\n'), 'latin1'); },
  (text, draw) => replacedNth(text, /"[^"]*":/g, `$&${pick(['1', 'null', '"x"', '[]'], draw)},$&`, draw),
  // A value of JSON, by another: there a parser looks at kinds, not at letters.
  (text, draw) => strangeJson(text, draw),
  (text, draw) => strangeJson(text, draw),
];

const replacedNth = (text: Buffer, form: RegExp, instead: string, draw: Draw): Buffer => {
  const latin = text.toString('latin1');
  const count = [...latin.matchAll(form)].length;
  if (count === 0) return text;
  let left = draw(count);
  return Buffer.from(latin.replace(form, (found) => (left-- === 0 ? instead.replaceAll('$&', found) : found)), 'latin1');
};

const strangeValues: readonly string[] = ['null', '[]', '{}', '""', '"x"', '0', '-1', '1e308', '1.5', 'true', '[null]', '[[]]', '{"__proto__":1}', '"\\u0000\\u001b"', '"\\ud800"', '9'.repeat(400), `${'['.repeat(5000)}${']'.repeat(5000)}`, '"__proto__"'];

/** A part of the text that is JSON, with one value in it replaced. */
const strangeJson = (text: Buffer, draw: Draw): Buffer => {
  const lines = text.toString('utf8').split('\n');
  const at = lines.flatMap((line, n) => (/^[[{]/.test(line) ? [n] : []));
  if (at.length === 0) return text;
  const n = pick(at, draw);
  const line = lines[n]!;
  const values = [...line.matchAll(/(?<=[:[,])(?:"(?:[^"\\]|\\.)*"|-?[\d.]+|true|false|null|\[[^[\]{}]*\]|\{[^[\]{}]*\})/g)];
  const value = values[draw(Math.max(1, values.length))];
  lines[n] = value === undefined ? pick(strangeValues, draw) : `${line.slice(0, value.index)}${pick(strangeValues, draw)}${line.slice(value.index + value[0].length)}`;
  return Buffer.from(lines.join('\n'));
};

/** One to four things wrong with one of the good texts; one in thirty has nothing to do with any. */
export const hostile = (good: readonly Buffer[], seed: number): Buffer => {
  const draw = drawFrom(seed);
  if (draw(30) === 0) return Buffer.from(Array.from({ length: draw(400) }, () => draw(256)));
  let text = pick(good, draw);
  for (let n = draw(4); n >= 0; n -= 1) text = pick(mutations, draw)(text, draw);
  return text;
};
