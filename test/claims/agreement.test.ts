import test from 'ava';
import { agreementOf } from '../../src/claims/agreement.ts';
import { claims } from '../../src/claims/index.ts';
import type { Evidence } from '../../src/claims/claim.ts';
import { agreementText } from '../../src/report/verification.ts';
import { stopped, trialOf } from './evidence.ts';

const stops = (...values: readonly number[]): readonly Evidence[] => values.map((ms) => trialOf('802.3ad/fast-fast', stopped(ms)));
const some = [5100, 5300, 5400, 5500, 5600, 5700, 5800, 5900];
const stop = (first: readonly Evidence[], second: readonly Evidence[]) => agreementOf(claims, first, second).quantities.find(({ what }) => what.includes('LACP'));

test('medians that lie within the margin are equivalent', (t) => {
  t.like(stop(stops(...some), stops(...some.map((ms) => ms + 100))), { verdict: 'equivalent', marginMs: 1000, counts: [8, 8] });
});

test('medians that lie apart are different, and few values leave it open', (t) => {
  t.is(stop(stops(...some), stops(...some.map((ms) => ms + 3000)))?.verdict, 'different');
  t.is(stop(stops(5500, 5600), stops(5500, 5600))?.verdict, 'undecided');
});

test('claims are compared where both have decided, the rest is listed', (t) => {
  const { verdicts, notCompared } = agreementOf(claims.filter(({ id }) => ['C12', 'C20', 'C16'].includes(id)), stops(...some, 5700, 5700), [...stops(...some), trialOf('broadcast')]);
  t.deepEqual(verdicts.map(({ claim, agrees }) => [claim.id, agrees]), [['C12', true], ['C20', true]]);
  t.deepEqual(notCompared, { claims: [], scenarios: ['broadcast'] });
  t.deepEqual(agreementOf(claims.filter(({ id }) => id === 'C08'), [], []).notCompared.claims, ['C08']);
});

test('the text names margins and what was not compared', (t) => {
  const text = agreementText(agreementOf(claims, stops(...some), [...stops(...some), trialOf('broadcast')]), 80);
  t.regex(text, /margin 1\.0 s/);
  t.regex(text, /only one of them has it: broadcast/);
  t.true(text.split('\n').every((line) => line.length <= 80));
});
