import test from 'ava';
import { claims } from '../../src/claims/index.ts';
import { judgeClaims } from '../../src/claims/verdict.ts';
import { scenarios } from '../../src/scenarios/index.ts';
import { fenced, isolated, partial, stopped, times, trialOf, unaffected } from './evidence.ts';
import type { Evidence } from '../../src/claims/claim.ts';

const outcomeOf = (id: string, ...evidence: readonly Evidence[]): string => judgeClaims(claims.filter((claim) => claim.id === id), evidence)[0]!.outcome;

test('every sentence and every question is there once', (t) => {
  const numbers = (letter: string): readonly string[] => [...new Set(claims.filter(({ id }) => id.startsWith(letter)).map(({ id }) => id.slice(0, 3)))];
  t.deepEqual(numbers('C'), Array.from({ length: 28 }, (_, at) => `C${String(at + 1).padStart(2, '0')}`));
  t.deepEqual(numbers('U'), Array.from({ length: 16 }, (_, at) => `U${String(at + 1).padStart(2, '0')}`));
  t.is(new Set(claims.map(({ id }) => id)).size, claims.length);
});

test('a claim asks for scenarios that there are, speaks of them, and is untested where it asks for none', (t) => {
  for (const { id, cells, basis, covers } of claims) {
    t.is(cells.length === 0, basis === 'untested', id);
    for (const cell of cells) {
      const scenario = scenarios.find(({ name }) => name === cell.scenario);
      t.truthy(scenario, `${id}: ${cell.scenario}`);
      t.true(scenario !== undefined && covers(scenario), `${id}: ${cell.scenario}`);
    }
  }
});

test('without a trial nothing is upheld or refuted', (t) => {
  for (const { claim, outcome } of judgeClaims(claims, [])) t.is(outcome, claim.basis === 'untested' ? 'untested' : 'inconclusive', claim.id);
});

test('trials that do not count decide nothing', (t) => {
  t.is(outcomeOf('C03', trialOf('balance-xor', { ...partial, outcome: 'invalid', valid: false })), 'inconclusive');
});

