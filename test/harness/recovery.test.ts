import test from 'ava';
import { endLease } from '../../src/faults/lease.ts';
import { inForce, isClean, tracesOf, undoTraces } from '../../src/harness/recovery.ts';

const said = `undo 20261125t000000z-virtual-configuration
undo 20261125t000000z-virtual-1abc
undo 20261125t000000z-virtual-1abc
qdisc noqueue 0: dev lo root refcnt 2
qdisc netem b0d: dev eth1 root refcnt 2 limit 1000 loss 100%
qdisc netem b0d1: dev eth2 root refcnt 2 limit 1000 loss 100%
qdisc clsact ffff: dev vec1 parent ffff:fff1 
qdisc clsact ffff: dev eth1 parent ffff:fff1 ingress_block 2829 
qdisc clsact ffff: dev eth2 parent ffff:fff1 ingress_block 28290 
`;

test('what bondproof left on a device is seen, faults before configurations, each once', (t) => {
  t.deepEqual(tracesOf.parse(said), { tokens: ['20261125t000000z-virtual-1abc', '20261125t000000z-virtual-configuration'], nics: ['eth1'], ingress: ['eth1'], lease: [] });
});

test('a device with qdiscs of others alone is clean', (t) => {
  t.true(isClean(tracesOf.parse('qdisc netem 8001: dev eth1 root refcnt 2 limit 1000 loss 1%\n')));
});

test('an answer that is no list of qdiscs is unknown, and no clean device', (t) => {
  for (const text of ['', '\n', 'undo a-b\n', 'tc: command not found\n', `${said}Segmentation fault\n`, 'qdisc netem b0d:\n', '\u0000']) t.throws(() => tracesOf.parse(text), { message: /neither an undo, a qdisc nor a lease/ }, text);
});

test('each undo is run before it is taken away, and our qdisc goes last', (t) => {
  const argvs = undoTraces('pve1', tracesOf.parse(said)).map(({ command }) => command.argv);
  t.deepEqual(argvs.map((argv) => argv.slice(argv[0] === 'sh' ? 3 : 0).join(' ')), [
    'bondproof-undo 20261125t000000z-virtual-1abc', 'bondproof-disarm 20261125t000000z-virtual-1abc',
    'bondproof-undo 20261125t000000z-virtual-configuration', 'bondproof-disarm 20261125t000000z-virtual-configuration',
    'tc qdisc del dev eth1 root handle b0d:', 'bondproof-end-ingress eth1',
  ]);
});

test('a token is never more than letters, digits and dashes', (t) => {
  t.deepEqual(tracesOf.parse(`undo $(reboot)\nundo a;b\nundo ../x\nundo \n${said}`).tokens.length, 2);
});

/** As `nft list tables netdev` and src/faults/lease.ts say it beside a table of somebody else's. */
const loopback = 'qdisc noqueue 0: dev lo root refcnt 2 \n';
const held = `${loopback}table netdev bondproof
table netdev bondproof2
table netdev filter
sink bondproof-sink
`;

test('a lease is seen by its table and by its sink, and ended once', (t) => {
  t.deepEqual(tracesOf.parse(held), { tokens: [], nics: [], ingress: [], lease: ['table netdev bondproof', 'sink bondproof-sink'] });
  t.deepEqual(inForce(tracesOf.parse(held)), ['a lease’s table netdev bondproof', 'a lease’s sink bondproof-sink']);
  t.deepEqual(undoTraces('pve1', tracesOf.parse(held)), [{ device: 'pve1', command: endLease('any NIC') }]);
  for (const half of held.split('\n').filter((line) => /bondproof(?:-sink)?$/.test(line))) t.false(isClean(tracesOf.parse(`${loopback}${half}`)), half);
  t.true(isClean(tracesOf.parse(`${loopback}table netdev bondproof2\n`)));
});
