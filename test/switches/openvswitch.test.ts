import test from 'ava';
import { openvswitch } from '../../src/switches/openvswitch.ts';
import { allPorts, captured, groups } from './engines.ts';

const shown = (name: string): string => captured(`openvswitch/${name}.txt`);
const current = openvswitch.current(groups);
const health = openvswitch.health(groups);

test('each form is read as what it is, and the Linux bridge that ports come up in is plain', (t) => {
  t.deepEqual(['fresh', 'plain', 'lacp-slow', 'lacp-fast'].map((name) => current.parse(shown(name))), [{ kind: 'plain' }, { kind: 'plain' }, { kind: 'lacp', rate: 'slow' }, { kind: 'lacp', rate: 'fast' }]);
});

test('ports are in use where they are plain, and where LACP has both sides', (t) => {
  t.deepEqual(health.parse(shown('plain')), allPorts.map((port) => ({ port, up: true, inUse: true })));
  t.deepEqual(health.parse(shown('lacp-fast')).filter(({ inUse }) => inUse).map(({ port }) => port), ['swp1', 'swp2']);
  t.deepEqual(health.parse(shown('lacp-slow')).filter(({ inUse }) => inUse), []);
});

test('a member that LACP has detached, or whose partner does not distribute, is not in use', (t) => {
  const [detached, deaf] = [shown('lacp-fast').replace('member: swp1: current attached', 'member: swp1: expired detached'), shown('lacp-fast').replace(/(partner state: activity .*)distributing/, '$1')];
  for (const text of [detached, deaf]) t.deepEqual(health.parse(text).filter(({ inUse }) => inUse).map(({ port }) => port), ['swp2']);
});

test('one transaction gives all ports their form', (t) => {
  const [command] = openvswitch.configure(groups.slice(0, 1), { kind: 'lacp', rate: 'slow' });
  t.deepEqual(command?.argv.slice(4), ['configure', 'swp1', '--', 'add-bond', 'ovs0', 'po1', 'swp1', 'swp2', 'bond_mode=balance-tcp', 'lacp=active', 'other_config:lacp-time=slow']);
  t.is(command?.stdin, 'link set dev swp1 nomaster\nlink set dev swp1 up\nlink set dev swp2 nomaster\nlink set dev swp2 up\n');
  t.deepEqual(openvswitch.configure(groups.slice(0, 1), { kind: 'plain' })[0]?.argv.slice(6), ['--', 'add-port', 'ovs0', 'swp1', '--', 'add-port', 'ovs0', 'swp2']);
});

test('a static aggregate is refused before anything is sent, for it would not work', (t) => {
  t.deepEqual(openvswitch.forms, ['plain', 'lacp']);
  t.throws(() => openvswitch.configure(groups, { kind: 'static' }), { name: 'Problem', message: /static aggregate/ });
});

test('nodes of different forms are a Problem that says which', (t) => {
  const mixed = shown('lacp-fast').replace('["map",[["lacp-time","fast"]]]', '["map",[["lacp-time","slow"]]]');
  t.throws(() => current.parse(mixed), { name: 'Problem', message: /lacp (?:slow|fast), while those of pve1 are lacp (?:slow|fast)/ });
});

test('the version names engine and kernel', (t) => t.is(openvswitch.version.parse('7.2.7\novs-vswitchd (Open vSwitch) 3.5.0\n'), 'Open vSwitch 3.5.0, Linux 7.2.7'));

test('text that is something else throws with what it was', (t) => {
  for (const text of ['', 'ovs-vsctl: unix:/run/openvswitch/db.sock: database connection failed', '[]\n{}\n{}\n']) t.throws(() => current.parse(text));
});
