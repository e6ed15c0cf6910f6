// A small part of what bench/fuzz.ts does for hours, the same each time; and that no text costs more than in proportion to its length.

import ava from 'ava';

import { Problem } from '../../src/model/problem.ts';
import { drawFrom, hostile } from './mutate.ts';
import { parsers, violation, type Parser } from './parsers.ts';

// One after the other: what a parser costs is measured by what this process does meanwhile.
const test = ava.serial;

const cases = 400;

for (const parser of parsers) {
  test(`${parser.name}: hostile texts are refused in its own words, or give what may be given`, async (t) => {
    for (const good of parser.good) t.is(await violation(parser, good), null, good.toString('latin1').slice(0, 100));
    const found: string[] = [];
    for (let seed = 0; seed < Math.max(8, cases * Math.min(1, parser.share)); seed += 1) {
      const wrong = await violation(parser, hostile(parser.good, seed));
      if (wrong !== null) found.push(`seed ${seed}: ${wrong}`);
    }
    t.deepEqual(found, []);
  });
}

test('the same seed gives the same text, and another one another', (t) => {
  const [{ good }] = parsers as [Parser];
  t.deepEqual(hostile(good, 7), hostile(good, 7));
  t.true(new Set(Array.from({ length: 100 }, (_, seed) => hostile(good, seed).toString('hex'))).size > 90);
  const draw = drawFrom(1);
  t.true(Array.from({ length: 1000 }, () => draw(10)).every((n) => n >= 0 && n < 10 && Number.isInteger(n)));
});

test('the eyes see: a parser that throws what nobody thought of, and one whose answer is wrong', async (t) => {
  const eye = async (read: Parser['read'], throws: Parser['throws']): Promise<string | null> => violation({ name: 'x', share: 1, good: [], read, throws }, Buffer.from('x'));
  t.regex((await eye((text) => (text as unknown as { a: { b: string } }).a.b, 'Error')) ?? '', /^TypeError/);
  t.regex((await eye(() => { throw new RangeError('deep'); }, 'Error')) ?? '', /^RangeError/);
  t.regex((await eye(() => { throw new Error('own words'); }, 'Problem')) ?? '', /^Error/);
  t.regex((await eye(() => { throw new Problem({ asked: 'a', found: 'b', exitCode: 4 }); }, 'nothing')) ?? '', /^Error|^Problem/);
  t.is(await eye(() => { throw new Error('own words'); }, 'Error'), null);
  t.is(await eye(() => 'wrong', 'Error'), 'wrong');
});

/** What makes an expression look again and again: runs of what it may skip, and beginnings that come to nothing. */
const baits: readonly string[] = [
  ' ', '\t', '\n', '\r\n', ' \n', '\\', ' \\\n', 'a', '1', '1 ', '-', '=', '"', "'", '[', '{', '}', '<', '\0', '\u001e', '\u2028', '# ', '#\n', 'a\\\n', 'node', 'node {', 'node {\n', 'nodeid: 1\n', 'name: ', 'ring0_addr: 1\n', 'iface ', 'iface bond0\n', 'bond-slaves ', 'bond-mode 4\n',
  'undo a\n', 'qdisc ', 'qdisc a b dev c root ', 'Nodes: ', 'Nodes:\n', 'Quorate:  ', '[TOTEM ] ', '[A', ' 1', 'Members[1]:', 'password', 'password=', 'password: "', 'secret is ', '-----BEGIN PRIVATE KEY-----', '-----BEGIN ', 'PVE:', 'PVE:a:', 'PVE:a@b:00000000::', 'eyJaaaaaaaa.', '://', '://a:', '://a:b', 'Cookie:', 'a-', 'a.', 'a_', 'A/', 'Ab1+', '0f', '%3A', '{"a":1,', '"type":"trial-started","format":1,', ',"crc":"',
];

const cpuMs = async (parser: Parser, text: Buffer): Promise<number> => {
  const before = process.cpuUsage();
  await violation(parser, text);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

/**
 * Of a text four times as long a parser may take four times as long; twice that, and what nobody notices, is for the machine. Squares are
 * sixteen times, each time. Null, or what it took in five tries: what else this process does meanwhile, like collecting garbage, is not the parser's.
 */
const tooMuch = async (parser: Parser, short: Buffer, long: Buffer): Promise<string | null> => {
  const spent: string[] = [];
  for (let n = 0; n < 5; n += 1) {
    const [shortMs, longMs] = [await cpuMs(parser, short), await cpuMs(parser, long)];
    if (longMs <= 8 * shortMs + 60) return null;
    spent.push(`${shortMs} ms, then ${longMs} ms`);
  }
  return spent.join('; ');
};

// The YAML of lab files has a length of its own that it may not exceed (labs/lab-file.ts); a record's report takes its time.
for (const parser of parsers.filter(({ name }) => name !== 'lab file' && name !== 'record')) {
  test(`${parser.name}: a text that is four times as long takes no more than that much longer`, async (t) => {
    const [good] = parser.good as [Buffer];
    const middle = good.length >> 1;
    for (const bait of baits) {
      const of = (length: number): Buffer => Buffer.from(bait.repeat(Math.ceil(length / bait.length)));
      for (const [where, text] of [
        ['alone', (length: number) => Buffer.concat([of(length), Buffer.from('x')])],
        ['behind', (length: number) => Buffer.concat([good, of(length), Buffer.from('x')])],
        ['within', (length: number) => Buffer.concat([good.subarray(0, middle), of(length), good.subarray(middle)])],
      ] as const) {
        t.is(await tooMuch(parser, text(10_000), text(40_000)), null, `${JSON.stringify(bait)} ${where}`);
      }
    }
  });
}
