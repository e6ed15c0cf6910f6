import test from 'ava';
import { summaryMarkdown } from '../../src/report/markdown.ts';
import { control, fastFast, invalid, runOf, slowSlow, trialResult } from './small-run.ts';

test('summary.md is the answer on a page', (t) => {
  t.is(summaryMarkdown(runOf(slowSlow, fastFast, invalid, control)), `# bondproof: modes on virtual

Run run-1, begun 2025-01-31T12:00:00.000Z, seed 7.

**Paused and recovered: 802.3ad/fast-fast. Reset nodes with healthy bonds: 802.3ad/slow-slow.**

Measured on a simulated lab, one trial per configuration: what is named here was seen; what was not seen is not thereby ruled out. Nodes with a healthy bond that were reset, mean of a trial: 0.5.

## Simulated, not the real thing

- HA is a stand-in.

## Modes, best to worst

| mode | outcome | in trials | longest without delivery | longest without quorum | reset | blast radius | nearest miss |
| --- | --- | ---: | ---: | ---: | --- | ---: | ---: |
| 802.3ad/fast-fast | disturbed | 1 of 1 | 10.4 s | 4.6 s | – | 0 | 50.0 s |
| 802.3ad/slow-slow | fenced-bystander | 1 of 1 | 91.0 s | 90.5 s | pve2, pve3 | 2 | 50.0 s |
| balance-tlb | invalid |  |  |  |  |  |  |

- 802.3ad with node and switch fast: LACP needed 5.9 s to take the dead NIC out of use; ordered delivery stood still for up to 10 s; a node was out of quorum for 4.6 s; then every node settled. Corosync survives on it; /etc/pve pauses for that long. (1 trial)
- 802.3ad with node and switch slow: LACP needed 87 s to take the dead NIC out of use; two nodes with healthy bonds were reset (pve2 after 62 s and pve3 after 70 s); ordered delivery stood still for up to 91 s. Do not run corosync on it. (1 trial)

## Controls

| mode | outcome | in trials | longest without delivery | longest without quorum | reset | blast radius | nearest miss |
| --- | --- | ---: | ---: | ---: | --- | ---: | ---: |
| control/none | undisturbed | 1 of 1 | 0.2 s | – | – | 0 | 50.0 s |

- control without a fault: quorum and ordered delivery held on every node. (1 trial)

## Trials without a verdict

- balance-tlb, trial 4, attempt 1: invalid; It does not count: the canary arrived.

## What ran

- bondproof: 0.1.0
- corosync: 3.1.9
- injector: netem
`);
});

test('text from a device cannot become markup or another cell', (t) => {
  const text = summaryMarkdown(runOf(trialResult(1, 'a|b\n# c <img src=x>')));
  t.true(text.includes('| a\\|b\\\\u{a}\\# c \\<img src=x\\> | undisturbed |'));
});

test('when the fault came is told where that was asked for', (t) => {
  const text = summaryMarkdown(runOf({ ...fastFast, phase: { anchor: 'lacpdu', wantedMs: 500.077, measuredMs: 500.607, errorMs: 0.945 } }, { ...control, phase: { anchor: 'lrm', wantedMs: 2000, measuredMs: null, errorMs: null } }));
  t.true(text.includes(`## When the fault came

- trial 3, 802.3ad with node and switch fast: 0.501 s ± 0.001 s after the victim’s last LACPDU, wanted 0.500 s
- trial 5, control without a fault: 2.000 s after the victim’s last LRM refresh was wanted, not measured

`), text);
  t.false(summaryMarkdown(runOf(fastFast)).includes('When the fault came'));
});

test('findings come first, and predictions stand beside what was measured', (t) => {
  const text = summaryMarkdown(runOf({
    ...fastFast, findings: [{ what: 'no two partitions were quorate at once', found: 'pve1 with pve1 and pve2 with pve2' }],
    predictions: [{ what: 'node stopped', earliestMs: 4900, latestMs: 7100, measuredMs: 9500, within: false, source: 'bond_3ad.c' }, { what: 'reset', earliestMs: 59_000, latestMs: null, measuredMs: null, within: null, source: 'watchdog-mux.c' }],
  }));
  const finding = '- trial 3, 802.3ad with node and switch fast: not so, that no two partitions were quorate at once (pve1 with pve1 and pve2 with pve2)';
  t.true(text.indexOf(finding) > 0 && text.indexOf(finding) < text.indexOf('**Paused and recovered'), text);
  t.true(text.includes('Of 1 predictions 0 came true.'));
  t.true(text.includes('| trial 3, 802.3ad with node and switch fast | node stopped | 4.9 s to 7.1 s | 9.5 s | 2.4 s too late |\n| trial 3, 802.3ad with node and switch fast | reset | 59.0 s or later, if at all | – | – |'), text);
});
