import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import test from 'ava';

import { startAgent } from '../../src/agent/agent.ts';
import type { Agent } from '../../src/agent/agent.ts';
import { decodeNetlink } from '../../src/agent/netlink.ts';
import type { AgentConfig, AgentMessage } from '../../src/agent/protocol.ts';
import { Problem } from '../../src/model/problem.ts';
import type { Channel, Session } from '../../src/model/session.ts';
import { localSession, openPair } from './local-session.ts';

const config: AgentConfig = { node: 'a', nodeId: 1, address: '127.0.0.1', bond: 'lo', slaves: ['lo'], peers: [], probePort: 0, tickMs: 100, lrmStatus: '/nonexistent/lrm_status' };

type Kind = AgentMessage['kind'];
type Of<K extends Kind> = Extract<AgentMessage, { readonly kind: K }>;

/** Reads on until the agent says something of this kind that fits. */
const hear = async <K extends Kind>(agent: Agent, kind: K, fits: (message: Of<K>) => boolean = () => true): Promise<Of<K>> => {
  const reader = agent.messages[Symbol.asyncIterator]();
  for (;;) {
    const next = await reader.next();
    if (next.done === true) throw new Error(`the agent ended before it said ${kind}: ${await agent.ended}`);
    if (next.value.kind === kind && fits(next.value as Of<K>)) return next.value as Of<K>;
  }
};

const ticksOf = (all: readonly AgentMessage[]): readonly Of<'tick'>[] => all.filter((message) => message.kind === 'tick');

const rest = async (agent: Agent): Promise<readonly AgentMessage[]> => {
  const all: AgentMessage[] = [];
  for await (const message of agent.messages) all.push(message);
  return all;
};

