import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';

const guest = join(import.meta.dirname, '../../../../src/worlds/virtual/guest/root');
const programs = readdirSync(join(guest, 'usr/lib/bondproof')).map((name) => join(guest, 'usr/lib/bondproof', name));
const boot = readFileSync(join(guest, 'usr/lib/bondproof/boot'), 'utf8');

/** What one of boot's functions prints on a machine with these variables. */
const output = (name: string, machine: string): readonly string[] => {
  const text = new RegExp(`^${name}\\(\\) \\{\n[^]*?^\\}\n`, 'm').exec(boot)?.[0] ?? '';
  return execFileSync('sh', ['-euc', `${machine}\n${text}\n${name}`], { encoding: 'utf8' }).split('\n').filter(Boolean);
};

const machine = "ROLE=node\nMGMT_ADDRESS=192.168.77.11/24\nNIC_1='eth1 02:00:00:00:00:01'\nNIC_2='eth2 02:00:00:00:00:02'";

test('programs of the guest can be run, and are correct shell', (t) => {
  t.true(programs.length > 0);
  for (const program of programs) {
    t.not(statSync(program).mode & 0o111, 0, program);
    t.notThrows(() => execFileSync('sh', ['-n', program]));
  }
});

test('each NIC is a veth pair with the address that the lab chose, and its far end and its cable up', (t) => {
  t.deepEqual(output('links', machine), [
    'link set lo up',
    'link set vec0 name mgmt0 up',
    'address add 192.168.77.11/24 dev mgmt0',
    'link add eth1 address 02:00:00:00:00:01 type veth peer name eth1-phy',
    'link set vec1 addrgenmode none',
    'link set vec1 up promisc on',
    'link set eth1-phy addrgenmode none',
    'link set eth1-phy up promisc on',
    'link add eth2 address 02:00:00:00:00:02 type veth peer name eth2-phy',
    'link set vec2 addrgenmode none',
    'link set vec2 up promisc on',
    'link set eth2-phy addrgenmode none',
    'link set eth2-phy up promisc on',
  ]);
});

test('a far end and its cable are patched in both directions', (t) => {
  t.deepEqual(output('patches', machine).slice(0, 4), [
    'qdisc add dev vec1 clsact',
    'qdisc add dev eth1-phy clsact',
    'filter add dev vec1 ingress matchall action mirred egress redirect dev eth1-phy',
    'filter add dev eth1-phy ingress matchall action mirred egress redirect dev vec1',
  ]);
  t.is(output('patches', machine).length, 8);
});

test('a machine without NICs has its management alone', (t) => {
  t.is(output('links', "ROLE=switch\nMGMT_ADDRESS=192.168.77.10/24").length, 3);
  t.deepEqual(output('patches', 'ROLE=switch'), []);
});
