import test from 'ava';

import { captureName, withoutItsSecrets, withPseudonyms } from '../../src/harness/captures.ts';
import type { Findings, SwitchProbe } from '../../src/model/switch-probe.ts';
import { questionNames } from '../../src/model/switch-probe.ts';
import { dellOs10 } from '../../src/switches/dell-os10.ts';
import { sonic } from '../../src/switches/sonic.ts';

const nothing = Object.fromEntries(questionNames.map((name) => [name, { kind: 'not-asked' }])) as unknown as Findings;
const paper = (shown: Readonly<Record<string, string>>, findings: Partial<Findings>): SwitchProbe => ({
  lab: 'rack', switch: 'sw1', dialect: 'dell-os10', proven: false, deadMan: null, links: [], at: '2026-11-30T09:00:00.000Z', bondproof: '0.1.0',
  shown: Object.entries(shown).map(([command, output]) => ({ command, output, refused: null })), findings: { ...nothing, ...findings }, broke: null,
});
const outputOf = (probe: SwitchProbe, command: string): string => probe.shown.find((each) => each.command === command)!.output;

test('an address is the same other one however it is written, and a version that looks like one stays', (t) => {
  const identity = { kind: 'understood', fact: { vendor: 'Dell', model: null, version: '10.5.4.1', serial: 'ABC1234' } } as const;
  const probe = withPseudonyms(paper({
    'show version': 'OS Version: 10.5.4.1\nService Tag: ABC1234\n', 'show a': '52:54:00:12:34:56 5254.0012.3456 52-54-00-12-34-56 525400123456 10.5.4.2 09:00:00 01:80:c2:00:00:02',
    'show b': 'Vlan20:52:54:00:12:34:56 module ABC12345',
  }, { identity }));
  t.is(outputOf(probe, 'show version'), 'OS Version: 10.5.4.1\nService Tag: serial-1\n');
  t.is(outputOf(probe, 'show a'), '02:00:00:00:00:01 0200.0000.0001 02-00-00-00-00-01 020000000001 198.18.0.1 09:00:00 01:80:c2:00:00:02');
  t.is(outputOf(probe, 'show b'), 'Vlan20:02:00:00:00:00:01 module ABC12345');
});

test('a secret of the configuration is taken out wherever else it stands; a short one is a word that stands anywhere', (t) => {
  const configuration = 'snmp-server community longsecret ro\nradius-server key longersecret\nkey abc';
  const probe = withoutItsSecrets(paper({ 'show running-configuration': configuration, 'show lldp': 'abc longersecret xlongersecret' }, { configuration: { kind: 'understood', fact: configuration } }), dellOs10);
  t.is(outputOf(probe, 'show running-configuration'), 'snmp-server community …\nradius-server key …\nkey …');
  t.is(outputOf(probe, 'show lldp'), 'abc … xlongersecret');
});

test('of a secret the hash is one too, without the words before it', (t) => {
  const configuration = 'username admin password 7 0822455D0A16 role network-admin';
  const probe = withoutItsSecrets(paper({ 'show running-configuration': configuration, 'show a': '0822455D0A16 7 role network-admin' }, { configuration: { kind: 'understood', fact: configuration } }), dellOs10);
  t.is(outputOf(probe, 'show a'), '… 7 role network-admin');
});

test('what the configuration does not show, and looks like a secret, is taken out of every output', (t) => {
  t.is(outputOf(withoutItsSecrets(paper({ 'show a': 'up\npassword: abc\n' }, {}), dellOs10), 'show a'), 'up\npassword: [secret removed]\n');
});

test('sonic: a short passkey as sonic-cfggen prints it, and one with escapes wherever it stands', (t) => {
  const [printed, told] = [JSON.stringify({ TACPLUS: { global: { passkey: 'abc' }, 'server': { passkey: 'a"long' } } }, null, 4), 'TACPLUS|global {"passkey":"abc"}\nTACPLUS|server {"passkey":"a\\"long"}'];
  const neighbours = { kind: 'understood', fact: [{ port: 'Ethernet0', system: 'a"long', chassis: 'x', theirPort: 'y' }] } as const;
  const probe = withoutItsSecrets(paper({ 'sonic-cfggen -d --print-data': printed }, { configuration: { kind: 'understood', fact: told }, neighbours }), sonic);
  t.deepEqual(JSON.parse(outputOf(probe, 'sonic-cfggen -d --print-data')), { TACPLUS: { global: { passkey: '…' }, server: { passkey: '…' } } });
  t.like(probe.findings.neighbours, { fact: [{ system: '…' }] });
});

test('JSON stays JSON, whatever is taken out of it', (t) => {
  const probe = withoutItsSecrets(paper({ 'show a': JSON.stringify({ password: 'a"b\\', 'api-key': 'x', text: 'password: short', more: { pin_password: 1234 } }, null, 1) }, {}), dellOs10);
  t.deepEqual(JSON.parse(outputOf(probe, 'show a')), { 'password': '[secret removed]', 'api-key': '[secret removed]', 'text': 'password: [secret removed]', 'more': { pin_password: '[secret removed]' } });
});

test('a capture is named by its command', (t) => t.is(captureName('cat /etc/os-release'), 'cat_%etc%os-release'));
