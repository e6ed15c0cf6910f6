import test from 'ava';
import { compare } from '../../src/model/corner.ts';

const bounds = { least: 100, most: 200 };
const cases = [
  [150, 10, true, 0], [110, 10, true, 0], [105, 10, null, 10], [100, 10, null, 20], [95, 10, null, 10], [90, 10, false, 0], [50, 10, false, 0],
  [195, 10, null, 10], [210, 10, false, 0], [150, 60, null, 20], [100, 0, true, 0], [99, 0, false, 0],
] as const;

for (const [value, error, holds, narrowerBy] of cases) {
  test(`${value} +- ${error} lies within 100 to 200: ${String(holds)}`, (t) => t.deepEqual(compare(value, error, bounds), { holds, narrowerBy }));
}

test('without an end it cannot be too late', (t) => {
  t.deepEqual(compare(1e9, 5, { least: 100, most: null }), { holds: true, narrowerBy: 0 });
});
