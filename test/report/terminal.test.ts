import { stripVTControlCharacters } from 'node:util';
import test from 'ava';
import { terminalText } from '../../src/report/terminal.ts';
import { goldenRun } from './golden.ts';
import { runOf, smallRun, trialResult } from './small-run.ts';

const place = 'reports/run-1/report.html';

test('the end of a run is a table, a sentence for each mode, and what they rest on', (t) => {
  t.is(terminalText(smallRun, { columns: 80, color: false, place }), `bondproof: modes on virtual, 2025-01-31T12:00:00.000Z, seed 7

mode               outcome             in delivery  quorum  reset
broadcast          undisturbed        1/1    0.2 s       -  -
802.3ad/fast-fast  disturbed          1/1   10.4 s   4.6 s  -
802.3ad/slow-slow  fenced-bystander   1/1   91.0 s  90.5 s  pve2 pve3
balance-tlb        invalid
  in: trials with this outcome, of those that count. delivery, quorum: the
  longest that any node was without. reset: nodes whose watchdog fired, with ?
  where it only would have.

What it means
- broadcast: quorum and ordered delivery held on every node. (1 trial)
- 802.3ad with node and switch fast: LACP needed 5.9 s to take the dead NIC out
  of use; ordered delivery stood still for up to 10 s; a node was out of quorum
  for 4.6 s; then every node settled. Corosync survives on it; /etc/pve pauses
  for that long. (1 trial)
- 802.3ad with node and switch slow: LACP needed 87 s to take the dead NIC out
  of use; two nodes with healthy bonds were reset (pve2 after 62 s and pve3
  after 70 s); ordered delivery stood still for up to 91 s. Do not run corosync
  on it. (1 trial)
- Measured on a simulated lab, one trial per configuration: what is named here
  was seen; what was not seen is not thereby ruled out.

Controls
mode          outcome             in delivery  quorum  reset
control/none  undisturbed        1/1    0.2 s       -  -
- control without a fault: quorum and ordered delivery held on every node. (1
  trial)

Trials without a verdict
- balance-tlb, trial 4, attempt 1: invalid; It does not count: the canary
  arrived.

Simulated, not the real thing
- HA is a stand-in.

What ran
- bondproof: 0.1.0
- corosync: 3.1.9
- injector: netem

Report
reports/run-1/report.html`);
});

test('a run without a trial says so', (t) => {
  t.is(terminalText({ ...runOf(), simulated: [], about: {} }, { columns: 80, color: false, place: 'x' }), `bondproof: modes on virtual, 2025-01-31T12:00:00.000Z, seed 7

no trial of a bond mode was run

What it means
- Nothing was measured that counts.

Report
x`);
});

test('no line is wider than the terminal, and a narrow one is taken as 80', (t) => {
  for (const [columns, width] of [[40, 80], [80, 80], [100, 100], [200, 200]] as const) {
    const lines = terminalText(goldenRun, { columns, color: true, place: 'x'.repeat(300) }).split('\n').map(stripVTControlCharacters);
    t.true(Math.max(...lines.map((line) => line.length)) <= width, String(columns));
  }
});

test('colour adds nothing but colour', (t) => {
  const plain = terminalText(goldenRun, { columns: 90, color: false, place });
  const painted = terminalText(goldenRun, { columns: 90, color: true, place });
  t.false(plain.includes('\u001b'));
  t.true(painted.includes('\u001b[91mfenced-bystander\u001b[0m'));
  t.is(stripVTControlCharacters(painted), plain);
});

test('names from a device cannot steer the terminal', (t) => {
  const text = terminalText(runOf(trialResult(1, 'a\u001b[2J', { outcome: 'invalid', reason: 'b\u009b\u202e' })), { columns: 80, color: false, place: 'c\u0007' });
  t.notRegex(text, /[^\n\P{Cc}]|\p{Cf}/u);
  t.true(text.includes('a\\u{1b}[2J'));
});
