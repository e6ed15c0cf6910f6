import test from 'ava';
import { asRoot } from '../../../src/worlds/building/privileges.ts';

test('whoever builds, nothing stays mounted and nothing runs on', (t) => {
  for (const uid of [0, 1000]) {
    t.like(Object.fromEntries(asRoot(uid).map((word) => [word, true])), { '--mount': true, '--pid': true, '--kill-child=KILL': true });
  }
});

test('root stays the root of the host, a plain user becomes root of a user namespace', (t) => {
  t.false(asRoot(0).includes('--user'));
  t.true(asRoot(1000).includes('--user') && asRoot(1000).includes('--map-auto'));
});
