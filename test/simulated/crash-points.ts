// All accidents at all effects of a trial, in two halves: each is the test of a file of its own, so that both run at once.

import test from 'ava';

import { doubleAccidents, firstViolation, goldenEffects, singleAccidents } from './enumeration.ts';
import { injectors } from '../../src/model/scenario.ts';
import { otherFaults, twoVictims } from './world.ts';

export const testHalf = (half: 0 | 1): void => {
  const seed = 20_261_125 + half;

  test.serial('whatever goes wrong at any effect, every node is fault-free in time, the lab is whole again, and no void trial counts', async (t) => {
    t.timeout(600_000);
    const effects = await goldenEffects();
    const singles = singleAccidents(effects.length).map((accident) => [accident]).filter((_, n) => n % 2 === half);
    t.true(singles.length > 2000, `only ${singles.length} worlds`);
    t.is(await firstViolation(singles, effects), null);
  });

  test.serial('nor is it otherwise with a lease of the kernel’s, in a quarter of its worlds', async (t) => {
    t.timeout(600_000);
    const effects = await goldenEffects('lease');
    // 27 accidents an effect: each kind at each moment has its turn.
    const singles = singleAccidents(effects.length).map((accident) => [accident]).filter((_, n) => n % 8 === half);
    t.true(singles.length > 600, `only ${singles.length} worlds`);
    t.is(await firstViolation(singles, effects, 'lease'), null);
  });

  test.serial('nor with one way of a cable cut, in an eighth of its worlds', async (t) => {
    t.timeout(600_000);
    const effects = await goldenEffects('cable');
    const singles = singleAccidents(effects.length).map((accident) => [accident]).filter((_, n) => n % 16 === half);
    t.true(singles.length > 300, `only ${singles.length} worlds`);
    t.is(await firstViolation(singles, effects, 'cable'), null);
  });

  for (const scenario of otherFaults) {
    test.serial(`nor with ${scenario.fault}, in a sixteenth of its worlds`, async (t) => {
      t.timeout(600_000);
      const effects = await goldenEffects('netem', scenario);
      // 27 accidents an effect, as above.
      const singles = singleAccidents(effects.length).map((accident) => [accident]).filter((_, n) => n % 32 === half);
      t.true(singles.length > 150, `only ${singles.length} worlds`);
      t.is(await firstViolation(singles, effects, 'netem', scenario), null);
    });
  }

  for (const injector of injectors) {
    test.serial(`nor with two victims, by ${injector}, in an eighth of its worlds`, async (t) => {
      t.timeout(600_000);
      const effects = await goldenEffects(injector, twoVictims);
      // 27 accidents an effect, as above.
      const singles = singleAccidents(effects.length).map((accident) => [accident]).filter((_, n) => n % 16 === half);
      t.true(singles.length > 300, `only ${singles.length} worlds`);
      t.is(await firstViolation(singles, effects, injector, twoVictims), null);
    });
  }

  test.serial(`nor do two accidents in one world, chosen by seed ${seed}`, async (t) => {
    t.timeout(600_000);
    const effects = await goldenEffects();
    t.is(await firstViolation(doubleAccidents(effects.length, { seed, worlds: 400 }), effects), null);
  });
};
