import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import test from 'ava';

import { startAgent } from '../../src/agent/agent.ts';
import type { Agent } from '../../src/agent/agent.ts';
import { decodeNetlink } from '../../src/agent/netlink.ts';
import type { NetlinkChange } from '../../src/agent/netlink.ts';
import type { AgentConfig, AgentMessage } from '../../src/agent/protocol.ts';
import { Problem } from '../../src/model/problem.ts';
import type { Channel, Session } from '../../src/model/session.ts';
import { localSession, openPair } from './local-session.ts';

const config: AgentConfig = { node: 'a', nodeId: 1, address: '127.0.0.1', bond: 'lo', slaves: ['lo'], peers: [], probePort: 0, tickMs: 100, probeEveryTicks: 1, messageEveryMs: 2000, echoEveryMs: 2000, lrmStatus: '/nonexistent/lrm_status' };

type Kind = AgentMessage['kind'];
type Of<K extends Kind> = Extract<AgentMessage, { readonly kind: K }>;

/** Reads on until the agent says something of this kind that fits; all that was read goes to `kept`. */
const hear = async <K extends Kind>(agent: Agent, kind: K, fits: (message: Of<K>) => boolean = () => true, kept: AgentMessage[] = []): Promise<Of<K>> => {
  const reader = agent.messages[Symbol.asyncIterator]();
  for (;;) {
    const next = await reader.next();
    if (next.done === true) throw new Error(`the agent ended before it said ${kind}: ${await agent.ended}`);
    kept.push(next.value);
    if (next.value.kind === kind && fits(next.value as Of<K>)) return next.value as Of<K>;
  }
};

const ticksOf = (all: readonly AgentMessage[]): readonly Of<'tick'>[] => all.filter((message) => message.kind === 'tick');

const rest = async (agent: Agent): Promise<readonly AgentMessage[]> => {
  const all: AgentMessage[] = [];
  for await (const message of agent.messages) all.push(message);
  return all;
};

const changes = ({ data }: Pick<Of<'netlink'>, 'data'>): readonly NetlinkChange[] => decodeNetlink(Buffer.from(data, 'base64'));

/** A Python program that sends frames as they are. */
const sendOn = (nic: string, ...frames: readonly Buffer[]): string =>
  `import socket; s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW); s.bind(("${nic}", 0)); [s.send(bytes.fromhex(each)) for each in "${frames.map((frame) => frame.toString('hex')).join(' ')}".split()]`;

