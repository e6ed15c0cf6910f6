// SNMP against a real agent in this process, over UDP on the loopback.

import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

import ava from 'ava';

import { snmpAuths, snmpPrivacies } from '../../src/model/lab.ts';
import { exitCodes, Problem } from '../../src/model/problem.ts';
import { SessionError } from '../../src/model/session.ts';
import { openSnmp, type SnmpCredentials } from '../../src/transport/snmp.ts';
import { serveAgent, synthetic, type AgentUser } from '../switches/snmp-agent.ts';

// One after the other: agents share this process, and pass phrases take it a tenth of a second each (RFC 3414, A.2).
const test = ava.serial;

const user: AgentUser = { user: 'bondproof', auth: 'sha256', authKey: 'authentic horse', privacy: 'aes', privacyKey: 'private battery' };
const v3: Extract<SnmpCredentials, { version: 'v3' }> = { version: 'v3', user: 'bondproof', auth: { protocol: 'sha256', key: user.authKey }, privacy: { protocol: 'aes', key: user.privacyKey } };
const at = (port: number, credentials: SnmpCredentials = v3) => ({ device: 'sw1', host: '127.0.0.1', port, credentials });
/** For whom no answer is to be expected. */
const soon = { answerMs: 100, retries: 1 };
/** For whom the first answer must be waited for. */
const patient = { answerMs: 1000, retries: 1 };
const walk = (name: string, oid: string, kind: string) => ({ argv: ['walk', name, oid, kind] });
const sysName = walk('sysName', '1.3.6.1.2.1.1.5', 'text');

/** The Problem that opening ends with. */
const refusal = async (port: number, credentials: SnmpCredentials, patience = soon): Promise<Problem> => {
  const error = await openSnmp({ ...at(port, credentials), ...patience }).then(() => null, (thrown: unknown) => thrown);
  if (!(error instanceof Problem)) throw new Error(`no Problem, but ${String(error)}`);
  return error;
};

test('SNMPv3 with authentication and privacy: what is walked comes as rows, and as the kind that was asked for', async (t) => {
  await using agent = await serveAgent(synthetic, { users: [user] });
  await using session = await openSnmp(at(agent.port));
  const shown = async (name: string, oid: string, kind: string): Promise<string> => {
    const { exitCode, stdout, stderr } = await session.run(walk(name, oid, kind), { timeoutMs: 5000 });
    t.deepEqual([exitCode, stderr], [0, '']);
    return stdout;
  };
  t.is(await shown('sysName', '1.3.6.1.2.1.1.5', 'text'), '1.3.6.1.2.1.1.5.0 = STRING: "sw1.example"\n');
  t.is(await shown('dot3adAggPortActorOperState', '1.2.840.10006.300.43.1.2.1.1.21', 'octets'), ['1 = Hex-STRING: fc', '2 = Hex-STRING: e2', '3 = Hex-STRING: 00', ''].map((row) => (row === '' ? '' : `1.2.840.10006.300.43.1.2.1.1.21.${row}`)).join('\n'));
  t.is(await shown('lldpRemPortId', '1.0.8802.1.1.2.1.4.1.1.7', 'id'), '1.0.8802.1.1.2.1.4.1.1.7.700.11.1 = Hex-STRING: 52:54:00:00:00:02\n1.0.8802.1.1.2.1.4.1.1.7.800.12.2 = STRING: "swp7"\n');
  t.is(await shown('nothing', '1.3.6.1.2.1.99', 'number'), '');
});

test('each protocol of authentication and of privacy that a lab file may name is spoken', async (t) => {
  const pairs = [...snmpAuths.map((auth) => [auth, 'aes'] as const), ...snmpPrivacies.map((privacy) => ['sha512', privacy] as const)];
  const users = pairs.map(([auth, privacy], which): AgentUser => ({ ...user, user: `user${which}`, auth, privacy }));
  await using agent = await serveAgent(synthetic, { users });
  for (const [which, [auth, privacy]] of pairs.entries()) {
    await using session = await openSnmp(at(agent.port, { ...v3, user: `user${which}`, auth: { protocol: auth, key: user.authKey }, privacy: { protocol: privacy, key: user.privacyKey } }));
    t.regex((await session.run(sysName, { timeoutMs: 5000 })).stdout, /sw1\.example/, `${auth} ${privacy}`);
  }
});

test('SNMPv2c: a community that the agent knows, and one that it does not', async (t) => {
  await using agent = await serveAgent(synthetic, { communities: ['reading'] });
  await using session = await openSnmp(at(agent.port, { version: 'v2c', community: 'reading' }));
  t.regex((await session.run(sysName, { timeoutMs: 5000 })).stdout, /sw1\.example/);
  const { message, parts } = await refusal(agent.port, { version: 'v2c', community: 'guessing' });
  t.is(message, [
    `ask sw1 by SNMP (127.0.0.1:${agent.port}, v2c): nobody answers`,
    '  right would be: an agent, and a community that it knows: it does not answer strangers',
    '  what to do: see whether SNMP is enabled on the device for this machine’s address, and what the community file holds',
  ].join('\n'));
  t.is(parts.exitCode, exitCodes.device);
});

