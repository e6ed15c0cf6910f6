import test from 'ava';
import fc from 'fast-check';
import { anchors, parsePhase, periodMs, phaseOfTrial, phaseWords, type PhaseWish } from '../../src/model/phase.ts';
import { paperScenario } from '../harness/paper-lab.ts';

test('an anchor, or an instant after it', (t) => {
  t.deepEqual(parsePhase('lacpdu'), { anchor: 'lacpdu', afterMs: null });
  t.deepEqual(parsePhase('lrm'), { anchor: 'lrm', afterMs: null });
  t.deepEqual(parsePhase('lacpdu+12.5s'), { anchor: 'lacpdu', afterMs: 12_500 });
  t.deepEqual(parsePhase('lrm+3s'), { anchor: 'lrm', afterMs: 3000 });
  t.deepEqual(parsePhase('lacpdu+0s'), { anchor: 'lacpdu', afterMs: 0 });
});

test('nothing else is a phase', (t) => {
  for (const text of ['', 'lacp', 'lacpdu+', 'lacpdu+3', 'lacpdu+3ms', 'lacpdu-3s', 'lacpdu+-3s', 'lacpdu+.5s', 'lacpdu+1e3s', 'lacpdu+3s ', ' lrm', 'LRM', 'lrm+3s\n', 'lrm+0.1234567s', 'lrm+1234567s']) t.is(parsePhase(text), null, JSON.stringify(text));
});

const wishes: fc.Arbitrary<PhaseWish> = fc.record({ anchor: fc.constantFrom(...anchors), afterMs: fc.option(fc.integer({ min: 0, max: 999_999_999_999 }).map((us) => us / 1000)) });

test('what is said of a phase is read as the same', (t) => {
  t.notThrows(() => { fc.assert(fc.property(wishes, (wish) => { t.deepEqual(parsePhase(phaseWords(wish)), wish); })); });
});

test('any text is a phase that says itself, or none', (t) => {
  const texts = fc.oneof(fc.string(), fc.stringMatching(/^(lacpdu|lrm)?\+?[\d.]{0,9}m?s?$/));
  t.notThrows(() => { fc.assert(fc.property(texts, (text) => {
    const wish = parsePhase(text);
    if (wish !== null) t.deepEqual(parsePhase(phaseWords(wish)), wish);
  })); });
});

test('the switch asks how often the node sends, and the LRM has a round of its own', (t) => {
  const bond = { mode: '802.3ad', lacpRate: 'slow', xmitHashPolicy: 'layer2', miimonMs: 100 } as const;
  t.is(periodMs('lacpdu', paperScenario({ bond, ports: { kind: 'lacp', rate: 'fast' } })), 1000);
  t.is(periodMs('lacpdu', paperScenario({ bond: { ...bond, lacpRate: 'fast' }, ports: { kind: 'lacp', rate: 'slow' } })), 30_000);
  t.is(periodMs('lacpdu', paperScenario({ bond: { ...bond, mode: 'balance-xor' }, ports: { kind: 'static' } })), null);
  t.is(periodMs('lacpdu', paperScenario({ ports: { kind: 'static' } })), null);
  t.is(periodMs('lrm', paperScenario()), 10_000);
  t.is(periodMs('lrm', paperScenario({ ha: 'rehearse' })), 10_000);
  t.is(periodMs('lrm', paperScenario({ ha: 'idle' })), null);
});

test('every repetition falls into its own part of the period', (t) => {
  const draws = fc.record({ period: fc.constantFrom(1000, 10_000, 30_000), repeat: fc.integer({ min: 1, max: 10_000 }), seed: fc.nat(2 ** 32 - 1), first: fc.nat(1000) })
    .chain((draw) => fc.record({ draw: fc.constant(draw), repetition: fc.integer({ min: 1, max: draw.repeat }) }));
  t.notThrows(() => { fc.assert(fc.property(draws, ({ draw: { period, repeat, seed, first }, repetition }) => {
    const { afterMs } = phaseOfTrial({ anchor: 'lacpdu', afterMs: null }, period, { seed, number: first + repetition, repetition, repeat });
    // In whole microseconds and products, which doubles hold exactly.
    const us = Math.round(afterMs * 1000);
    t.is(us / 1000, afterMs);
    t.true(us * repeat >= (repetition - 1) * period * 1000 && us * repeat < repetition * period * 1000, `${us} us in part ${repetition} of ${repeat}`);
  })); });
});

test('the same seed and number give the same phase, others another', (t) => {
  const draw = { seed: 7, number: 3, repetition: 1, repeat: 1 };
  const phase = (over: Partial<typeof draw>): number => phaseOfTrial({ anchor: 'lrm', afterMs: null }, 10_000, { ...draw, ...over }).afterMs;
  t.is(phase({}), phase({}));
  t.not(phase({}), phase({ seed: 8 }));
  t.not(phase({}), phase({ number: 4 }));
});

test('an instant that is given is that of every repetition', (t) => {
  t.deepEqual(phaseOfTrial({ anchor: 'lrm', afterMs: 2500 }, 10_000, { seed: 7, number: 3, repetition: 2, repeat: 4 }), { anchor: 'lrm', afterMs: 2500 });
});