test.serial('says hello, answers pings, ticks, tells what it does not understand, and ends with its standard input', async (t) => {
  await using session = localSession();
  const agent = await startAgent(session, config);
  t.is(agent.hello.bootId, (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim());
  agent.order({ order: 'ping', id: 41 });
  agent.order({ order: 'ping', id: 42 });
  const [first, second] = [await hear(agent, 'pong'), await hear(agent, 'pong')];
  t.deepEqual([first.id, second.id], [41, 42]);
  t.true(first.bootUs >= agent.hello.bootUs && second.bootUs >= first.bootUs);

  const ticks = [await hear(agent, 'tick'), await hear(agent, 'tick'), await hear(agent, 'tick')];
  t.deepEqual(ticks.map(({ seq }) => seq - ticks[0]!.seq), [0, 1, 2]);
  t.deepEqual(Object.keys(ticks[2]!.counters), ['lo']);

  agent.order({ order: 'dance' } as never);
  await hear(agent, 'trouble', ({ what }) => what === 'order');
  agent.order({ order: 'dance' } as never); // said once
  agent.order({ order: 'canary', nic: 'eth9' });
  t.is((await hear(agent, 'trouble', ({ what }) => what === 'order' || what === 'canary')).because, 'eth9 is no slave of this node; it has lo');
  await agent.stop();
  t.is(await agent.ended, 'it ended with exit code 0');
});

test.serial('journal lines of this boot carry the stamp of when they were sent, and its child ends with it', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'bondproof-'));
  try {
    const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim().replaceAll('-', '');
    const entry = { __CURSOR: 'c', __REALTIME_TIMESTAMP: '1700000000000000', __MONOTONIC_TIMESTAMP: '5000000', _BOOT_ID: bootId, SYSLOG_IDENTIFIER: 'corosync', PRIORITY: '5' };
    const entries = [{ ...entry, _BOOT_ID: '0'.repeat(32), MESSAGE: 'of an earlier boot' }, { ...entry, MESSAGE: 'one' }, { ...entry, MESSAGE: [116, 119, 111, 255] },
      // journald was late; the wall clock was set ahead, or back, on the way.
      { ...entry, MESSAGE: 'late', _SOURCE_REALTIME_TIMESTAMP: '1699999997000000' },
      { ...entry, MESSAGE: 'set', _SOURCE_REALTIME_TIMESTAMP: '1699990000000000' }, { ...entry, MESSAGE: 'set back', _SOURCE_REALTIME_TIMESTAMP: '1700000001000000' }];
    const script = `#!/bin/sh\necho $$ > ${folder}/pid\ncat <<'END'\n${entries.map((each) => JSON.stringify(each)).join('\n')}\nEND\nexec sleep 1000\n`;
    await writeFile(join(folder, 'journalctl'), script, { mode: 0o755 });
    await using session = localSession([], { PATH: `${folder}:${process.env['PATH'] ?? ''}` });
    const agent = await startAgent(session, config);
    const first = await hear(agent, 'journal');
    t.like(first, { identifier: 'corosync', text: 'one', priority: 5, realUs: 1_700_000_000_000_000 });
    // The two clocks differ by what this machine was suspended since its boot, and that is the same for later stamps.
    const suspendedUs = first.bootUs - 5_000_000;
    t.true(suspendedUs > -1_000_000 && suspendedUs < agent.hello.bootUs);
    t.is((await hear(agent, 'journal')).text, 'two\ufffd');
    t.like(await hear(agent, 'journal'), { text: 'late', bootUs: first.bootUs - 3_000_000, realUs: first.realUs - 3_000_000 });
    for (const text of ['set', 'set back']) t.like(await hear(agent, 'journal'), { text, bootUs: first.bootUs, realUs: first.realUs });
    const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
    t.true(process.kill(pid, 0));
    await agent.stop();
    t.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.serial('lrm_status is told when it was written, once for each timestamp', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'bondproof-'));
  try {
    const lrmStatus = join(folder, 'lrm_status');
    const write = async (state: string, timestamp: number): Promise<void> => {
      await writeFile(`${lrmStatus}.new`, JSON.stringify({ state, mode: 'active', results: {}, timestamp }));
      await rename(`${lrmStatus}.new`, lrmStatus);
    };
    await write('active', 100);
    await using session = localSession();
    const agent = await startAgent(session, { ...config, lrmStatus });
    t.like(await hear(agent, 'lrm'), { state: 'active', timestamp: 100 });
    await write('active', 100);
    await write('lost_agent_lock', 105);
    t.like(await hear(agent, 'lrm'), { state: 'lost_agent_lock', timestamp: 105 });
    await agent.stop();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.serial('two agents hear each other, the canary of one crosses its slave, and both ends see LACPDUs and a link that goes down', async (t) => {
  const pair = await openPair();
  if (typeof pair === 'string') {
    t.log(`left out, no namespaces can be made here: ${pair}`);
    t.pass();
    return;
  }
  await using namespaces = pair;
  const common = { ...config, bond: 'eth1', slaves: ['eth1', 'eth2'], probePort: 5420 };
  const here = await startAgent(namespaces.here, { ...common, address: '10.7.0.1', peers: [{ name: 'b', id: 2, address: '10.7.0.2' }] });
  const there = await startAgent(namespaces.there, { ...common, probeEveryTicks: 2, node: 'b', nodeId: 2, address: '10.7.0.2', peers: [{ name: 'a', id: 1, address: '10.7.0.1' }] });

  // The state at the start, in the kernel's own words.
  const { data } = await hear(here, 'netlink', (message) => changes(message).some((change) => change.kind === 'link' && change.name === 'eth1'));
  t.deepEqual(changes({ data }).filter(({ kind }) => kind === 'not understood'), []);

  const heardByHere: number[] = [];
  await hear(here, 'tick', ({ heard }) => heardByHere.push(...(heard['b'] ?? [])) >= 3);
  t.deepEqual(heardByHere.toSorted((a, b) => a - b), heardByHere);
  t.true(heardByHere.every((seq) => seq % 2 === 0)); // the other one sends on each second tick
  here.order({ order: 'canary', nic: 'eth2' });
  const said: AgentMessage[] = []; // by the one that sends the canary, from here on
  const ticks: Of<'tick'>[] = []; // of the one that hears it
  const canariesHeard = (): readonly number[] => ticks.flatMap(({ canaryHeard }) => canaryHeard['a'] ?? []);
  while (canariesHeard().length < 3 || !ticks.some(({ heard }) => heard['a'])) ticks.push(await hear(there, 'tick'));

  // A burst goes out between ticks, by numbers of its own, and ends when it is told to.
  here.order({ order: 'burst', forMs: 60_000 });
  const isOfBurst = (seq: number): boolean => seq >= 1_000_000;
  while (canariesHeard().filter(isOfBurst).length < 20) ticks.push(await hear(there, 'tick'));
  here.order({ order: 'burst', forMs: 0 });
  const { sent: burst } = await hear(here, 'burst', () => true, said);
  t.deepEqual(burst.map(([seq]) => seq), burst.map((_, n) => burst[0]![0] + n));
  t.true(burst.every(([, agoUs, tookUs], n) => tookUs >= 0 && agoUs >= tookUs && (n === 0 || agoUs <= burst[n - 1]![1] - burst[n - 1]![2])));

  const lacpdu = Buffer.from(`0180c20000020200000000098809${'01'.repeat(110)}`, 'hex');
  const lldp = Buffer.from(`0180c200000e02000000000988cc${'01'.repeat(110)}`, 'hex');
  const sent = await namespaces.there.run({ argv: ['python3', '-c', sendOn('eth2', lldp, lacpdu)] }, { timeoutMs: 60_000 });
  t.is(sent.exitCode, 0, sent.stderr);
  t.like(await hear(there, 'lacpdu'), { slave: 'eth2', outgoing: true, frame: lacpdu.toString('base64') });

  // The one that listens stops first: all that it can have heard is then in the other's lines, which are read to their end.
  await there.stop();
  ticks.push(...ticksOf(await rest(there)));
  t.is((await namespaces.there.run({ argv: ['ip', 'link', 'set', 'eth1', 'down'] }, { timeoutMs: 60_000 })).exitCode, 0);
  await hear(here, 'netlink', (message) => changes(message).some((change) => change.kind === 'link' && change.name === 'eth1' && !change.carrier), said);
  await here.stop();
  said.push(...(await rest(here)));
  t.deepEqual(said.filter(({ kind }) => kind === 'lacpdu').map((message) => ({ ...message, bootUs: 0, realUs: 0 })), [
    { kind: 'lacpdu', slave: 'eth2', outgoing: false, frame: lacpdu.toString('base64'), bootUs: 0, realUs: 0 },
  ]);
  const canariesSent = new Set([...ticksOf(said).flatMap(({ canarySent }) => canarySent), ...burst.map(([seq]) => seq)]);
  t.deepEqual(canariesHeard().filter((seq) => !canariesSent.has(seq)), []);
  t.deepEqual(ticks.flatMap(({ canarySent }) => canarySent), []);
});

test.serial('two agents hear each other over IPv6, though one was there before its address', async (t) => {
  const pair = await openPair();
  if (typeof pair === 'string') {
    t.log(`left out, no namespaces can be made here: ${pair}`);
    t.pass();
    return;
  }
  await using namespaces = pair;
  const ip = async (...words: readonly string[]): Promise<void> => { t.is((await namespaces.here.run({ argv: ['ip', ...words] }, { timeoutMs: 60_000 })).stderr, ''); };
  await ip('addr', 'del', 'fd07::1/64', 'dev', 'eth1');
  const common = { ...config, bond: 'eth1', slaves: ['eth1', 'eth2'], probePort: 5420 };
  const here = await startAgent(namespaces.here, { ...common, address: 'fd07::1', peers: [{ name: 'b', id: 2, address: 'fd07::2' }] });
  const there = await startAgent(namespaces.there, { ...common, node: 'b', nodeId: 2, address: 'fd07::2', peers: [{ name: 'a', id: 1, address: 'fd07::1' }] });
  const kept: AgentMessage[] = [];
  await hear(there, 'tick', ({ heard }) => heard['a'] === undefined, kept);
  await ip('addr', 'add', 'fd07::1/64', 'dev', 'eth1');
  await hear(there, 'tick', ({ heard }) => heard['a'] !== undefined, kept);
  const said: AgentMessage[] = [];
  await hear(here, 'tick', ({ heard }) => heard['b'] !== undefined, said);
  // The neighbour has the text that the lab has for it.
  await hear(here, 'netlink', ({ data }) => changes({ data }).some((change) => change.kind === 'neighbour' && change.address === 'fd07::2'), said);
  await here.stop();
  await there.stop();
  t.deepEqual([...kept, ...said].filter(({ kind }) => kind === 'trouble').filter((message) => 'what' in message && message.what === 'probes'), []);
});

test('a node where it cannot start is a problem that says what to do', async (t) => {
  await using session = localSession(['env', '-i', '/bin/sh', '-c', 'echo "sh: 1: python3: not found" >&2; exit 127']);
  const error = await t.throwsAsync(startAgent(session, config), { instanceOf: Problem });
  t.like(error.parts, { asked: 'start the agent on a', found: 'it ended with exit code 127: sh: 1: python3: not found', todo: 'on a: apt-get install python3' });
});

/** A session whose only channel says these lines and ends. */
const saying = (lines: readonly string[]): Session => {
  const over = Promise.withResolvers<{ command: { argv: [] }; exitCode: number; stdout: string; stderr: string; elapsedMs: number }>();
  const channel: Channel = {
    lines: (async function* () {
      await Promise.resolve();
      yield* lines;
      over.resolve({ command: { argv: [] }, exitCode: 1, stdout: '', stderr: 'Traceback\nOSError: why', elapsedMs: 0 });
    })(),
    write: () => undefined,
    end: () => undefined,
    ended: over.promise,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return { device: 'a', open: () => Promise.resolve(channel), run: () => Promise.reject(new Error('unused')), closed: over.promise.then(String), [Symbol.asyncDispose]: () => Promise.resolve() };
};

const hello = '{"kind":"hello","bootUs":5,"realUs":6,"bootId":"b","kernel":"k","python":"3.13","pid":1,"problems":[]}';

test('lines that are no messages become troubles, and the end has its reason', async (t) => {
  const agent = await startAgent(saying([hello, 'Traceback (most recent call last):', '{"kind":"pong","bootUs":7,"realUs":8,"id":1}']), config);
  t.deepEqual(await rest(agent), [
    { kind: 'trouble', bootUs: 5, realUs: 6, what: 'a line of the agent is no message', because: 'Traceback (most recent call last):' },
    { kind: 'pong', bootUs: 7, realUs: 8, id: 1 },
  ]);
  t.is(await agent.ended, 'it ended with exit code 1: OSError: why');
});

test('whoever waits for a hello can give up', async (t) => {
  await using session = localSession(['sleep', '1000', '#']);
  const giveUp = new AbortController();
  const starting = startAgent({ ...session, open: () => session.open({ argv: [] }) }, config, { signal: giveUp.signal });
  giveUp.abort(new Error('enough'));
  await t.throwsAsync(starting, { message: 'enough' });
});
