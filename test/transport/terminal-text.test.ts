import test from 'ava';
import fc from 'fast-check';

import { lastLine, seenText } from '../../src/transport/terminal-text.ts';

test('what moves the cursor about is carried out', (t) => {
  t.is(seenText('\u001b[1mpve\u001b[0m\r\n'), 'pve\n');
  t.is(seenText('abc\b\bX'), 'aXc');
  t.is(seenText(' --More-- \r          \rline'), 'line');
  t.is(seenText('a\tb'), 'a       b');
  t.is(seenText('\u001b]0;title\u0007sw1#'), 'sw1#');
});

test('the blank at the end of a prompt stays, the return at the end of a line goes', (t) => t.is(seenText('one\r\r\nsw1> '), 'one\nsw1> '));

test('an escape that has not ended yet shows nothing', (t) => {
  for (const piece of ['\u001b', '\u001b[', '\u001b[1;3', '\u001b]0;ti']) t.is(seenText(`sw1#${piece}`), 'sw1#');
});

test('plain text is seen as it is', (t) => {
  fc.assert(fc.property(fc.array(fc.stringMatching(/^[ -~]*$/)), (lines) => { t.is(seenText(lines.join('\r\n')), lines.join('\n')); }));
});

test('any bytes end, and hold no control characters but newlines', (t) => {
   
  fc.assert(fc.property(fc.string({ unit: 'binary-ascii' }), (text) => { t.false(/[\u0000-\u0009\u000b-\u001a\u001c-\u001f\u007f]/.test(seenText(text))); }));
});

test('the last line is what follows the last newline', (t) => t.deepEqual([lastLine('a\nb'), lastLine('a\n'), lastLine('')], ['b', '', '']));