test('a user whom the agent does not know', async (t) => {
  await using agent = await serveAgent(synthetic, { users: [user] });
  const { message } = await refusal(agent.port, { ...v3, user: 'stranger' }, patient);
  t.regex(message, /^ask sw1 by SNMP \(stranger@127\.0\.0\.1:\d+, v3\): the agent knows no user stranger\n {2}right would be: a user of SNMPv3 .*\n {2}what to do: see `user:`/);
});

for (const [what, wrong, found] of [
  ['of authentication', { ...v3, auth: { ...v3.auth, key: 'another horse' } }, /authentication key of bondproof with sha256|the agent says who it is, and not a word to what bondproof asks with sha256 and aes/],
  ['of privacy', { ...v3, privacy: { ...v3.privacy, key: 'another battery' } }, /cannot read what bondproof encrypts with aes|the agent says who it is, and not a word to what bondproof asks with sha256 and aes/],
] as const) {
  test(`a wrong key ${what} is a Problem that names the file's place, and no key`, async (t) => {
    await using agent = await serveAgent(synthetic, { users: [user] });
    const { message, parts } = await refusal(agent.port, wrong, patient);
    t.regex(message, found);
    t.regex(message, /\n {2}right would be: .*pass phrase[^\n]*\n {2}what to do: see `(?:auth|privacy):`.*keyFile/);
    t.notRegex(message, /horse|battery/);
    t.is(parts.exitCode, exitCodes.device);
  });
}

/** Somebody at a port who answers in his own way. */
const served = async (answer: (request: Buffer, reply: (text: Buffer) => void) => void): Promise<Socket & AsyncDisposable> => {
  const socket = createSocket('udp4');
  socket.on('message', (request, { port, address }) => answer(request, (text) => socket.send(text, port, address)));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return Object.assign(socket, { [Symbol.asyncDispose]: () => Promise.resolve(void socket.close()) });
};

test('nobody there: the time is up, and it is said what to look at', async (t) => {
  await using nobody = await served(() => undefined);
  const { message } = await refusal(nobody.address().port, v3);
  t.regex(message, /: nobody answers\n {2}right would be: an SNMP agent with SNMPv3\n {2}what to do: see whether SNMP is enabled .*firewall/);
});

test('what is no SNMP is as if it had never come', async (t) => {
  for (const noise of [Buffer.alloc(0), Buffer.from('no SNMP'), Buffer.from('300602010104015a', 'hex'), Buffer.from('3003020103', 'hex'), Buffer.from('30820fff', 'hex'), Buffer.alloc(1400, 0x30)]) {
    await using somebody = await served((_, reply) => reply(noise));
    t.regex((await refusal(somebody.address().port, v3)).message, /nobody answers/);
    t.regex((await refusal(somebody.address().port, { version: 'v2c', community: 'reading' })).message, /nobody answers/);
  }
});

/** BER, short enough for lengths of one octet. */
const ber = (tag: number, ...parts: readonly (Buffer | string | number)[]): Buffer => {
  const body = Buffer.concat(parts.map((part) => (Buffer.isBuffer(part) ? part : typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))));
  return Buffer.concat([Buffer.from(body.length < 128 ? [tag, body.length] : [tag, 0x81, body.length]), body]);
};

test('an answer that is neither authenticated nor encrypted is not taken for the agent’s', async (t) => {
  let asked = 0;
  await using impostor = await served((request, reply) => {
    asked += 1;
    // SNMPv3Message: version, then msgGlobalData, whose first is msgID (RFC 3412, 6).
    const [, id] = /020103(?:30..)(02(?:01|02|03|04)(?:..)+?)02/.exec(request.toString('hex')) ?? [];
    const msgId = Buffer.from(id!, 'hex');
    const whole = msgId.subarray(0, 2 + msgId[1]!);
    const engine = Buffer.from('8000b9838001020304', 'hex');
    const security = ber(0x04, ber(0x30, ber(0x04, engine), ber(0x02, 1), ber(0x02, 1), ber(0x04, asked === 1 ? '' : 'bondproof'), ber(0x04), ber(0x04)));
    const bound = ber(0x30, ber(0x30, ber(0x06, Buffer.from('2b06010201010500', 'hex')), ber(0x04, 'impostor')));
    const report = ber(0x30, ber(0x30, ber(0x06, Buffer.from('2b060106030f01010400', 'hex')), ber(0x41, 1)));
    const pdu = asked === 1 ? ber(0xa8, ber(0x02, 1), ber(0x02, 0), ber(0x02, 0), report) : ber(0xa2, ber(0x02, 1), ber(0x02, 0), ber(0x02, 0), bound);
    reply(ber(0x30, ber(0x02, 3), ber(0x30, whole, ber(0x02, 0x7f, 0xff), ber(0x04, 0), ber(0x02, 3)), security, ber(0x30, ber(0x04, engine), ber(0x04), pdu)));
  });
  const { message } = await refusal(impostor.address().port, v3, patient);
  t.true(asked >= 2);
  t.regex(message, /not authenticated and encrypted, so that anybody may have sent it/);
});

