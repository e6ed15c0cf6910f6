import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { launchOf, linksOf } from '../../../src/worlds/virtual/machine.ts';
import { labOf } from './lab-of.ts';

const image = { folder: '/cache/image', kernel: '/cache/image/linux', disk: '/cache/image/disk.img' };
const folder = '/run/bondproof-1000/virtual.1.2.3';
const seat = { folder, cores: [4, 6] };

test('a node is started with its disk, its files and its cables', (t) => {
  t.deepEqual(launchOf(labOf(3), image, seat).machines.find(({ name }) => name === 'pve2'), {
    name: 'pve2',
    argv: [
      'taskset', '--cpu-list', '4', 'bash', '-c', 'exec -a bondproof-machine "$@"', 'bash', '/cache/image/linux', 'umid=pve2', `uml_dir=${folder}/memory/`, 'mem=256M', 'seccomp=on', 'quiet',
      `ubd0=${folder}/memory/pve2.cow,/cache/image/disk.img`, `ubd1r=${folder}/pve2.tar`, 'root=/dev/ubda', 'rw',
      'con=null', 'con0=null,fd:1', 'ssl=null', 'init=/usr/lib/bondproof/boot',
      'vec0:transport=raw,gro=1,ifname=mm2,mac=02:62:71:00:02:00',
      'vec1:transport=l2tpv3,udp=1,src=127.0.0.1,dst=127.0.0.1,srcport=21003,dstport=22003,tx_session=1,rx_session=1,mac=02:62:71:00:02:01',
      'vec2:transport=l2tpv3,udp=1,src=127.0.0.1,dst=127.0.0.1,srcport=21004,dstport=22004,tx_session=1,rx_session=1,mac=02:62:71:00:02:02',
    ],
    cwd: '/cache/image',
    scratch: `${folder}/memory/pve2`,
    console: `${folder}/pve2.console`,
    ssh: { host: '192.168.77.12', port: 22 },
  });
});

test('the switch is a machine with a cable for each port and memory of its own', (t) => {
  const { argv } = launchOf(labOf(3), image, seat).machines.find(({ name }) => name === 'sw1')!;
  t.is(argv.filter((word) => word.includes('l2tpv3')).length, 6);
  t.true(argv.includes('mem=128M'));
});

test('each machine has a management wire of its own', (t) => {
  t.deepEqual(launchOf(labOf(2), image, seat).network.slice(0, 7), [
    'link set lo up',
    'link add mh0 type veth peer name mm0', 'link set mh0 addrgenmode none', 'link set mm0 addrgenmode none',
    'addr add 192.168.77.1 peer 192.168.77.10 dev mh0', 'link set mm0 up', 'link set mh0 up',
  ]);
  t.is(launchOf(labOf(2), image, seat).network.length, 1 + 3 * 6);
});

test('every cable has two ends that send to each other, on ports that nothing else has', (t) => {
  fc.assert(fc.property(fc.integer({ min: 2, max: 8 }), (count) => {
    const cables = launchOf(labOf(count), image, seat).machines.flatMap(({ argv }) =>
      argv.flatMap((word) => { const ports = /srcport=(\d+),dstport=(\d+)/.exec(word); return ports ? [[ports[1]!, ports[2]!] as const] : []; }));
    const bySource = new Map(cables);
    t.is(bySource.size, 4 * count);
    for (const [source, destination] of cables) t.is(bySource.get(destination), source);
  }));
});

test('a relayed cable has the holder between its ends: each sends to a port of its own there, and gets from it', (t) => {
  const lab = labOf(3);
  const relayed = { ...lab, virtual: { ...lab.virtual!, cables: 'relayed' as const } };
  const { machines, cables } = launchOf(relayed, image, seat);
  t.deepEqual(launchOf(lab, image, seat).cables, []);
  t.deepEqual(cables.find(({ link }) => link === 'pve2-eth1'), { link: 'pve2-eth1', node: 21_003, nodeSide: 23_003, switch: 22_003, switchSide: 24_003 });
  const ends = machines.flatMap(({ argv }) => argv.flatMap((word) => { const found = /srcport=(\d+),dstport=(\d+)/.exec(word); return found ? [`${found[1]} ${found[2]}`] : []; }));
  t.deepEqual(ends.toSorted(), cables.flatMap((cable) => [`${cable.node} ${cable.nodeSide}`, `${cable.switch} ${cable.switchSide}`]).toSorted());
});

test('the cables of a node follow its order of enslavement', (t) => {
  const lab = labOf(2);
  const turned = { ...lab, nodes: lab.nodes.map((node) => ({ ...node, slaves: ['eth2', 'eth1'] })) };
  t.deepEqual(linksOf(turned, 'pve2').map((link) => link.id), ['pve2-eth2', 'pve2-eth1']);
});

test('a lab file without memory gets 320 MB for a node and 128 MB for the switch', (t) => {
  const memory = launchOf(labOf(2, { virtual: null }), image, seat).machines.map(({ argv }) => argv.find((word) => word.startsWith('mem=')));
  t.deepEqual(memory, ['mem=128M', 'mem=320M', 'mem=320M']);
});

test('machines take the processors in turn, and stay where they are', (t) => {
  const pins = launchOf(labOf(3), image, seat).machines.map(({ argv }) => argv.slice(0, 3).join(' '));
  t.deepEqual(pins, ['taskset --cpu-list 4', 'taskset --cpu-list 6', 'taskset --cpu-list 4', 'taskset --cpu-list 6']);
});

test('a kernel without modules is told on its command line what modprobe.d says of them', (t) => {
  const own = labOf(2, { virtual: { nodeMemoryMb: 256, switchMemoryMb: 128, kernel: 'own' } });
  const options = (lab: typeof own) => launchOf(lab, image, seat).machines[0]!.argv.filter((word) => /^(?:softdog|bonding)\./.test(word));
  t.deepEqual(options(labOf(2)), []);
  const inModprobe = readFileSync(join(import.meta.dirname, '../../../src/worlds/virtual/guest/root/etc/modprobe.d/bondproof.conf'), 'utf8');
  const expected = [...inModprobe.matchAll(/^options (\w+) (.*)$/gm)].flatMap(([, module, words]) => words!.split(' ').map((word) => `${module}.${word}`));
  t.deepEqual(options(own).toSorted(), expected.toSorted());
});