test('says hello, answers pings, and ends with its standard input', async (t) => {
  await using session = localSession();
  const agent = await startAgent(session, config);
  t.is(agent.hello.bootId, (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim());
  agent.order({ order: 'ping', id: 41 });
  agent.order({ order: 'ping', id: 42 });
  const [first, second] = [await hear(agent, 'pong'), await hear(agent, 'pong')];
  t.deepEqual([first.id, second.id], [41, 42]);
  t.true(first.bootUs >= agent.hello.bootUs && second.bootUs >= first.bootUs);
  await agent.stop();
  t.is(await agent.ended, 'it ended with exit code 0');
});

test('ticks have numbers that follow each other', async (t) => {
  await using session = localSession();
  const agent = await startAgent(session, config);
  const ticks = [await hear(agent, 'tick'), await hear(agent, 'tick'), await hear(agent, 'tick')];
  t.deepEqual(ticks.map(({ seq }) => seq - ticks[0]!.seq), [0, 1, 2]);
  t.deepEqual(Object.keys(ticks[2]!.counters), ['lo']);
  await agent.stop();
});

test('the kernel\'s own words are understood', async (t) => {
  await using session = localSession();
  const agent = await startAgent(session, config);
  const { data } = await hear(agent, 'netlink', (message) => decodeNetlink(Buffer.from(message.data, 'base64')).some((change) => change.kind === 'link' && change.name === 'lo'));
  t.deepEqual(decodeNetlink(Buffer.from(data, 'base64')).filter(({ kind }) => kind === 'not understood'), []);
  await agent.stop();
});

test('an order that it does not understand is a trouble, said once', async (t) => {
  await using session = localSession();
  const agent = await startAgent(session, config);
  agent.order({ order: 'dance' } as never);
  t.is((await hear(agent, 'trouble')).what, 'order');
  agent.order({ order: 'dance' } as never);
  agent.order({ order: 'canary', nic: 'eth9' });
  t.regex((await hear(agent, 'trouble')).because, /^eth9 is no slave of this node; it has lo$/);
  await agent.stop();
});

test('journal lines of this boot carry journald\'s own stamps, and its child ends with it', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'bondproof-'));
  try {
    const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim().replaceAll('-', '');
    const entry = { __CURSOR: 'c', __REALTIME_TIMESTAMP: '1700000000000000', __MONOTONIC_TIMESTAMP: '5000000', _BOOT_ID: bootId, SYSLOG_IDENTIFIER: 'corosync', PRIORITY: '5' };
    const entries = [{ ...entry, _BOOT_ID: '0'.repeat(32), MESSAGE: 'of an earlier boot' }, { ...entry, MESSAGE: 'one' }, { ...entry, MESSAGE: [116, 119, 111, 255] }];
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
    const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
    t.true(process.kill(pid, 0));
    await agent.stop();
    t.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('lrm_status is told when it was written, once for each timestamp', async (t) => {
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

test('two agents hear each other, and the canary of one crosses its slave', async (t) => {
  const pair = await openPair();
  if (typeof pair === 'string') {
    t.log(`left out, no namespaces can be made here: ${pair}`);
    t.pass();
    return;
  }
  await using namespaces = pair;
  const common = { ...config, bond: 'eth1', slaves: ['eth1', 'eth2'], probePort: 5420 };
  const here = await startAgent(namespaces.here, { ...common, address: '10.7.0.1', peers: [{ name: 'b', id: 2, address: '10.7.0.2' }] });
  const there = await startAgent(namespaces.there, { ...common, node: 'b', nodeId: 2, address: '10.7.0.2', peers: [{ name: 'a', id: 1, address: '10.7.0.1' }] });
  const heardByHere: number[] = [];
  await hear(here, 'tick', ({ heard }) => heardByHere.push(...(heard['b'] ?? [])) >= 3);
  here.order({ order: 'canary', nic: 'eth2' });
  const ticks: Of<'tick'>[] = [];
  const count = (): number => ticks.flatMap(({ canaryHeard }) => canaryHeard).length;
  while (count() < 3 || !ticks.some(({ heard }) => heard['a'])) ticks.push(await hear(there, 'tick'));

  // The one that listens stops first: all that it can have heard is then in the other's lines, which are read to their end.
  await there.stop();
  ticks.push(...ticksOf(await rest(there)));
  await here.stop();
  const canaries = new Set(ticksOf(await rest(here)).flatMap(({ canarySent }) => canarySent));
  t.deepEqual(ticks.flatMap(({ canaryHeard }) => canaryHeard).filter((seq) => !canaries.has(seq)), []);
  t.deepEqual(ticks.flatMap(({ canarySent }) => canarySent), []);
  t.deepEqual(heardByHere.toSorted((a, b) => a - b), heardByHere);
});

test('LACPDUs are seen going out on one end and coming in on the other, and a link that goes down is told', async (t) => {
  const pair = await openPair();
  if (typeof pair === 'string') {
    t.log(`left out, no namespaces can be made here: ${pair}`);
    t.pass();
    return;
  }
  await using namespaces = pair;
  const common = { ...config, bond: 'eth1', slaves: ['eth1', 'eth2'], address: '10.7.0.1' };
  const here = await startAgent(namespaces.here, common);
  const there = await startAgent(namespaces.there, common);
  const lacpdu = Buffer.from(`0180c20000020200000000098809${'01'.repeat(110)}`, 'hex');
  const other = Buffer.from(`0180c200000202000000000988cc${'01'.repeat(110)}`, 'hex');
  const send = `import socket; s=socket.socket(socket.AF_PACKET,socket.SOCK_RAW); s.bind(("eth2",0)); s.send(bytes.fromhex("${other.toString('hex')}")); s.send(bytes.fromhex("${lacpdu.toString('hex')}"))`;
  t.like(await namespaces.here.run({ argv: ['python3', '-c', send] }, { timeoutMs: 10_000 }), { exitCode: 0 });
  t.like(await hear(here, 'lacpdu'), { slave: 'eth2', outgoing: true, frame: lacpdu.toString('base64') });
  t.like(await hear(there, 'lacpdu'), { slave: 'eth2', outgoing: false, frame: lacpdu.toString('base64') });
  t.like(await namespaces.here.run({ argv: ['ip', 'link', 'set', 'eth2', 'down'] }, { timeoutMs: 10_000 }), { exitCode: 0 });
  await hear(there, 'netlink', ({ data }) => decodeNetlink(Buffer.from(data, 'base64')).some((change) => change.kind === 'link' && change.name === 'eth2' && !change.carrier));
  t.is((await hear(here, 'tick', ({ counters }) => counters['eth2']?.[3] === null)).counters['eth1']?.[3], 1);
  await here.stop();
  await there.stop();
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