test('an agent that goes away ends the session’s walk, and a closed session is told', async (t) => {
  const agent = await serveAgent(synthetic, { users: [user] });
  const session = await openSnmp({ ...at(agent.port), answerMs: 500, retries: 1 });
  await agent[Symbol.asyncDispose]();
  const error = await t.throwsAsync(session.run(sysName, { timeoutMs: 5000 }), { instanceOf: SessionError });
  t.is(error.message, 'sw1, sysName by SNMP: it does not answer any more');
  const pending = t.throwsAsync(session.run(sysName, { timeoutMs: 5000 }), { instanceOf: SessionError });
  await session[Symbol.asyncDispose]();
  await session[Symbol.asyncDispose]();
  await pending;
  t.is(await session.closed, 'we closed it');
  await t.throwsAsync(session.run(sysName, { timeoutMs: 5000 }), { instanceOf: SessionError, message: 'sw1: the session is closed' });
});

test('a walk has an end: at its deadline', async (t) => {
  await using agent = await serveAgent(synthetic, { users: [user] });
  await using session = await openSnmp({ ...at(agent.port), answerMs: 60_000 });
  await agent[Symbol.asyncDispose]();
  await t.throwsAsync(session.run(sysName, { timeoutMs: 100 }), { instanceOf: SessionError, message: 'sw1, sysName by SNMP: it was not answered in time' });
});

test('a walk has an end: where the agent turns in a circle', async (t) => {
  await using circle = await served((request, reply) => {
    // A v2c message; its request-id stands behind the tag of the PDU, and is four octets at most.
    const [, id] = /a5..(02(?:01|02|03|04)(?:..)+?)0201/.exec(request.toString('hex')) ?? [];
    const requestId = Buffer.from(id!, 'hex');
    const bound = ber(0x30, ...[1, 2, 1].map((which) => ber(0x30, ber(0x06, Buffer.from(`2b0601020101050${which}`, 'hex')), ber(0x04, 'x'))));
    reply(ber(0x30, ber(0x02, 1), ber(0x04, 'reading'), ber(0xa2, requestId.subarray(0, 2 + requestId[1]!), ber(0x02, 0), ber(0x02, 0), bound)));
  });
  await using session = await openSnmp(at(circle.address().port, { version: 'v2c', community: 'reading' }));
  const { exitCode, stderr, stdout } = await session.run(sysName, { timeoutMs: 5000 });
  t.deepEqual([exitCode, stdout.split('\n').length], [1, 3]);
  t.regex(stderr, /comes after .*: its rows would never end/);
});

test('interrupted while it waits for an answer, it ends at once', async (t) => {
  await using nobody = await served(() => undefined);
  const controller = new AbortController();
  const opening = openSnmp({ ...at(nobody.address().port), answerMs: 60_000, signal: controller.signal });
  setTimeout(() => controller.abort(new Error('interrupted by SIGINT')), 50);
  await t.throwsAsync(opening, { message: 'interrupted by SIGINT' });
});

test('nothing but a walk is sent', async (t) => {
  await using agent = await serveAgent(synthetic, { users: [user] });
  await using session = await openSnmp(at(agent.port));
  for (const argv of [['set', 'sysName', '1.3.6.1.2.1.1.5', 'text'], ['walk', 'sysName', 'sysName', 'text'], ['walk', 'sysName', '1.3.6.1.2.1.1.5', 'json'], []]) {
    await t.throwsAsync(session.run({ argv }, { timeoutMs: 5000 }), { message: /^an SNMP agent is asked nothing like/ });
  }
  await t.throwsAsync(session.open(sysName), { message: 'an SNMP agent runs no programs' });
});

test('a host that there is not', async (t) => {
  const error = await openSnmp({ ...at(161), host: 'no-such-host.invalid' }).then(() => null, (thrown: unknown) => thrown);
  t.regex((error as Problem).message, /^ask sw1 by SNMP \(bondproof@no-such-host\.invalid:161, v3\): .*\n {2}right would be: a host name or an address/);
});
