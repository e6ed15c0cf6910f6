import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test from 'ava';
import { HoldLost, startHold, type HoldPlan } from '../../../src/agent/holder.ts';
import { planCable } from '../../../src/faults/cable.ts';
import { findLink } from '../../../src/model/lab.ts';
import { SessionError } from '../../../src/model/session.ts';
import { realClock } from '../../../src/worlds/real-clock.ts';
import { cablesSession } from '../../../src/worlds/virtual/cables-session.ts';
import { createCables, layCables, type Cables, type Timers } from '../../../src/worlds/virtual/cables.ts';
import { serveCables } from '../../../src/worlds/virtual/control.ts';
import { labOf } from './lab-of.ts';

const links = ['pve1-eth1', 'pve1-eth2'];
const plan = (parts: Readonly<Record<string, readonly (readonly string[])[]>> = { stage: [['cable', 'stage', 'pve1-eth1']], apply: [['cable', 'cut', 'pve1-eth1', 'to-switch']] }) =>
  ({ token: 'run-1', what: 'a trial', since: 'now', undo: '', parts, leaseMs: 2000, capMs: 10_000 });

/** Time that passes when told to. */
const paperTimers = (): Timers & { pass(ms: number): void } => {
  let nowMs = 0;
  let waiting: readonly { readonly atMs: number; readonly due: () => void }[] = [];
  return {
    nowMs: () => nowMs,
    after(ms, due) {
      const each = { atMs: nowMs + ms, due };
      waiting = [...waiting, each];
      return () => { waiting = waiting.filter((other) => other !== each); };
    },
    pass(ms) {
      nowMs += ms;
      const over = waiting.filter(({ atMs }) => atMs <= nowMs);
      waiting = waiting.filter((each) => !over.includes(each));
      for (const { due } of over) due();
    },
  };
};

const paper = () => {
  const timers = paperTimers();
  const cables = createCables(links, timers);
  const begin = (first: unknown = plan()) => {
    const said: Record<string, unknown>[] = [];
    const ended = { is: false };
    const holding = cables.hold((line) => { said.push(JSON.parse(line) as Record<string, unknown>); }, () => { ended.is = true; });
    holding.obey(JSON.stringify(first));
    return { said, ended, order: (order: unknown) => { holding.obey(JSON.stringify(order)); }, end: () => { holding.end(); }, holding };
  };
  const passing = () => links.flatMap((link) => (['to-switch', 'to-node'] as const).filter((way) => cables.passes(link, way)).map((way) => `${link} ${way}`));
  return { timers, cables, begin, passing };
};
const all = links.flatMap((link) => [`${link} to-switch`, `${link} to-node`]);

test('a cut loses one way of one cable, and only once it is applied', (t) => {
  const { begin, passing, cables } = paper();
  const { said, order } = begin();
  order({ order: 'do', part: 'stage' });
  t.deepEqual(passing(), all);
  t.is(cables.run(['cable', 'show', 'pve1-eth1']).stdout, 'whole\n');
  order({ order: 'do', part: 'apply' });
  t.deepEqual(passing(), all.slice(1));
  t.deepEqual(links.map((link) => cables.run(['cable', 'show', link]).stdout), ['cut to-switch\n', 'whole\n']);
  t.deepEqual(said.map((each) => [each['said'], each['steps'] ?? null]), [['armed', null], ['done', [[0, '']]], ['done', [[0, '']]]]);
});

test('the other way can be cut as well, and the control cuts nothing', (t) => {
  for (const [way, wanted] of [['to-node', [all[0], ...all.slice(2)]], ['nothing', all]] as const) {
    const { begin, passing } = paper();
    begin(plan({ apply: [['cable', 'cut', 'pve1-eth1', way]] })).order({ order: 'do', part: 'apply' });
    t.deepEqual(passing(), wanted);
  }
});

test('one hold cuts the cables of two victims, and mending one mends both', (t) => {
  const { begin, passing, cables } = paper();
  const { order, ended } = begin(plan({ apply: links.map((link) => ['cable', 'cut', link, 'to-switch']) }));
  order({ order: 'do', part: 'apply' });
  t.deepEqual(passing(), [all[1], all[3]]);
  cables.run(['cable', 'mend', links[1]!]);
  t.deepEqual([passing(), ended.is], [all, true]);
});

