// Facts from rows of walks. The rows are synthetic: written by hand after IEEE8023-LAG-MIB (IEEE Std 802.1AX-2020, Annex D), LLDP-MIB (IEEE Std 802.1AB-2005),
// IF-MIB (RFC 2863) and SNMPv2-MIB (RFC 3418), in the form of transport/snmp-row.ts.

import fc from 'fast-check';
import test from 'ava';

import { bitsOfOctet, bitsOfSnmp, lacpBitNames } from '../../src/model/switch-facts.ts';
import type { Question } from '../../src/switches/dialect.ts';
import { snmp } from '../../src/switches/index.ts';
import { Untold } from '../../src/switches/reading.ts';
import { rowText, walkedKinds } from '../../src/transport/snmp-row.ts';

const { identity, aggregates, links, neighbours } = snmp.facts;

/** Answers to a question: rows of each column by its name, as `index: TYPE: value`; no rows of what is not named. */
const answers = (question: Question<unknown>, rows: Readonly<Record<string, readonly string[]>>): readonly string[] => question.commands.map(({ argv: [, name = '', oid = ''] }) =>
  (rows[name] ?? []).map((row) => { const [, index, value] = /^([\d.]+): (.*)$/.exec(row)!; return `${oid}.${index} = ${value}\n`; }).join(''));

const ask = <Fact>(question: Question<Fact> | undefined, rows: Readonly<Record<string, readonly string[]>>): Fact => question!.parse(answers(question!, rows));

const names = { ifName: ['1: STRING: "Eth1"', '2: STRING: "Eth2"', '101: STRING: "lag1"'], ifDescr: ['1: STRING: "Synthetic port 1"', '2: STRING: "Synthetic port 2"', '3: STRING: "Synthetic port 3"', '101: STRING: "Synthetic aggregate"'] };
const lag = {
  ...names,
  dot3adAggPortSelectedAggID: ['1: INTEGER: 101', '2: INTEGER: 101', '3: INTEGER: 0'],
  dot3adAggPortAttachedAggID: ['1: INTEGER: 101', '2: INTEGER: 0', '3: INTEGER: 0'],
  dot3adAggPortActorOperState: ['1: Hex-STRING: fc', '2: Hex-STRING: E2 ', '3: Hex-STRING: 00'],
  dot3adAggPortPartnerOperState: ['1: Hex-STRING: bc', '2: Hex-STRING: 00'],
  dot3adAggPortPartnerOperSystemID: ['1: Hex-STRING: 52:54:00:00:00:01', '2: Hex-STRING: 00 00 00 00 00 00'],
  dot3adAggPortStatsLACPDUsTx: ['1: Counter32: 118', '2: Counter32: 90'],
  dot3adAggPortStatsLACPDUsRx: ['1: Counter32: 120', '2: Counter32: 4'],
  dot3adAggPortStatsIllegalRx: ['1: Counter32: 0'],
  dot3adAggPortDebugRxState: ['1: INTEGER: 1', '2: INTEGER: 3'],
};

test('aggregates: the eight bits of both sides, the partner, LACPDUs and the receive machine', (t) => {
  t.deepEqual(ask(aggregates, lag), [{
    name: 'lag1', mode: 'lacp', rate: 'fast',
    members: [
      {
        port: 'Eth1', receive: 'current', partnerSystem: '52:54:00:00:00:01', lacpdus: { sent: 118, received: 120, illegal: 0 }, inUse: true,
        // FC and BC: the first bit, activity, is the most significant one.
        actor: { activity: true, timeout: true, aggregation: true, synchronization: true, collecting: true, distributing: true, defaulted: false, expired: false },
        partner: { activity: true, timeout: false, aggregation: true, synchronization: true, collecting: true, distributing: true, defaulted: false, expired: false },
      },
      {
        port: 'Eth2', receive: 'defaulted', partnerSystem: null, lacpdus: { sent: 90, received: 4, illegal: null }, inUse: false,
        actor: { activity: true, timeout: true, aggregation: true, synchronization: false, collecting: false, distributing: false, defaulted: true, expired: false },
        partner: bitsOfOctet(0),
      },
    ],
  }]);
});