const cases: readonly (readonly [id: string, outcome: string, evidence: readonly Evidence[]])[] = [
  ['C01', 'upheld', [trialOf('balance-xor')]],
  ['C03', 'upheld', [trialOf('balance-xor', partial)]],
  ['C03', 'inconclusive', [trialOf('balance-xor', unaffected)]],
  ['C04', 'upheld', [...['balance-rr', 'balance-xor', '802.3ad/slow-slow', 'balance-tlb', 'balance-alb'].map((name) => trialOf(name, partial)), trialOf('active-backup/active', isolated), trialOf('broadcast', unaffected)]],
  ['C04', 'inconclusive', [trialOf('balance-rr', partial), trialOf('broadcast', unaffected)]],
  ['C04', 'refuted', [trialOf('balance-rr', partial), trialOf('broadcast', partial)]],
  ['C05', 'upheld', [trialOf('balance-rr', partial)]],
  ['C05', 'inconclusive', [trialOf('balance-rr', unaffected)]],
  ['C06', 'upheld', [trialOf('balance-rr', fenced('pve2'))]],
  ['C06', 'inconclusive', [trialOf('balance-rr', fenced('pve1'))]],
  ['C07', 'upheld', [trialOf('balance-rr', fenced('pve1', 'pve2', 'pve3'))]],
  ['C07', 'inconclusive', [trialOf('balance-rr', fenced('pve2', 'pve3'))]],
  ['C08', 'upheld', times(16, () => trialOf('active-backup/active', isolated))],
  ['C08', 'refuted', [...times(10, () => trialOf('active-backup/active', isolated)), trialOf('active-backup/backup', partial)]],
  ['C09', 'upheld', [trialOf('active-backup/active', { activeSlave: { before: 'eth1', changedMs: null, changedTo: null } })]],
  ['C09', 'inconclusive', [trialOf('active-backup/active', { activeSlave: { before: 'eth1', changedMs: 500, changedTo: 'eth2' } })]],
  ['C10', 'upheld', [trialOf('active-backup/active', { ...fenced('pve1'), ...isolated })]],
  ['C10', 'inconclusive', [trialOf('active-backup/active', isolated)]],
  ['C11a', 'upheld', [trialOf('balance-rr', fenced('pve1'))]],
  ['C11b', 'inconclusive', [trialOf('balance-rr', fenced('pve1')), trialOf('balance-xor', partial)]],
  ['C12', 'upheld', [trialOf('802.3ad/fast-fast', stopped(5700))]],
  ['C12', 'inconclusive', [trialOf('802.3ad/fast-fast', partial)]],
  ['C13', 'upheld', times(10, () => trialOf('802.3ad/fast-fast', { lacpdus: { sentMs: 1000, receivedMs: 1000, switchSilentMs: 3100 } }))],
  ['C13', 'imprecise', [trialOf('802.3ad/fast-fast', { lacpdus: { sentMs: 1000, receivedMs: 1000, switchSilentMs: 4100 } })]],
  ['C14', 'upheld', times(5, () => trialOf('802.3ad/slow-slow', { lacpdus: { sentMs: 30_100, receivedMs: 30_100, switchSilentMs: null } }))],
  ['C14', 'refuted', [trialOf('802.3ad/slow-slow', { lacpdus: { sentMs: 1000, receivedMs: 30_100, switchSilentMs: null } })]],
  ['C15', 'imprecise', [trialOf('802.3ad/slow-slow/idle', stopped(78_000))]],
  ['C15', 'refuted', [trialOf('802.3ad/slow-slow/idle', stopped(8000))]],
  ['C17', 'upheld', times(16, () => trialOf('802.3ad/slow-slow', fenced('pve3')))],
  ['C17', 'imprecise', [trialOf('802.3ad/slow-slow', fenced('pve3')), trialOf('802.3ad/slow-slow', stopped(40_000))]],
  ['C18', 'upheld', [trialOf('802.3ad/fast-slow', stopped(78_000)), trialOf('802.3ad/slow-fast/rx-silent', stopped(88_000))]],
  ['C18', 'refuted', [trialOf('802.3ad/fast-slow', stopped(5700)), trialOf('802.3ad/slow-fast/rx-silent', stopped(88_000))]],
  ['C18', 'inconclusive', [trialOf('802.3ad/fast-slow', stopped(78_000))]],
  ['C19', 'upheld', times(6, () => trialOf('802.3ad/fast-slow', { lacpdus: { sentMs: 30_000, receivedMs: 1100, switchSilentMs: null } }))],
  ['C19', 'refuted', [trialOf('802.3ad/fast-slow', { lacpdus: { sentMs: 1000, receivedMs: 30_000, switchSilentMs: null } })]],
  ['C20', 'imprecise', times(10, () => trialOf('802.3ad/fast-fast', stopped(5700)))],
  ['C20', 'upheld', times(10, () => trialOf('802.3ad/fast-fast', stopped(2700)))],
  ['C21', 'upheld', times(16, () => trialOf('802.3ad/fast-fast', stopped(5700)))],
  ['C21', 'refuted', [trialOf('802.3ad/fast-fast', fenced('pve2'))]],
  ['C02', 'upheld', times(12, () => trialOf('802.3ad/slow-slow/second-link-own-nic', unaffected))],
  ['C02', 'refuted', [trialOf('802.3ad/slow-slow/second-link-own-nic', partial)]],
  ['C22', 'upheld', [trialOf('802.3ad/slow-slow/second-link-same-bond', partial)]],
  ['C22', 'inconclusive', [trialOf('802.3ad/slow-slow/second-link-same-bond', unaffected)]],
  ['C23', 'upheld', times(12, () => trialOf('802.3ad/slow-slow/second-link-own-nic', unaffected))],
  ['C23', 'refuted', [trialOf('802.3ad/slow-slow/second-link-own-nic', fenced('pve2'))]],
  ['C24', 'upheld', ['802.3ad/slow-slow', 'balance-xor'].flatMap((name) => times(6, () => trialOf(`${name}/second-link-own-nic-first`, unaffected)))],
  ['C24', 'inconclusive', times(6, () => trialOf('802.3ad/slow-slow/second-link-own-nic-first', unaffected))],
  ['C24', 'refuted', [trialOf('balance-xor/second-link-own-nic-first', partial)]],
  ['C24', 'inconclusive', [trialOf('802.3ad/slow-slow/second-link-own-nic', partial)]],
  ['C28', 'upheld', [trialOf('balance-tlb', partial)]],
  ['C16', 'untested', [trialOf('balance-tlb', fenced('pve2'))]],
  ['U12', 'answered', [trialOf('balance-xor/5-nodes'), trialOf('balance-xor/2-nodes-qdevice', fenced('pve2'), ['pve1', 'pve2'])]],
  ['U11', 'answered', [trialOf('802.3ad/fast-fast/two-switches', isolated)]],
  ['U16', 'answered', [trialOf('802.3ad/slow-slow/second-link-own-nic/rr', unaffected)]],
  ['U14', 'answered', [trialOf('broadcast', { recoveryMs: 10_000 })]],
];

