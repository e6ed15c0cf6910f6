import test from 'ava';
import { differenceText, hasChanged, type RunsDiffed } from '../../src/report/difference.ts';

const places = ['reports/one', 'reports/two'] as const;

const calm: RunsDiffed['both'][number] = { scenario: 'balance-xor', redefined: false, counted: [8, 8], outcomes: ['isolated in 8 of 8', 'isolated in 8 of 8'], compared: 13, changed: [] };

const loud: RunsDiffed['both'][number] = {
  scenario: '802.3ad/fast-fast', redefined: true, counted: [1, 1], outcomes: ['disturbed', 'isolated'], compared: 13,
  changed: [
    { what: 'outcome', before: 'disturbed', after: 'isolated', because: null },
    { what: 'LACP: NIC out of use', before: '5.8 s', after: '11.3 s', because: 'may be 5.3 s apart' },
    { what: 'dark pairs', before: 'pve1 → pve3', after: 'pve1 → pve2, pve1 → pve3, pve2 → pve1, pve3 → pve1', because: null },
  ],
};

test('what ran comes first, then each scenario, then what only one run tried, and the sum of it', (t) => {
  t.is(differenceText({ versions: [{ what: 'corosync', before: '3.1.9', after: '3.1.10' }, { what: 'host', before: null, after: '2 cores' }], both: [loud, calm], only: [[], ['broadcast', 'balance-rr']] }, places), `What ran differs:
         corosync: 3.1.9 → 3.1.10
         host: not told → 2 cores

CHANGED  802.3ad/fast-fast: disturbed → isolated (n 1, 1)
         the scenario, or the lab that it was tried on, is not the same
         LACP: NIC out of use: 5.8 s → 11.3 s (may be 5.3 s apart)
         dark pairs: pve1 → pve3 → pve1 → pve2, pve1 → pve3, pve2 → pve1, pve3 →
           pve1
same     balance-xor: isolated in 8 of 8 (n 8, 8)
only in reports/two: broadcast, balance-rr

1 of 2 scenarios changed, 3 of 26 quantities beyond noise.`);
});

test('other versions alone are no change', (t) => {
  t.false(hasChanged({ versions: [{ what: 'corosync', before: '3.1.9', after: '3.1.10' }], both: [calm], only: [['a'], []] }));
  t.true(hasChanged({ versions: [], both: [calm, loud], only: [[], []] }));
});

test('no line is wider than 80 columns, and no name steers a terminal', (t) => {
  const evil = `a\u001b[2J\u202e${'b'.repeat(200)}`;
  const text = differenceText({ versions: [{ what: evil, before: evil, after: evil }], both: [{ ...loud, scenario: evil, changed: [{ what: evil, before: evil, after: evil, because: evil }] }], only: [[evil], []] }, [evil, evil]);
  t.true(text.split('\n').every((line) => line.length <= 80));
  t.notRegex(text, /[^\n\P{Cc}]|\p{Cf}/u);
});