test('what an agent has no column for is null: no debug table, no counters, no partner', (t) => {
  const { dot3adAggPortSelectedAggID, dot3adAggPortAttachedAggID } = lag;
  const [found] = ask(aggregates, { ...names, dot3adAggPortSelectedAggID, dot3adAggPortAttachedAggID });
  t.deepEqual(found, {
    name: 'lag1', mode: null, rate: null,
    members: [
      { port: 'Eth1', actor: null, partner: null, receive: null, partnerSystem: null, lacpdus: null, inUse: null },
      { port: 'Eth2', actor: null, partner: null, receive: null, partnerSystem: null, lacpdus: null, inUse: false },
    ],
  });
});

test('an aggregate is static only where its receive machines are disabled, and LACP only where it speaks', (t) => {
  const modeOf = (states: string, machines: readonly string[]) => ask(aggregates, { ...lag, dot3adAggPortActorOperState: [`1: Hex-STRING: ${states}`], dot3adAggPortDebugRxState: machines })[0]!.mode;
  // 3C: aggregation, in sync, collecting, distributing, and no activity: so speaks a passive port, and so is a static aggregate shown.
  t.is(modeOf('3c', []), null);
  t.is(modeOf('3c', ['1: INTEGER: 5', '2: INTEGER: 5']), 'static');
  t.is(modeOf('3c', ['1: INTEGER: 1', '2: INTEGER: 3']), 'lacp');
  t.is(modeOf('bc', []), 'lacp');
});

test('ports that are on their own are in no aggregate; a name that the device lacks is its number', (t) => {
  t.deepEqual(ask(aggregates, { dot3adAggPortSelectedAggID: ['1: INTEGER: 1', '2: INTEGER: 0'], dot3adAggPortAttachedAggID: ['1: INTEGER: 1', '2: INTEGER: 0'] }), []);
  const [only] = ask(aggregates, { dot3adAggPortAttachedAggID: ['7: INTEGER: 900'] });
  t.deepEqual([only?.name, only?.members.map(({ port }) => port)], ['ifIndex 900', ['ifIndex 7']]);
});

test('an agent without a MIB is told from one that has nothing in it', (t) => {
  t.throws(() => ask(aggregates, names), { instanceOf: Untold, message: /dot3adAggPortTable \(IEEE8023-LAG-MIB\)/ });
  t.throws(() => ask(links, names), { instanceOf: Untold, message: /ifTable \(IF-MIB\)/ });
  t.throws(() => ask(neighbours, names), { instanceOf: Untold, message: /LLDP-MIB/ });
  t.throws(() => ask(identity, {}), { instanceOf: Untold, message: /sysDescr nor sysName/ });
  t.deepEqual(ask(neighbours, { ...names, lldpLocPortId: ['11: STRING: "Eth1"'] }), []);
});

test('identity: in the device’s own words, on one line; nothing is made of them', (t) => {
  t.deepEqual(ask(identity, { sysDescr: ['0: STRING: "Synthetic switch,\\r\\n  release 1.0"'], sysName: ['0: STRING: "sw1"'] }), { vendor: null, model: null, version: null, serial: null, name: 'sw1', description: 'Synthetic switch, release 1.0' });
});

test('links: up, not up, and what the agent does not know', (t) => {
  t.deepEqual(ask(links, { ...names, ifOperStatus: ['1: INTEGER: 1', '2: INTEGER: 7', '3: INTEGER: 4'] }), [{ port: 'Eth1', up: true }, { port: 'Eth2', up: false }, { port: 'Synthetic port 3', up: null }]);
});

const local = { lldpLocPortIdSubtype: ['11: INTEGER: 5', '12: INTEGER: 7', '13: INTEGER: 3'], lldpLocPortId: ['11: STRING: "Eth1"', '12: STRING: "2"', '13: Hex-STRING: 52:54:00:00:00:99'], lldpLocPortDesc: ['12: STRING: "Synthetic port 2"', '13: STRING: "uplink"'] };

