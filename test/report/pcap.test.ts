import test from 'ava';
import type { Event } from '../../src/model/event.ts';
import { lacpCaptures } from '../../src/report/pcap.ts';
import { recordOf } from '../analysis/timeline-builder.ts';

const frame = Buffer.from('0180c200000202627000000188090101', 'hex');

const lacpdu = (us: number, by: string, slave: string): Event => ({ type: 'lacpdu', slave, direction: 'in', frame: frame.toString('base64'), at: [us - 10, us + 10], by });

const started = recordOf().find((event) => event.type === 'trial-started')!;

test('LACPDUs become a classic capture for each slave, at absolute times and in order', (t) => {
  const captures = lacpCaptures([started, lacpdu(2_500_000, 'pve1', 'eth1'), lacpdu(1_000_001, 'pve1', 'eth1'), lacpdu(7, 'pve2', 'eth2')]);
  t.deepEqual(captures.map(({ name, content }) => [name, content.length]), [['pve1-eth1.lacp.pcap', 24 + 2 * (16 + frame.length)], ['pve2-eth2.lacp.pcap', 24 + 16 + frame.length]]);
  const bytes = Buffer.from(captures[0]!.content);
  const startS = Date.parse('2025-01-31T12:00:00Z') / 1000;
  t.is(bytes.subarray(0, 24).toString('hex'), 'd4c3b2a1' + '02000400' + '00000000' + '00000000' + '00000400' + '01000000');
  t.deepEqual([0, 4, 8, 12].map((offset) => bytes.readUInt32LE(24 + offset)), [startS + 1, 1, frame.length, frame.length]);
  t.deepEqual(bytes.subarray(40, 40 + frame.length), frame);
  t.deepEqual([0, 4].map((offset) => bytes.readUInt32LE(40 + frame.length + offset)), [startS + 2, 500_000]);
});

test('without LACPDUs there is no capture, and without a beginning the times count from 1970', (t) => {
  t.deepEqual(lacpCaptures([started]), []);
  const bytes = Buffer.from(lacpCaptures([lacpdu(3_000_000, 'pve1', 'eth1')])[0]!.content);
  t.is(bytes.readUInt32LE(24), 3);
});

test('a name from a record cannot leave the folder', (t) => {
  t.deepEqual(lacpCaptures([lacpdu(1, '../x', 'a/b')]).map(({ name }) => name), ['___x-a_b.lacp.pcap']);
});