test('without a beat the cable is whole again when the lease is over, and what comes later is not carried out', (t) => {
  const { begin, passing, timers } = paper();
  const { order, ended, said } = begin();
  order({ order: 'do', part: 'apply' });
  timers.pass(1900);
  order({ order: 'beat', n: 1 });
  timers.pass(1900);
  t.is(passing().length, 3);
  timers.pass(100);
  t.deepEqual(passing(), all);
  t.true(ended.is);
  order({ order: 'do', part: 'apply' });
  t.deepEqual(passing(), all);
  t.deepEqual(said.map((each) => each['said']), ['armed', 'done', 'beat']);
});

test('after the process stood still, the lease counts before the orders that lay there', (t) => {
  const { cables, begin, passing } = paper();
  const { order } = begin();
  order({ order: 'do', part: 'apply' });
  t.is(passing().length, 3);
  // The clock ran on; no timer has had its turn.
  let nowMs = 0;
  const late = createCables(links, { nowMs: () => nowMs, after: () => () => undefined });
  const held = late.hold(() => undefined, () => undefined);
  held.obey(JSON.stringify(plan()));
  nowMs = 2001;
  held.obey(JSON.stringify({ order: 'do', part: 'apply' }));
  t.true(late.passes('pve1-eth1', 'to-switch'));
  t.false(cables.passes('pve1-eth1', 'to-switch'));
});

test('a longer lease is one from then on, and the cap ends every one', (t) => {
  const { begin, passing, timers } = paper();
  const { order } = begin();
  order({ order: 'do', part: 'apply' });
  order({ order: 'lease', ms: 5000 });
  timers.pass(4900);
  t.is(passing().length, 3);
  order({ order: 'beat', n: 1 });
  timers.pass(4900);
  order({ order: 'beat', n: 2 });
  t.is(passing().length, 3);
  timers.pass(200);
  t.deepEqual(passing(), all);
});

test('the end of the connection and a mend each end the hold, and a mend where nothing is held is done at once', (t) => {
  const { begin, passing, cables } = paper();
  const first = begin();
  first.order({ order: 'do', part: 'apply' });
  first.end();
  t.deepEqual(passing(), all);
  t.is(cables.run(['cable', 'mend', 'pve1-eth1']).exitCode, 0);
  const second = begin();
  second.order({ order: 'do', part: 'apply' });
  t.is(cables.run(['cable', 'mend', 'pve1-eth2']).exitCode, 0);
  t.is(passing().length, 3, 'not the other cable’s');
  t.is(cables.run(['cable', 'mend', 'pve1-eth1']).exitCode, 0);
  t.deepEqual([passing(), second.ended.is], [all, true]);
});

test('one fault at a time: another is told whose it is, and its end mends nothing', (t) => {
  const { begin, passing } = paper();
  const first = begin();
  first.order({ order: 'do', part: 'apply' });
  const second = begin(plan({ apply: [['cable', 'cut', 'pve1-eth2', 'to-node']] }));
  t.like(second.said, { 0: { said: 'busy', holder: '{"token":"run-1","what":"a trial","since":"now"}' }, length: 1 });
  t.true(second.ended.is);
  second.end();
  t.is(passing().length, 3);
});

test('nobody cuts without holding, and what is no command of cables says so', (t) => {
  const { cables, passing, begin } = paper();
  for (const argv of [['cable', 'cut', 'pve1-eth1', 'to-switch'], ['cable', 'show', 'pve9-eth1'], ['rm', '-rf', 'pve1-eth1'], []]) {
    const { exitCode, stderr } = cables.run(argv);
    t.is(exitCode, 1);
    t.not(stderr, '');
  }
  const held = begin(plan({ apply: [['cable', 'cut', 'pve1-eth1', 'sideways']] }));
  held.order({ order: 'do', part: 'apply' });
  t.like(held.said, { 1: { steps: [[1, 'no command of cables: cable cut pve1-eth1 sideways']] } });
  held.holding.obey('what?');
  t.true(held.ended.is);
  t.deepEqual(passing(), all);
});

const port = async (socket: Socket): Promise<number> => {
  socket.bind({ address: '127.0.0.1', port: 0 });
  await once(socket, 'listening');
  return socket.address().port;
};
const free = async (): Promise<number> => {
  const socket = createSocket('udp4');
  const found = await port(socket);
  socket.close();
  return found;
};

