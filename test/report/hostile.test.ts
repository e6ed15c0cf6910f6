// Whatever a device, a lab file or a command line names things by, no report steers a terminal or a browser.

import test from 'ava';

import { judgeRun } from '../../src/analysis/index.ts';
import { reportFiles } from '../../src/report/index.ts';
import { advance, jsonLine, noProgress, plainLine, screen, type ProgressItem } from '../../src/report/progress.ts';
import { terminalText } from '../../src/report/terminal.ts';
import { script } from '../../src/report/html/script.ts';
import { goldenTrials } from './golden.ts';

/** Clears the screen, fills the clipboard (OSC 52), hides a link (OSC 8), is C1's CSI, turns the direction of reading, and is markup of four kinds. */
const evil = '\u001b[2J\u001b]52;c;eA==\u0007\u001b]8;;http://x\u0007\u009b31m\u202e\u2066\u200b\u2028\r\0"><script>alert(1)</script>\' onload=x <!-- ]]> &amp; | # `x` [a](b)';

/** Every string of an event that is not a word of ours: those say what kind of thing it is, and are compared with. */
const ours = new Set(['type', 'step', 'kind', 'mode', 'fault', 'ha', 'target', 'detector', 'startedAt', 'world', 'class', 'canary', 'drops', 'tx', 'lacpRate', 'xmitHashPolicy', 'direction', 'frame', 'state', 'injector']);

const poisoned = (value: unknown, key = ''): unknown => {
  if (typeof value === 'string') return ours.has(key) || value === 'harness' ? value : `${value}${evil}`;
  if (Array.isArray(value)) return value.map((item) => poisoned(item, key));
  if (typeof value !== 'object' || value === null) return value;
  // Names that are keys are those of the same nodes and NICs.
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [['heard', 'counters', 'about'].includes(key) ? `${name}${evil}` : name, poisoned(item, name)]));
};

const trials = goldenTrials.map(({ folder, events }) => ({ folder: `${folder}${evil}`, events: poisoned(events) as typeof events }));
const run = judgeRun(trials);
const files = reportFiles(run, trials);

/** C0 but the newline, C1, invisible formatting, line separators. */
const steering = /[^\n\P{Cc}]|[\p{Cf}\p{Zl}\p{Zp}]/u;

test('the poison is in all that is judged', (t) => {
  t.true(run.trials.length > 5 && run.trials.every(({ scenario, victim, link }) => [scenario, victim, link ?? evil].every((text) => text.includes(evil))));
  t.true(run.trials.some(({ valid }) => valid), 'and judged as before');
});

for (const end of ['run.json', 'report.html', 'junit.xml', 'summary.md', 'metrics.csv', '.journal.txt']) {
  test(`${end}: nothing in it steers a screen, and nothing is markup that was not ours`, (t) => {
    const mine = files.filter(({ path }) => path.endsWith(end));
    t.true(mine.length > 0);
    for (const { path, content } of mine) {
      // RFC 4180 ends a line of metrics.csv with both.
      t.notRegex(String(content).replaceAll('\r\n', '\n'), steering, path.slice(-20));
      if (end === 'report.html' || end === 'junit.xml') t.notRegex(String(content).replace(`<script>${script}</script>`, ''), /<script|<!--|onload=(?!x)|http:\/\/x"/, end);
    }
  });
}

test('summary.md: no cell, heading, link or element is opened', (t) => {
  const text = String(files.find(({ path }) => path === 'summary.md')!.content);
  t.notRegex(text, /(?<!\\)<script|(?<!\\)\]\(b\)|(?<!\\)`x/);
});

test('run.json is the same data', (t) => {
  const data = JSON.parse(String(files.find(({ path }) => path === 'run.json')!.content)) as typeof run;
  t.is(data.trials[0]!.scenario, run.trials[0]!.scenario);
});

test('no file has a name that leaves its folder or its line', (t) => {
  for (const { path } of files) t.notRegex(path.split('/').at(-1)!, /[^A-Za-z0-9._-]/);
});

test('on a terminal, while it runs and at its end, with colours and without', (t) => {
  const items: readonly ProgressItem[] = [
    { kind: 'planned', atMs: 0, trials: [{ trial: evil, expectedMs: 1000 }], slots: 1 }, { kind: 'step', atMs: 1, trial: evil, slot: 0, step: 'arm', leftMs: 1000, note: evil },
    { kind: 'notice', atMs: 2, text: evil }, { kind: 'ended', atMs: 3, trial: evil, slot: 0, outcome: 'invalid', note: evil },
  ];
  for (const item of items) for (const text of [plainLine(item), jsonLine(item), ...screen(advance(noProgress, item), { columns: 500, color: false, nowMs: 5 })]) t.notRegex(text, steering);
  t.notRegex(terminalText(run, { columns: 120, color: false, place: evil }), steering);
  // Our own colours, and nothing else.
  t.notRegex(terminalText(run, { columns: 120, color: true, place: evil }).replaceAll(/\u001b\[\d*m/g, ''), steering);
  t.notRegex(jsonLine({ kind: 'result', run }), steering);
});