test('neighbours: their port by address and by name, and ours by whichever name IF-MIB has', (t) => {
  t.deepEqual(ask(neighbours, {
    ...names, ...local,
    lldpRemChassisId: ['700.11.1: Hex-STRING: 52:54:00:00:00:01', '0.12.1: Network Address: 192.0.2.7', '0.13.4: STRING: "rack"'],
    lldpRemPortId: ['700.11.1: Hex-STRING: 52:54:00:00:00:02', '0.12.1: STRING: "swp7"', '0.13.4: Hex-STRING: 01 ff'],
    lldpRemPortDesc: ['700.11.1: STRING: "eno1"'], lldpRemSysName: ['700.11.1: STRING: "pve1.example"', '0.12.1: STRING: ""'],
  }), [
    { port: 'Eth1', system: 'pve1.example', chassis: '52:54:00:00:00:01', theirPort: '52:54:00:00:00:02', theirPortName: 'eno1' },
    { port: 'Eth2', system: null, chassis: '192.0.2.7', theirPort: 'swp7', theirPortName: null },
    // A number of LLDP's is no ifIndex (LLDP-MIB, LldpPortNumber).
    { port: 'LLDP port 13', system: null, chassis: 'rack', theirPort: '01:ff', theirPortName: null },
  ]);
});

test('what is not understood is told with its row', (t) => {
  const wrong: readonly (readonly [Question<unknown>, Readonly<Record<string, readonly string[]>>, RegExp])[] = [
    [aggregates!, { ...lag, dot3adAggPortActorOperState: ['1: Hex-STRING: fc 00'] }, /dot3adAggPortActorOperState: the state in row 1 has 2 octets, not one/],
    [aggregates!, { ...lag, dot3adAggPortActorOperState: ['1: Hex-STRING: '] }, /the state in row 1 has 0 octets/],
    [aggregates!, { ...lag, dot3adAggPortActorOperState: ['1: INTEGER: 252'] }, /dot3adAggPortActorOperState: ".*INTEGER: 252" has no value of its kind/],
    [aggregates!, { ...lag, dot3adAggPortPartnerOperSystemID: ['1: Hex-STRING: 52 54'] }, /the address in row 1 has 2 octets, not six/],
    [aggregates!, { ...lag, dot3adAggPortDebugRxState: ['1: INTEGER: 7'] }, /dot3adAggPortDebugRxState: 7 in row 1 is none of 1 to 6/],
    [aggregates!, { ...lag, dot3adAggPortStatsLACPDUsRx: ['1: INTEGER: -1'] }, /dot3adAggPortStatsLACPDUsRx: -1 in row 1 counts nothing/],
    [aggregates!, { ...lag, dot3adAggPortSelectedAggID: ['1: INTEGER: 101', '1: INTEGER: 102'] }, /row 1 is there twice/],
    [links!, { ...names, ifOperStatus: ['1: INTEGER: 8'] }, /ifOperStatus: 8 in row 1 is none of 1 to 7/],
    [neighbours!, { ...names, ...local, lldpRemChassisId: ['0.11.1: STRING: "x"'] }, /lldpRemPortId lacks row 0\.11\.1: neighbours changed while they were read; ask again/],
    [neighbours!, { ...names, ...local, lldpRemChassisId: ['11: STRING: "x"'], lldpRemPortId: ['11: STRING: "x"'] }, /row 11 is not a time mark, a port and a number/],
  ];
  for (const [question, rows, message] of wrong) t.throws(() => ask(question, rows), { message });
  t.throws(() => links!.parse(['no row', '', '']), { message: 'ifName: "no row" is no row of 1.3.6.1.2.1.31.1.1.1.1' });
});

test('BITS: bit n of SNMP is bit n of the octet of LACP, counted from the other end', (t) => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 255 }), (octet) => {
    const bits = bitsOfSnmp(octet);
    // RFC 2578, 7.1.4, said in another way than the code says it: as text, the first bit is the first digit.
    const digits = octet.toString(2).padStart(8, '0');
    lacpBitNames.forEach((name, at) => { t.is(bits[name], digits[at] === '1'); });
    const turned = Number.parseInt(Array.from(digits).reverse().join(''), 2);
    t.deepEqual(bits, bitsOfOctet(turned));
    const [read] = ask(aggregates, { ...lag, dot3adAggPortActorOperState: [`1: Hex-STRING: ${octet.toString(16).padStart(2, '0')}`] });
    t.deepEqual(read!.members[0]!.actor, bits);
  }), { numRuns: 256 });
});