test('frames go through, byte for byte and in order, and the way that is cut loses them while the other goes on', async (t) => {
  const [node, far] = [createSocket('udp4'), createSocket('udp4')];
  const cables = createCables(links, paperTimers());
  const cable = { link: 'pve1-eth1', node: await port(node), nodeSide: await free(), switch: await port(far), switchSide: await free() };
  /** Told of each frame that is not let through. */
  const lost = Promise.withResolvers<string>();
  const takeUp = await layCables([cable], {
    passes: (link, way) => {
      const is = cables.passes(link, way);
      if (!is) lost.resolve(`${link} ${way}`);
      return is;
    },
  });
  const next = async (socket: Socket): Promise<string> => once(socket, 'message').then(([bytes]) => String(bytes));
  try {
    for (const [from, side, to, frame] of [[node, cable.nodeSide, far, 'one'], [far, cable.switchSide, node, 'two']] as const) {
      from.send(frame, side, '127.0.0.1');
      t.is(await next(to), frame);
    }
    const held = cables.hold(() => undefined, () => undefined);
    held.obey(JSON.stringify(plan()));
    held.obey(JSON.stringify({ order: 'do', part: 'apply' }));
    node.send('three', cable.nodeSide, '127.0.0.1');
    t.is(await lost.promise, 'pve1-eth1 to-switch');
    far.send('four', cable.switchSide, '127.0.0.1');
    t.is(await next(node), 'four');
    held.end();
    node.send('five', cable.nodeSide, '127.0.0.1');
    t.is(await next(far), 'five', 'and not three');
  } finally {
    takeUp();
    node.close();
    far.close();
  }
});

const limit = { timeoutMs: 10_000 };
const lab = labOf(2);
const change = planCable(findLink(lab, 'pve1', 'eth1'), 'to-switch');
const holdPlan: HoldPlan = { token: 'run-1', what: 'a trial', since: 'now', undo: '', parts: { stage: change.stage.map(({ command }) => command.argv), apply: change.apply.map(({ command }) => command.argv) } };
const holding = { clock: realClock, leaseMs: 60_000, capMs: 60_000, manager: 'cables' } as const;

const served = async (use: (path: string, cables: Cables) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'bp-'));
  const path = join(folder, 'cables');
  const cables = createCables(links, { nowMs: () => performance.now(), after: () => () => undefined });
  const server = await serveCables(path, cables);
  try {
    await use(path, cables);
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
  }
};

test('over a session a fault is planned, held, seen and mended as on any device', (t) => served(async (path, cables) => {
  await using session = cablesSession(path, realClock);
  const hold = await startHold(session, holdPlan, holding);
  t.deepEqual((await hold.run('stage')).map(({ exitCode }) => exitCode), [0]);
  t.deepEqual((await hold.run('apply')).map(({ exitCode }) => exitCode), [0]);
  await hold.answers(limit);
  t.is((await session.run(change.traces[0]!.command, limit)).stdout, 'cut to-switch\n');
  await t.throwsAsync(startHold(session, holdPlan, holding), { instanceOf: HoldLost, message: /another fault is held there: .*a trial/ });
  t.is((await session.run(change.revert[0]!.command, limit)).exitCode, 0);
  t.true(cables.passes('pve1-eth1', 'to-switch'));
  await hold[Symbol.asyncDispose]();
  t.is((await session.run({ argv: ['cable', 'show', 'no-such'] }, limit)).stderr, 'there is no cable "no-such", but pve1-eth1, pve1-eth2');
}));

test('what is no request of ours is refused, and the next one is heard', (t) => served(async (path, cables) => {
  for (const line of ['what?', '{}', '[]', 'null', '{"run":7}', '{"run":[1,{}]}']) {
    const socket = connect(path);
    socket.write(`${line}\n`);
    t.like(JSON.parse(await text(socket)), { exitCode: 1, stdout: '' }, line);
  }
  const empty = cables.hold(() => undefined, () => undefined);
  empty.obey('{}');
  await using session = cablesSession(path, realClock);
  t.is((await session.run({ argv: ['cable', 'mend', 'pve1-eth1'] }, limit)).exitCode, 0);
}));

test('a session that goes takes its cut along', (t) => served(async (path, cables) => {
  const session = cablesSession(path, realClock);
  const hold = await startHold(session, holdPlan, holding);
  await hold.run('apply');
  t.false(cables.passes('pve1-eth1', 'to-switch'));
  await session[Symbol.asyncDispose]();
  while (!cables.passes('pve1-eth1', 'to-switch')) await new Promise((resolve) => { setTimeout(resolve, 20); });
  t.regex(hold.lost()?.because ?? '', /gone/);
}));

test('where no lab is, the command was not sent', async (t) => {
  const unreached = async () => cablesSession(join(tmpdir(), 'no-such-socket'), realClock).run({ argv: ['cable', 'show', 'pve1-eth1'] }, limit);
  const error = await t.throwsAsync(unreached, { instanceOf: SessionError });
  t.false(error.sent);
});
