import test from 'ava';
import { compareTrials } from '../../src/analysis/agreement.ts';
import type { Body, Event } from '../../src/model/event.ts';
import { recordOf, scenario802, type Story } from './timeline-builder.ts';

type Also = readonly [atS: number, by: string, body: Body];

const fast: Partial<typeof scenario802> = { name: '802.3ad/fast-fast', bond: { ...scenario802.bond, lacpRate: 'fast' }, ports: { kind: 'lacp', rate: 'fast' }, ha: 'idle' };

interface Times {
  readonly expiredS: number; readonly defaultedS: number; readonly stoppedS: number;
  readonly knetS: number | null; readonly tokenS: number | null; readonly memberS: number; readonly outS: number; readonly pauseS: number;
}
const usual: Times = { expiredS: 2.8, defaultedS: 5.6, stoppedS: 5.8, knetS: 1.6, tokenS: 3.4, memberS: 7.3, outS: 4.6, pauseS: 10.3 };

const lacp = (atS: number, actor: number, partner: number): Also => [atS, 'pve1', { type: 'lacp-changed', slave: 'eth1', actor, partner }];

/** A trial of fast LACP on both sides in which all that is compared happened. */
const record = (change: Partial<Times> = {}, story: Partial<Story> = {}): readonly Event[] => {
  const { expiredS, defaultedS, stoppedS, knetS, tokenS, memberS, outS, pauseS } = { ...usual, ...change };
  return recordOf({
    scenario: fast, revertS: 60, dark: [{ from: 'pve1', to: 'pve3', fromS: 0, toS: stoppedS }], undelivered: [{ node: 'pve1', fromS: 2, toS: 2 + pauseS }],
    also: [
      lacp(-9, 0x3f, 0x3f), lacp(expiredS, 0x3f, 0x8f), lacp(defaultedS, 0x3f, 0x47), lacp(stoppedS, 0x0f, 0x47),
      ...knetS === null ? [] : [[knetS, 'pve3', { type: 'knet-link-changed', peer: 'pve1', link: 0, up: false }] as const],
      ...tokenS === null ? [] : [[tokenS, 'pve2', { type: 'token-lost', timeoutMs: 3125 }] as const],
      [memberS, 'pve1', { type: 'membership-formed', ring: '1.20', joined: [], left: [] }],
      [memberS, 'pve1', { type: 'quorum-changed', quorate: false }], [memberS + outS, 'pve1', { type: 'quorum-changed', quorate: true }],
      [61, 'harness', { type: 'compared', device: 'pve1', before: 'a', after: 'a' }],
    ],
    ...story,
  });
};

const differing = (other: readonly Event[], first: readonly Event[] = record()): readonly string[] => compareTrials([first, other]).filter(({ agrees }) => !agrees).map(({ what, values }) => `${what}: ${values.join(', ')}`);

test('a trial agrees with itself in every quantity, each with its values and its tolerance', (t) => {
  t.deepEqual(compareTrials([record(), record()]).map(({ what, values, tolerance, agrees }) => [what, values[0], values[1] === values[0], tolerance, agrees]), [
    ['the fault was proven', 'yes', true, 'must be yes', true],
    ['undone, and as before', 'yes', true, 'must be yes', true],
    ['outcome', 'disturbed', true, 'must be the same', true],
    ['class', 'partial', true, 'must be the same', true],
    ['dark pairs', 'pve1 → pve3', true, 'must be the same', true],
    ['the last dark pair heard again', '5.8 s', true, 'may be 5.3 s apart', true],
    ['LACP: switch expired', '2.8 s', true, 'may be 2.3 s apart', true],
    ['LACP: switch defaulted', '5.6 s', true, 'may be 2.3 s apart', true],
    ['LACP: NIC out of use', '5.8 s', true, 'may be 5.3 s apart', true],
    ['corosync: first knet link down', '1.6 s', true, 'may be 1.6 s apart', true],
    ['corosync: last token', '0.3 s', true, 'may be 3.1 s apart', true],
    ['corosync: first token lost', '3.4 s', true, 'may be 3.1 s apart', true],
    ['corosync: first membership', '7.3 s', true, 'may be 6.9 s apart', true],
    ['longest out of quorum', '4.6 s', true, 'may be 12.2 s apart', true],
    ['longest without delivery', '10.5 s', true, 'may be 14.2 s apart', true],
  ]);
});

test('within the tolerances two trials agree', (t) => {
  t.deepEqual(differing(record({ expiredS: 1.8, defaultedS: 4.6, stoppedS: 4.9, knetS: 2.5, tokenS: 5, memberS: 12, outS: 1, pauseS: 18 })), []);
});

