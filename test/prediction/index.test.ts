import test from 'ava';
import { predictedWhats } from '../../src/model/result.ts';
import { predictionsOf } from '../../src/prediction/index.ts';
import { lacp, situation } from './situation.ts';

const whats = (at: Parameters<typeof predictionsOf>[0]): readonly string[] => predictionsOf(at).map(({ what }) => what);

test('all that applies is predicted, in the order of reading', (t) => {
  t.deepEqual(whats(lacp('slow', 'slow')), predictedWhats);
  t.deepEqual(whats(situation()), predictedWhats.slice(3));
  t.deepEqual(whats(situation({ darkPeers: null })), ['point of no return', 'reset']);
  t.deepEqual(whats(situation({ scenario: { fault: 'none' } })), []);
});

test('each names the file that it follows from', (t) => {
  for (const { source } of predictionsOf(lacp('fast', 'fast'))) t.regex(source, /\.c\b/);
});
