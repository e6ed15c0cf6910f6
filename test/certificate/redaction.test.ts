import test from 'ava';

import { judgeTrial } from '../../src/analysis/index.ts';
import { pseudonymsFor, type Name } from '../../src/certificate/pseudonyms.ts';
import { macsOf, namesOf, redactEvent, textOf } from '../../src/certificate/redaction.ts';
import type { Event } from '../../src/model/event.ts';
import { seededBytes } from '../../src/model/seed.ts';
import { recordOf } from '../analysis/timeline-builder.ts';

const names: readonly Name[] = [{ kind: 'node', name: 'pve1' }, { kind: 'node', name: 'pve10' }, { kind: 'switch', name: 'sw1' }, { kind: 'lab', name: 'rack' }, { kind: 'cluster', name: 'rack' }];
const redact = (text: string, more: readonly string[] = []): string => pseudonymsFor(names, [text, ...more]).text(text);

test('names and addresses of every form are replaced, the same by the same', (t) => {
  t.is(redact('pve1: 10.0.0.1 and pve10-eth1 (PVE1)'), 'node-1: 198.18.0.1 and node-2-eth1 (node-1)');
  t.is(redact('a4:bf:01:00:00:0a A4-BF-01-00-00-0A a4bf.0100.000a a4bf0100000a'), '02:00:00:00:00:01 02-00-00-00-00-01 0200.0000.0001 020000000001');
  t.is(redact('from fe80::a6bf:1ff:fe00:a: port 22, FE80:0:0:0:a6bf:1ff:fe00:a'), 'from 2001:db8::1: port 22, 2001:db8::1');
  t.is(redact('run 20261130T090635Z-rack, "rack"'), 'run 20261130T090635Z-lab-1, "lab-1"');
});

test('what tells of nobody stays', (t) => {
  const text = '01:80:c2:00:00:02 ff:ff:ff:ff:ff:ff 00:00:00:00:00:00 127.0.0.1 0.0.0.0 255.255.255.0 239.192.0.1 ::1 at 09:31:24, 6.12.107, crack, pve12, 2.41-12+deb13u5, b48f3a2c-1111-4222-8333-0123456789ab';
  t.is(redact(text), text);
});

test('no pseudonym is another’s original', (t) => {
  t.is(redact('198.18.0.1 198.18.0.2 02:00:00:00:00:01 node-1', []), '198.18.0.3 198.18.0.4 02:00:00:00:00:02 node-1');
  const odd = pseudonymsFor([{ kind: 'node', name: 'node' }, { kind: 'node', name: 'node-1' }], []);
  t.is(odd.text('node node-1'), 'node1 node2');
});

test('whatever a text holds: no original remains, equal stays equal, and different stays different', (t) => {
  for (let seed = 0; seed < 300; seed += 1) {
    const draw = seededBytes(seed, 'redaction');
    const byte = (): number => draw(1)[0]!;
    const macs = Array.from({ length: 1 + byte() % 4 }, () => [byte() & 0xfe | 2, ...draw(5)].map((each) => each.toString(16).padStart(2, '0')).join(':'));
    const ipv4s = Array.from({ length: 1 + byte() % 4 }, () => [byte() % 2 === 0 ? 10 : 198, byte() % 2 === 0 ? 18 : byte(), 0, byte()].join('.'));
    const ipv6s = Array.from({ length: byte() % 3 }, () => `2001:db8::${(1 + byte() % 9).toString(16)}`);
    const hosts = Array.from({ length: 1 + byte() % 3 }, (_, n): Name => ({ kind: 'node', name: `${['h', 'node-', 'lab'][byte() % 3]!}${n + byte() % 9}` }));
    const tokens = [...new Set([...macs, ...ipv4s, ...ipv6s, ...hosts.map(({ name }) => name)])];
    const text = Array.from({ length: 40 }, () => tokens[byte() % tokens.length]!).join([' ', ', ', '"', '/', '\n'][byte() % 5]);
    const { text: replace } = pseudonymsFor(hosts, [text, ...tokens]);
    const others = tokens.map(replace);
    for (const token of tokens) t.false(others.includes(token), `${seed}: ${token} remains`);
    t.is(new Set(others).size, tokens.length, `${seed}: two became one`);
    const at = new Map(tokens.map((token, n) => [token, others[n]!]));
    const separator = /[ ,"/\n]+/;
    t.deepEqual(replace(text).split(separator), text.split(separator).map((token) => at.get(token)!), `${seed}`);
  }
});

const frame = (): string => {
  const bytes = Buffer.alloc(124);
  bytes.set([0x01, 0x80, 0xc2, 0, 0, 2, 0xa4, 0xbf, 1, 0, 0, 1], 0);
  bytes.set([0xa4, 0xbf, 1, 0, 0, 2], 20);
  bytes.set([0xa4, 0xbf, 1, 0, 0, 3], 40);
  bytes[32] = 0x3f;
  return bytes.toString('base64');
};

const original: readonly Event[] = recordOf({
  revertS: 30, dark: [{ from: 'pve1', to: 'pve3', fromS: 0, toS: 9 }],
  also: [[1, 'pve1', { type: 'logged', identifier: 'sshd', text: 'pve1.example.net: from 192.168.7.9, Serial Number: FTX1234, pve2.example.net' }], [2, 'pve1', { type: 'lacpdu', slave: 'eth1', direction: 'in', frame: frame() }]],
});

test('a record is judged as before, by the recorded prediction, and no original is left in it', (t) => {
  const pseudonyms = pseudonymsFor(namesOf(original), original.map(textOf), original.flatMap((event) => event.type === 'lacpdu' ? macsOf(event) : []));
  const redacted = original.map((event) => redactEvent(event, pseudonyms));
  const text = JSON.stringify(redacted);
  t.deepEqual(/pve\d|sw1|10\.10\.10\.|192\.168|example|FTX1234|a4:bf|02:00:00:00:10/i.exec(text.replaceAll(/node-\d|switch-\d/g, '')), null);
  t.regex(text, /node-1\.domain-1: from 198\.18\.0\.\d, Serial Number: serial-1, node-2\.domain-1/);
  t.deepEqual(judgeTrial(redacted, 'x'), pseudonyms.data(judgeTrial(original, 'x')));
  t.is(judgeTrial(redacted, 'x').darkPairs[0]?.predicted, true);
  const pdu = redacted.find((event) => event.type === 'lacpdu');
  const bytes = Buffer.from(pdu?.type === 'lacpdu' ? pdu.frame : '', 'base64');
  t.is(bytes.subarray(0, 6).toString('hex'), '0180c2000002');
  t.is(bytes.includes(Buffer.from('a4bf01', 'hex')), false);
  t.is(new Set([6, 20, 40].map((at) => bytes.subarray(at, at + 6).toString('hex'))).size, 3);
  t.is(bytes[32], 0x3f);
});