const all = [identity!, aggregates!, links!, neighbours!] as readonly Question<unknown>[];

test('whatever rows hold, they are understood or it is said what was wrong', (t) => {
  const value = fc.oneof(fc.constantFrom('INTEGER: 1', 'INTEGER: -1', 'INTEGER: up(1)', 'INTEGER: 99999999999', 'Hex-STRING: 3c', 'Hex-STRING: ', 'Hex-STRING: 3', 'Hex-STRING: 52:54:00:00:00:01', 'STRING: "x"', 'STRING: x', 'STRING: "', 'Network Address: 1', 'Counter32: 4', 'OID: 1.3', 'Null: 5', ''), fc.string());
  const line = fc.oneof(fc.tuple(fc.integer({ min: 0, max: 10 }), fc.constantFrom('1', '2', '0', '101', '0.11.1', '1.1', ''), value), fc.string({ unit: 'binary', maxLength: 60 }));
  fc.assert(fc.property(fc.nat(3), fc.array(line, { maxLength: 30 }), (which, lines) => {
    const question = all[which]!;
    const outputs = question.commands.map(() => '');
    for (const each of lines) {
      const at = typeof each === 'string' ? 0 : each[0] % outputs.length;
      outputs[at] = outputs[at]! + (typeof each === 'string' ? `${each}\n` : `${question.commands[at]!.argv[2]}.${each[1]} = ${each[2]}\n`);
    }
    try {
      question.parse(outputs);
    } catch (error) {
      t.false(error instanceof TypeError || error instanceof RangeError, String(error));
      t.true(error instanceof Error && error.message.length > 10, String(error));
    }
  }), { numRuns: 500 });
});

test('a row of any length is refused, and nobody waits for it', (t) => {
  for (const filling of ['1'.repeat(1_000_000), '1.'.repeat(500_000), `1 = ${' '.repeat(1_000_000)}`, `1 = Hex-STRING: ${'00 '.repeat(300_000)}x`, `1 = STRING: "${'\\'.repeat(1_000_001)}`]) {
    for (const question of all) t.throws(() => question.parse(question.commands.map(({ argv: [, , oid] }) => `${oid}.${filling}`)));
  }
});

test('what transport writes of a value is what is read: texts, octets, numbers, addresses', (t) => {
  const read = (kind: (typeof walkedKinds)[number], value: Buffer) => rowText({ oid: '1.2', type: 4, value }, kind).slice('1.2 = '.length);
  t.is(read('text', Buffer.from('Eth1\0')), 'STRING: "Eth1"');
  t.is(read('text', Buffer.from('a"b\n')), 'STRING: "a\\"b\\n"');
  t.is(read('text', Buffer.from([0xe9])), 'Hex-STRING: e9');
  t.is(read('octets', Buffer.from('<')), 'Hex-STRING: 3c');
  t.is(read('id', Buffer.from('swp1')), 'STRING: "swp1"');
  // Six letters, the first of which is even, may be a station's address: they are written as one, so that it finds its pseudonym.
  t.is(read('id', Buffer.from('pABCDE')), 'Hex-STRING: 70:41:42:43:44:45');
  t.is(read('id', Buffer.from('enp3s0')), 'STRING: "enp3s0"');
  t.is(read('id', Buffer.from([1, 192, 0, 2, 7])), 'Network Address: 192.0.2.7');
  t.is(read('id', Buffer.from('0220010db8000000000000000000000001', 'hex')), 'Network Address: 2001:db8:0:0:0:0:0:1');
  t.is(rowText({ oid: '1.2', type: 70, value: Buffer.from('ffffffffffffffff', 'hex') }, 'number'), '1.2 = Counter64: 18446744073709551615');
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), fc.constantFrom('text', 'id'), (octets, kind) => {
    const row = read(kind, Buffer.from(octets));
    t.false(row.includes('\n'));
    const rows = { ...names, ...local, lldpRemChassisId: ['0.11.1: STRING: "x"'], lldpRemPortId: ['0.11.1: STRING: "y"'], [kind === 'text' ? 'lldpRemSysName' : 'lldpRemPortId']: [`0.11.1: ${row}`] };
    t.notThrows(() => ask(neighbours, rows), row);
  }), { numRuns: 500 });
});