for (const [id, outcome, evidence] of cases) test(`${id} is ${outcome} by ${evidence.length} of ${evidence.map(({ scenario }) => scenario.name).slice(0, 2).join(', ')}${evidence.some(({ result }) => result.fenced.length > 0) ? ', reset' : ''} (${evidence[0]?.result.number})`, (t) => {
  t.is(outcomeOf(id, ...evidence), outcome);
});

test('a verdict says where settings differ, and not where they agree', (t) => {
  const eight = ['pve1', 'pve2', 'pve3', 'pve4', 'pve5', 'pve6', 'pve7', 'pve8'];
  const [differs] = judgeClaims(claims.filter(({ id }) => id === 'C21'), [...times(16, () => trialOf('802.3ad/fast-fast', stopped(5700))), trialOf('802.3ad/fast-fast', fenced('pve2'), eight)]);
  t.deepEqual(differs?.differs.map(({ nodes, outcome }) => [nodes, outcome]), [[3, 'upheld'], [8, 'refuted']]);
  const [agrees] = judgeClaims(claims.filter(({ id }) => id === 'C03'), [trialOf('balance-xor', partial), trialOf('balance-xor', partial, eight)]);
  t.deepEqual(agrees?.differs, []);
  const on = (dialect: string, trial: Evidence): Evidence => ({ ...trial, lab: { ...trial.lab, switch: { ...trial.lab.switch, dialect } } });
  const engines = (...dialects: readonly [string, string]) => judgeClaims(claims.filter(({ id }) => id === 'C21'), [...times(16, () => on(dialects[0], trialOf('802.3ad/fast-fast', stopped(5700)))), on(dialects[1], trialOf('802.3ad/fast-fast', fenced('pve2')))])[0]?.differs.map(({ engine }) => engine);
  t.deepEqual(engines('linux', 'teamd'), ['linux', 'teamd']);
  // How its ports are configured makes no engine.
  t.deepEqual(engines('linux', 'cumulus'), []);
});

test('laws are corrected for their number: what upholds one of them alone may not uphold several', (t) => {
  const [alone] = judgeClaims(claims.filter(({ id }) => id === 'C21'), times(16, () => trialOf('802.3ad/fast-fast', stopped(5700))));
  t.like(alone, { outcome: 'upheld' });
  const few = claims.filter(({ id }) => id === 'C21').map((claim) => ({ ...claim, judge: (trials: readonly Evidence[]) => ({ ...claim.judge([...trials, ...trials, ...trials, ...trials]), pValue: 0.03 }) }));
  const [first, second] = judgeClaims([...few, ...few], times(4, () => trialOf('802.3ad/fast-fast', stopped(5700))));
  t.deepEqual([first?.outcome, second?.outcome], ['inconclusive', 'inconclusive']);
  t.regex(first!.sentence, /not enough among 2 such claims/);
});

test('over two switches it is told when all heard each other again, which is later than when the NIC was out of use', (t) => {
  const sentenceOf = (...evidence: readonly Evidence[]): string => judgeClaims(claims.filter(({ id }) => id === 'U11'), evidence)[0]!.sentence;
  const back = stopped(9500);
  const later = { ...back, darkPairs: back.darkPairs!.map((pair) => ({ ...pair, toMs: 12_900 })) };
  t.regex(sentenceOf(trialOf('802.3ad/fast-fast/two-switches', later)), /two-switches: .*NIC out of use after 9\.5 s, .*, all heard each other again after 12\.9 s\.$/);
  t.notRegex(sentenceOf(trialOf('802.3ad/fast-fast/two-switches', partial)), /heard each other again/);
});
