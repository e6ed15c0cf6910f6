import test from 'ava';
import { reportFiles } from '../../src/report/index.ts';
import { goldenRun, goldenTrials } from './golden.ts';

test('a run gives its five reports, and each trial its captures and journals in its folder', (t) => {
  const files = reportFiles(goldenRun, goldenTrials.slice(0, 2));
  t.deepEqual(files.map(({ path }) => path), [
    'run.json', 'report.html', 'junit.xml', 'summary.md', 'metrics.csv',
    'trials/01-802.3ad-slow-slow/pve1-eth1.lacp.pcap', 'trials/01-802.3ad-slow-slow/pve1.journal.txt', 'trials/01-802.3ad-slow-slow/pve2.journal.txt', 'trials/01-802.3ad-slow-slow/pve3.journal.txt',
    'trials/02-balance-rr/pve2.journal.txt', 'trials/02-balance-rr/pve3.journal.txt',
  ]);
});

test('the same record gives the same bytes', (t) => {
  t.deepEqual(reportFiles(goldenRun, goldenTrials), reportFiles(structuredClone(goldenRun), structuredClone(goldenTrials)));
});
