import test from 'ava';
import fc from 'fast-check';
import { plainAddress } from '../../src/model/address.ts';
import { hookPattern, hooksOf, neighbourHooks, optionsBy, targetsOf } from '../../src/model/bond-hooks.ts';
import { arpValidations, type BondConfig, type BondOptions } from '../../src/model/scenario.ts';

const config = (options?: BondOptions): BondConfig => ({ mode: '802.3ad', xmitHashPolicy: 'layer2', miimonMs: 100, ...options && { options } });

const lines: readonly (readonly [options: BondOptions | undefined, lines: readonly string[]])[] = [
  [undefined, []],
  [{ minLinks: 2 }, []],
  [{ coupledControl: 'off' }, ['pre-up ip link set bond0 type bond coupled_control off']],
  [{ tlbDynamicLb: 0 }, ['pre-up ip link set bond0 type bond tlb_dynamic_lb 0']],
  [{ arpMonitor: { intervalMs: 250, targets: 'peers', validate: 'all' } }, ['pre-up ip link set bond0 type bond arp_interval 250 arp_validate all arp_ip_target 10.0.0.2,10.0.0.3']],
];

for (const [options, wanted] of lines) {
  test(`an administrator writes for ${JSON.stringify(options ?? 'nothing')}`, (t) => t.deepEqual(hooksOf('bond0', config(options), ['10.0.0.2', '10.0.0.3']), wanted));
}

test('of hash policies only the one that ifupdown2 does not know has a line', (t) => {
  const of = (policy: Partial<BondConfig>): readonly string[] => hooksOf('bond0', { ...config(), ...policy }, []);
  t.deepEqual(of({ xmitHashPolicy: 'vlan+srcmac' }), ['pre-up ip link set bond0 type bond xmit_hash_policy vlan+srcmac']);
  t.regex(of({ xmitHashPolicy: 'vlan+srcmac' })[0]!, new RegExp(`^${hookPattern('bond0')}$`));
  t.deepEqual([...of({ xmitHashPolicy: 'encap3+4' }), ...of({ xmitHashPolicy: 'vlan+srcmac', mode: 'balance-rr' })], []);
});

test('how each option is set is told', (t) => {
  t.deepEqual(optionsBy({ bond: config() }), {});
  t.deepEqual(optionsBy({ bond: config({ minLinks: 0, coupledControl: 'on', tlbDynamicLb: 1 }), neighbours: 'permanent' }), { minLinks: 'ifupdown2', coupledControl: 'pre-up', tlbDynamicLb: 'pre-up', neighbours: 'post-up' });
});

test('neighbours are told one by one, once the bond is up', (t) => {
  t.deepEqual(neighbourHooks('bond0', [{ address: '10.0.0.2', mac: '02:62:70:00:01:20' }, { address: '10.0.0.3', mac: '02:62:70:00:01:30' }]), [
    'post-up ip neigh replace 10.0.0.2 lladdr 02:62:70:00:01:20 dev bond0 nud permanent', 'post-up ip neigh replace 10.0.0.3 lladdr 02:62:70:00:01:30 dev bond0 nud permanent',
  ]);
});

test('no more peers are asked than the kernel takes', (t) => {
  const peers = Array.from({ length: 31 }, (_, n) => `10.0.0.${n + 2}`);
  const targets = targetsOf({ intervalMs: 100, targets: 'peers', validate: 'none' }, { peers, switchAddress: undefined });
  const [line] = hooksOf('bond0', config({ arpMonitor: { intervalMs: 100, targets: 'peers', validate: 'none' } }), targets);
  t.true(line!.endsWith('10.0.0.16,10.0.0.17'));
  t.regex(line!, new RegExp(`^${hookPattern('bond0')}$`));
});

test('the switch is asked by its address, if it has one', (t) => {
  const asked = (switchAddress: string | undefined): readonly string[] => targetsOf({ intervalMs: 100, targets: 'switch', validate: 'all' }, { peers: ['10.0.0.2'], switchAddress });
  t.deepEqual([asked('10.0.0.254'), asked(undefined)], [['10.0.0.254'], []]);
});

test('every line fits the pattern of its bond, and of no other', (t) => {
  const options = fc.record({
    coupledControl: fc.constantFrom('on', 'off'), tlbDynamicLb: fc.constantFrom(0, 1), arpMonitor: fc.record({ intervalMs: fc.integer({ min: 10, max: 60_000 }), targets: fc.constant('peers'), validate: fc.constantFrom(...arpValidations) }),
  }, { requiredKeys: [] }) as fc.Arbitrary<BondOptions>;
  fc.assert(fc.property(options, fc.array(fc.ipV4(), { minLength: 1, maxLength: 16 }), fc.constantFrom('bond0', 'b.1+2'), (each, peers, bond) => {
    for (const line of [...hooksOf(bond, config(each), peers), ...neighbourHooks(bond, peers.map((address) => ({ address, mac: '02:62:70:00:01:f0' })))]) {
      t.regex(line, new RegExp(`^${hookPattern(bond)}$`));
      t.notRegex(line, new RegExp(`^${hookPattern('bond1')}$`));
    }
  }));
});

test('a neighbour of IPv6 is told alike', (t) => {
  fc.assert(fc.property(fc.ipV6().filter((address) => !address.includes('.')).map(plainAddress).filter((address) => !address.includes('.')), (address) => {
    t.regex(neighbourHooks('bond0', [{ address, mac: '02:62:70:00:01:f0' }])[0]!, new RegExp(`^${hookPattern('bond0')}$`));
  }));
  t.notRegex('pre-up ip link set bond0 type bond arp_interval 100 arp_validate none arp_ip_target fd00::1', new RegExp(`^${hookPattern('bond0')}$`));
});

test('what does more than set an option fits it not', (t) => {
  for (const line of ['pre-up ip link set bond0 type bond coupled_control off; reboot', 'pre-up ip link set bond00 type bond coupled_control off', 'pre-up ip link set bond0 down', 'pre-up  ip link set bond0 type bond tlb_dynamic_lb 0',
    'post-up ip link set bond0 type bond tlb_dynamic_lb 0', 'post-up ip neigh replace 10.0.0.2 lladdr 02:62:70:00:01:20 dev bond1 nud permanent', 'pre-up ip neigh replace 10.0.0.2 lladdr 02:62:70:00:01:20 dev bond0 nud permanent', 'pre-up ip link set bond0 type bond arp_interval 100', 'pre-up ip link set bond0 type bond arp_interval 0 arp_validate none arp_ip_target 10.0.0.2']) {
    t.notRegex(line, new RegExp(`^${hookPattern('bond0')}$`));
  }
});
