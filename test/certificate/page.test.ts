import test from 'ava';

import { certificateJson, certificateOf, type Basis } from '../../src/certificate/certificate.ts';
import { certificatePage } from '../../src/certificate/page.ts';
import { planText, wantedFor } from '../../src/certificate/plan.ts';
import { cells } from '../../src/certificate/profile.ts';
import type { Trial } from '../../src/certificate/tests.ts';
import { trialOf } from '../claims/evidence.ts';

const conduct = { expiredAfter: 3300, stateAtExpired: 0x8f, defaultedAfter: null, stateAtDefaulted: null, forwardsWhileExpired: true, longestGap: 1100, rejoinedAfter: 12_000, restored: true };
const trial = (scenario: string, result: Parameters<typeof trialOf>[1] = {}): Trial => ({ ...trialOf(scenario, result), conduct, survey: null });

const basis = (more: Partial<Basis> = {}): Basis => ({
  plan: 'SHA256:plan', seed: 7, issuedOn: '2026-02-28', signer: 'SHA256:signer', redactionOf: null, simulated: [], profileSha256: 'abc', trials: [], holderEnds: [], ofOtherPlans: 0, about: {}, lab: { name: 'rack', world: 'ssh' }, ...more,
});

test('it expires after 24 months, on a day that there is', (t) => {
  t.is(certificateOf(basis()).expiresOn, '2028-02-28');
  t.is(certificateOf(basis({ issuedOn: '2024-02-29' })).expiresOn, '2026-02-28');
  t.is(certificateOf(basis({ issuedOn: '2026-12-31' })).expiresOn, '2028-12-31');
});

test('without trials there is no grade, and the page says why', (t) => {
  const certificate = certificateOf(basis());
  t.is(certificate.grade, null);
  const page = certificatePage(certificate);
  t.regex(page, /no grade/);
  t.regex(page, /has 0 of 59 valid trials/);
  t.is([...page.matchAll(/<i>not tested<\/i>/g)].length, 17);
});

test('an embedded lab is marked, a real one is not', (t) => {
  t.regex(certificatePage(certificateOf(basis({ simulated: ['the switch is a Linux bridge'] }))), /Engine, not product\.<\/b> The switch is a Linux bridge\./);
  t.true(certificateOf(basis({ lab: { name: 'x', world: 'timewarp' } })).engineOnly);
  t.notRegex(certificatePage(certificateOf(basis())), /Engine, not product/);
});

test('what deviates is named: tests, trials that do not count, those of other plans', (t) => {
  const { deviations } = certificateOf(basis({ ofOtherPlans: 2, trials: [trial('802.3ad/fast-fast', { valid: false, outcome: 'invalid' }), trial('802.3ad/fast-fast')] }));
  t.true(deviations.some((text) => text.startsWith('C11 was not tested: ')));
  t.true(deviations.some((text) => text.startsWith('C6 failed: no LACPDU said DEFAULTED')));
  t.true(deviations.includes('1 of 2 trials do not count: they could not prove their fault or their observers.'));
  t.true(deviations.includes('2 trials are of another plan and do not count.'));
});

test('the words of devices do not steer the page, and JSON says what had no end', (t) => {
  const hostile = certificateOf(basis({ about: { kernel: ['</main><script>alert(1)</script>'] }, simulated: ['<!-- signature {"x"} -->'], trials: [trial('control/none')] }));
  const page = certificatePage(hostile);
  t.notRegex(page, /<script|<!-- signature/);
  t.regex(certificateJson(hostile), /"most":"without end"/);
  t.deepEqual(certificatePage(hostile), page);
});

test('a plan is what its seed and its profile make it', (t) => {
  t.is(planText({ seed: 7, profileSha256: 'a' }), planText({ seed: 7, profileSha256: 'a' }));
  t.not(planText({ seed: 7, profileSha256: 'a' }), planText({ seed: 8, profileSha256: 'a' }));
  t.not(planText({ seed: 7, profileSha256: 'a' }), planText({ seed: 7, profileSha256: 'b' }));
});

test('what is missing is wanted: each part of each cell that has no valid trial', (t) => {
  t.is(wantedFor([]).length, cells.reduce((sum, { trials }) => sum + trials, 0));
  t.deepEqual(wantedFor([]).slice(0, 2).map(({ scenario, repetition }) => [scenario, repetition]), [['802.3ad/fast-fast', 1], ['802.3ad/fast-fast/switch-tx-silent', 1]]);
  const some = [trial('control/none', { repetition: 3 }), trial('control/none', { repetition: 5, valid: false, outcome: 'invalid' })];
  t.deepEqual(wantedFor(some).filter(({ scenario }) => scenario === 'control/none').map(({ repetition }) => repetition), [1, 2, 4, 5, 6, 7, 8, 9, 10]);
  const hopeless = Array.from({ length: 4 }, () => trial('control/none', { valid: false, outcome: 'invalid' }));
  t.false(wantedFor(hopeless).some(({ scenario }) => scenario === 'control/none'));
});
