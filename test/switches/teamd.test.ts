import test from 'ava';
import { teamd } from '../../src/switches/teamd.ts';
import { allPorts, captured, groups } from './engines.ts';

const current = teamd.current(groups);
const health = teamd.health(groups);
const shown = (name: string): string => captured(`teamd/${name}.txt`);

test('each form is read as what it is', (t) => {
  t.deepEqual(['plain', 'static', 'lacp-slow', 'lacp-fast'].map((name) => current.parse(shown(name))), [{ kind: 'plain' }, { kind: 'static' }, { kind: 'lacp', rate: 'slow' }, { kind: 'lacp', rate: 'fast' }]);
});

test('ports are in use where they speak no LACP, and where it has both sides', (t) => {
  t.deepEqual(health.parse(shown('static')), allPorts.map((port) => ({ port, up: true, inUse: true })));
  t.deepEqual(health.parse(shown('lacp-fast')).filter(({ inUse }) => inUse), []);
  t.deepEqual(teamd.health(groups.slice(0, 2)).parse(captured('teamd/fast-and-slow.json')), allPorts.slice(0, 4).map((port) => ({ port, up: true, inUse: true })));
});

test('a member that is not selected, or whose partner is silent, is not in use', (t) => {
  const text = captured('teamd/fast-and-slow.json');
  const [unselected, silent] = [text.replace(/"selected": true,(\s+"state": "current")/, '"selected": false,$1'), text.replace(/("partner_lacpdu_info": \{[^}]*"state": )63/, '$12')];
  for (const changed of [unselected, silent]) {
    t.not(changed, text);
    t.deepEqual(teamd.health(groups.slice(0, 2)).parse(changed).filter(({ inUse }) => !inUse).map(({ port }) => port), ['swp1']);
  }
});

test('nodes of different forms are a Problem that says which', (t) => {
  t.throws(() => teamd.current(groups.slice(0, 2)).parse(captured('teamd/fast-and-slow.json')), { name: 'Problem', message: /lacp slow, while those of pve1 are lacp fast/ });
});

test('a team of another runner is not one of ours', (t) => {
  t.throws(() => current.parse(shown('static').replaceAll('"loadbalance"', '"roundrobin"')), { name: 'Problem', message: /runner roundrobin/ });
});

test('a daemon for each node, with its ports', (t) => {
  const [command] = teamd.configure(groups.slice(0, 1), { kind: 'lacp', rate: 'fast' });
  t.deepEqual(command?.argv.slice(4, 9), ['configure', '2', 'swp1', 'swp2', 'po1']);
  t.deepEqual(JSON.parse(command?.argv[9] ?? ''), { runner: { name: 'lacp', active: true, fast_rate: true, tx_hash: ['eth', 'ipv4', 'ipv6'] }, link_watch: { name: 'ethtool' }, ports: { swp1: {}, swp2: {} } });
  const [plain] = teamd.configure(groups.slice(0, 1), { kind: 'plain' });
  t.true(plain?.stdin?.includes('link set dev swp1 master br0\n'));
  t.is(plain?.argv.length, 8);
});

test('the version names engine and kernel', (t) => t.is(teamd.version.parse('7.2.7\nteamd 1.31\n'), 'teamd 1.31, Linux 7.2.7'));

test('text that is something else throws with what it was', (t) => {
  for (const text of ['', 'teamdctl: cannot connect to daemon', '{"links":[],"teams":{}}', '{"links":[],"teams":[{}]}']) t.throws(() => current.parse(text));
});
