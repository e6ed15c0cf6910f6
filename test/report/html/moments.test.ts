import test from 'ava';
import { momentsOf } from '../../../src/report/html/moments.ts';
import { viewOf } from '../../../src/report/html/view.ts';
import { goldenRun, goldenTrials } from '../golden.ts';

const told = (index: number): readonly string[] => {
  const view = viewOf(goldenRun.trials[index]!, goldenTrials[index]!.events);
  return momentsOf(view).map(({ atMs, words, nodes, times }) => `${(atMs / 1000).toFixed(1)} ${words}${nodes.length > 0 ? ` [${nodes.join(' ')}]` : ''}${times > 1 ? ` x${times}` : ''}`);
};

test('what happened is told in order, together where it happened together', (t) => {
  t.deepEqual(told(2), [
    '0.0 fault injected on pve1-eth1: tx-silent',
    '1.5 knet link to pve2 down [pve1] x2',
    '1.6 knet link to pve1 down [pve2 pve3]',
    '3.3 token lost (3.1 s without it) [pve1 pve2 pve3]',
    '7.2 new membership formed [pve1 pve2 pve3]',
    '7.3 out of quorum [pve1]',
    '10.2 HA lock lost [pve1]',
    '46.4 watchdog about to expire [pve1]',
    '56.3 watchdog expired: the point of no return [pve1]',
    '67.9 reset [pve1]',
    '100.0 fault taken away',
    '101.9 quorate again [pve1]',
    '112.0 back [pve1]',
    '134.8 lab whole again, 34.8 s after the revert',
  ]);
});

test('of a trial without a fault there is nothing to tell', (t) => {
  const events = goldenTrials[0]!.events.filter(({ type }) => type !== 'fault-applied');
  t.deepEqual(momentsOf(viewOf(goldenRun.trials[0]!, events)), []);
});
