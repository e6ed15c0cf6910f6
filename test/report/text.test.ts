import test from 'ava';
import fc from 'fast-check';
import { clip, escapeMarkdown, escapeMarkup, fileName, printable, wrap } from '../../src/report/text.ts';

const hostile = fc.string({ unit: 'binary' });

test('a terminal escape from a device is shown, not obeyed', (t) => {
  t.is(printable('\u001b[2Jpve1\r\n\u009b31m'), '\\u{1b}[2Jpve1\\u{d}\\u{a}\\u{9b}31m');
});

test('text that turns the direction of reading is shown as what it is', (t) => {
  t.is(printable('a\u202eb\u2066c\u200dd'), 'a\\u{202e}b\\u{2066}c\\u{200d}d');
});

test('plain words of any language stay as they are', (t) => {
  t.is(printable('nœud → 节点, knotenpünktchen 🙂'), 'nœud → 节点, knotenpünktchen 🙂');
});

test('no control, formatting or line separator survives in any text', (t) => {
  fc.assert(fc.property(hostile, (text) => !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(printable(text))));
  t.pass();
});

test('escaped markup cannot open a tag, an entity or leave an attribute', (t) => {
  t.is(escapeMarkup('<b onload="x">&\'`'), '&#60;b onload=&#34;x&#34;&#62;&#38;&#39;&#96;');
  fc.assert(fc.property(hostile, (text) => !/[<>"'`]|&(?!#\d+;)/.test(escapeMarkup(text))));
});

test('a cell of Markdown stays one cell and plain text', (t) => {
  t.is(escapeMarkdown('a|b *c* [d](e) <f>\ng'), 'a\\|b \\*c\\* \\[d\\](e) \\<f\\>\\\\u{a}g');
});

test('a file name cannot leave its folder', (t) => {
  t.is(fileName('../../etc/passwd'), '___.._etc_passwd');
  fc.assert(fc.property(hostile, (name) => !/[/\\]|^\./.test(fileName(name))));
});

test('wrapped lines keep every word, hang behind their bullet, and are never too wide', (t) => {
  t.deepEqual(wrap('one two three four', { columns: 11, first: '- ', rest: '  ' }), ['- one two', '  three', '  four']);
  t.deepEqual(wrap('abcdefghij', { columns: 6, first: '- ', rest: '  ' }), ['- abcd', '  efgh', '  ij']);
  t.deepEqual(wrap('waited 12 s', { columns: 9 }), ['waited', '12 s']);
  t.deepEqual(wrap('', { columns: 10, first: '- ' }), ['- ']);
  fc.assert(fc.property(fc.string(), fc.integer({ min: 5, max: 60 }), (text, columns) => {
    const lines = wrap(text, { columns, first: '- ', rest: '  ' });
    const letters = (some: string): string => some.replaceAll(' ', '');
    return lines.every((line) => line.length <= columns) && letters(lines.map((line) => line.slice(2)).join('')) === letters(text);
  }));
});

test('what was cut off is marked', (t) => {
  t.is(clip('balance-xor', 8), 'balance…');
  t.is(clip('balance', 8), 'balance');
});