const apart: readonly (readonly [what: string, change: Partial<Times>, found: readonly string[]])[] = [
  ['the switch expires later', { expiredS: 5.2 }, ['LACP: switch expired: 2.8 s, 5.2 s']],
  ['the switch defaults sooner', { defaultedS: 3.2 }, ['LACP: switch defaulted: 5.6 s, 3.2 s']],
  ['the NIC goes out of use later', { stoppedS: 11.3 }, ['the last dark pair heard again: 5.8 s, 11.3 s', 'LACP: NIC out of use: 5.8 s, 11.3 s']],
  ['knet notices later', { knetS: 3.3 }, ['corosync: first knet link down: 1.6 s, 3.3 s']],
  ['knet notices nothing', { knetS: null }, ['corosync: first knet link down: 1.6 s, not seen']],
  ['the token is lost later', { tokenS: 6.7 }, ['corosync: last token: 0.3 s, 3.6 s', 'corosync: first token lost: 3.4 s, 6.7 s']],
  ['the token is not lost', { tokenS: null }, ['corosync: last token: 0.3 s, not seen', 'corosync: first token lost: 3.4 s, not seen']],
  ['a membership forms later', { memberS: 14.4 }, ['corosync: first membership: 7.3 s, 14.4 s']],
  ['quorum is out for longer', { outS: 17 }, ['longest out of quorum: 4.6 s, 17.0 s']],
  ['delivery pauses for longer', { pauseS: 25 }, ['longest without delivery: 10.5 s, 25.1 s']],
];

for (const [what, change, found] of apart) {
  test(`where ${what}, beyond the tolerance, that differs and nothing else`, (t) => {
    t.deepEqual(differing(record(change)), found);
    t.deepEqual(differing(record(), record(change)).length, found.length, 'either way round');
  });
}

test('a node that its switch does not tell waits for its own time-out: three seconds more are no difference, nor is a word that was not said', (t) => {
  const untold = record({ stoppedS: 8.8 }).filter((event) => event.type !== 'lacp-changed' || event.partner !== 0x47 || event.actor === 0x0f)
    .map((event) => event.type === 'lacp-changed' && event.actor === 0x0f ? { ...event, partner: 0x8f } : event);
  t.deepEqual(compareTrials([record(), untold]).find(({ what }) => what === 'LACP: switch defaulted')?.values, ['5.6 s', 'not seen']);
  t.deepEqual(differing(untold), []);
});

test('another pair that is dark, and another outcome, differ', (t) => {
  t.deepEqual(differing(record({}, { dark: [{ from: 'pve1', to: 'pve2', fromS: 0, toS: 5.8 }] })), ['dark pairs: pve1 → pve3, pve1 → pve2']);
  t.true(differing(record({ memberS: 58, outS: 10 })).includes('outcome: disturbed, isolated'));
});

test('what nobody saw in either agrees', (t) => {
  t.deepEqual(differing(record({ knetS: null, tokenS: null }), record({ knetS: null, tokenS: null })), []);
});

test('a fault that was not proven, or not undone, or left something, never agrees, although both are alike', (t) => {
  const unproven = record({}, { canaryPasses: () => true });
  t.regex(differing(unproven, unproven)[0]!, /^the fault was proven: It does not count, for this was not so: no canary arrived/);
  const different = record().map((event): Event => event.type === 'compared' ? { ...event, after: 'b' } : event);
  t.deepEqual(differing(different, different), ['undone, and as before: not as before, not as before']);
  const uncompared = record().filter(({ type }) => type !== 'compared');
  t.deepEqual(differing(uncompared, uncompared), ['undone, and as before: not compared, not compared']);
  t.true(differing(record().filter(({ type }) => type !== 'fault-reverted')).includes('undone, and as before: yes, not reverted'));
});

test('one trial alone has to be proven and undone, and no trial at all is no pass', (t) => {
  t.deepEqual(compareTrials([record()]).map(({ what, values, agrees }) => [what, values, agrees]), [['the fault was proven', ['yes'], true], ['undone, and as before', ['yes'], true]]);
  t.true(compareTrials([[]]).every(({ agrees }) => !agrees));
  t.true(compareTrials([]).every(({ agrees }) => !agrees));
});

test('slow rates and modes without LACP have tolerances of their own', (t) => {
  const tolerance = (scenario: Story['scenario'], what: string): string => compareTrials([record({}, { ...scenario && { scenario } }), record()]).find((each) => each.what === what)!.tolerance;
  t.is(tolerance({ ...fast, bond: { ...scenario802.bond, lacpRate: 'fast' }, ports: { kind: 'lacp', rate: 'slow' } }, 'LACP: NIC out of use'), 'may be 34.3 s apart');
  t.is(tolerance({ ...fast, bond: { mode: 'balance-xor', xmitHashPolicy: 'layer2', miimonMs: 100 }, ports: { kind: 'static' } }, 'the last dark pair heard again'), 'may be 0.3 s apart');
});
