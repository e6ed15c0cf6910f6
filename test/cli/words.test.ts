import test from 'ava';
import { phaseOption } from '../../src/cli/words.ts';
import { exitCodes, Problem } from '../../src/model/problem.ts';
import { findScenarios } from '../../src/scenarios/index.ts';

const draw = { seed: 7, number: 1, repetition: 1, repeat: 4 };

test('without --phase there is none', (t) => {
  t.is(phaseOption(undefined, findScenarios(['balance-rr'])), null);
});

test('--phase gives each scenario an instant of its own period', (t) => {
  const [slow, fast] = findScenarios(['802.3ad/fast-slow', '802.3ad/slow-fast']);
  const phaseOf = phaseOption('lacpdu', [slow!, fast!])!;
  t.true(phaseOf(fast!, draw).afterMs < 250);
  t.is(Math.round(phaseOf(slow!, draw).afterMs / 30), Math.round(phaseOf(fast!, draw).afterMs), 'drawn alike');
  t.deepEqual(phaseOption('lrm+3s', [slow!])!(slow!, draw), { anchor: 'lrm', afterMs: 3000 });
});

for (const [value, names, words] of [
  ['lacpdu+3', ['802.3ad/fast-fast'], /^--phase lacpdu\+3: not a phase\n  right would be: lacpdu or lrm, or one of them with seconds/],
  ['lacpdu', ['802.3ad/fast-fast', 'balance-rr', 'broadcast'], /^--phase lacpdu: no LACP in balance-rr, broadcast\n  right would be: scenarios of 802\.3ad/],
  ['lacpdu+1s', ['802.3ad/slow-slow', '802.3ad/fast-fast'], /^--phase lacpdu\+1s: the next lacpdu comes 1 s after the last in 802\.3ad\/fast-fast\n  right would be: less than 1 s/],
  ['lacpdu+30.5s', ['802.3ad/slow-slow'], /^--phase lacpdu\+30\.5s: the next lacpdu comes 30 s after/],
  ['lrm+12s', ['balance-rr'], /^--phase lrm\+12s: the next lrm comes 10 s after the last in balance-rr/],
] as const) {
  test(`--phase ${value} of ${names.join(', ')} is a mistake in usage`, (t) => {
    const told = t.throws(() => phaseOption(value, findScenarios(names)), { instanceOf: Problem, message: words });
    t.is(told.parts.exitCode, exitCodes.usage);
  });
}

test('--phase lrm where HA is idle is one, too', (t) => {
  const scenario = { ...findScenarios(['balance-rr'])[0]!, ha: 'idle' as const };
  t.throws(() => phaseOption('lrm', [scenario]), { instanceOf: Problem, message: /^--phase lrm: HA idle in balance-rr\n/ });
});
