// A program: lives through simulated worlds with one guard of the safety net deleted, until something does not hold.
// Prints what that was; nothing when nobody noticed.

import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

import { mutants } from './mutants.ts';

const { file, original, mutated, soonest } = mutants[Number(process.argv[2])]!;
const source = readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8');
if (source.split(original).length !== 2) throw new Error(`src/${file} does not hold exactly one ${JSON.stringify(original)}`);

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    return url.endsWith(`/src/${file}`) ? { ...loaded, source: source.replace(original, mutated) } : loaded;
  },
});
// What a mutant leaves behind unhandled is as good as a violation.
process.on('unhandledRejection', (error) => {
  console.log(`unhandled: ${String(error)}`);
  process.exit();
});

const { accidentText, goldenEffects, singleAccidents, violationsIn } = await import('./enumeration.ts');
const { nullScenario } = await import('./world.ts');
const effects = await goldenEffects();
const singles = singleAccidents(effects.length);
/** Coprime to any count of accidents here: all kinds and places early, and every one in the end. */
const stride = 2039;
const order = singles.map((_, n) => singles[n * stride % singles.length]!).toSorted((a, b) => Number(b.misfortune === soonest) - Number(a.misfortune === soonest));
for (const [n, accident] of order.entries()) {
  // Some guards show in the null control alone: there a fault that is gone looks like one that is there.
  const [violation] = await violationsIn([accident], n % 4 === 3 ? nullScenario : undefined);
  if (violation === undefined) continue;
  console.log(`world ${n}: ${accidentText([accident], effects)}: ${violation}`);
  break;
}
