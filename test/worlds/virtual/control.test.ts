import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test from 'ava';
import { ask, watchMachines } from '../../../src/worlds/virtual/ask.ts';
import { serveControl, serveSsh, type Controlled } from '../../../src/worlds/virtual/control.ts';
import type { MachineEvent } from '../../../src/worlds/virtual/supervisor.ts';

const machines = [{ name: 'pve1', pid: 12, starts: 1 }];
const limit = { timeoutMs: 60_000 };

const inFolder = async (use: (folder: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'bp-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const withControl = (more: Partial<Controlled>, use: (folder: string, publish: (event: MachineEvent) => void) => Promise<void>): Promise<void> => inFolder(async (folder) => {
  const control = await serveControl(join(folder, 'control'), { machines: () => machines, cycle: () => Promise.resolve(), down: () => Promise.resolve(), ...more });
  try {
    await use(folder, (event) => control.publish(event));
  } finally {
    control.server.close();
  }
});

test('status gives the machines', (t) => withControl({}, async (folder) => {
  t.deepEqual(await ask(folder, { ask: 'status' }, limit), machines);
}));

test('the control socket is its user\'s alone', (t) => withControl({}, async (folder) => {
  await Promise.resolve();
  t.is(statSync(join(folder, 'control')).mode & 0o777, 0o600);
}));

test('a power cycle is answered when it is over', (t) => {
  const cycled: string[] = [];
  const power = Promise.withResolvers<undefined>();
  return withControl({ cycle: async (name) => { await power.promise; cycled.push(name); } }, async (folder) => {
    const asked = ask(folder, { ask: 'power-cycle', machine: 'pve1' }, limit);
    await ask(folder, { ask: 'status' }, limit);
    t.deepEqual(cycled, []);
    power.resolve(undefined);
    await asked;
    t.deepEqual(cycled, ['pve1']);
  });
});

test('what the lab refuses is told', (t) => withControl({ cycle: () => Promise.reject(new Error('there is no machine "pve9"')) }, async (folder) => {
  await t.throwsAsync(ask(folder, { ask: 'power-cycle', machine: 'pve9' }, limit), { message: 'there is no machine "pve9"' });
}));

test('a line that is no request is refused, and the next one is heard', (t) => withControl({}, async (folder) => {
  const socket = connect(join(folder, 'control'));
  socket.end('{"ask":"dance"}\n');
  t.deepEqual(JSON.parse((await text(socket)).trim()), { ok: false, because: 'not a request: {"ask":"dance"}' });
  t.deepEqual(await ask(folder, { ask: 'status' }, limit), machines);
}));

test('watching gives what is published from then on', (t) => withControl({}, async (folder, publish) => {
  const event: MachineEvent = { event: 'died', machine: 'pve1', atUs: 5, starts: 1, how: 'SIGKILL' };
  const stop = new AbortController();
  // Published again and again, for the watcher says nothing when it begins to watch.
  const timer = setInterval(() => publish(event), 5);
  for await (const seen of watchMachines(folder, stop.signal)) {
    t.deepEqual(seen, event);
    break;
  }
  clearInterval(timer);
}));

test('asking a lab without a holder fails', (t) => inFolder(async (folder) => {
  await t.throwsAsync(ask(folder, { ask: 'status' }, limit), { code: 'ENOENT' });
}));

/** A machine's sshd that sends back what it hears. */
const echo = async (port = 0) => {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => { open.add(socket); socket.pipe(socket); }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { server, open, port: (server.address() as AddressInfo).port };
};

const gateOf = (folder: string, port: number) =>
  serveSsh(join(folder, 'gate'), { name: 'm1', argv: [], cwd: folder, scratch: '', console: '', ssh: { host: '127.0.0.1', port } });

test('the gate forwards both ways, and half-closed connections too', (t) => inFolder(async (folder) => {
  const sshd = await echo();
  const gate = await gateOf(folder, sshd.port);
  const client = connect({ path: join(folder, 'gate'), allowHalfOpen: true });
  const large = 'x'.repeat(1_000_000);
  client.end(large);
  t.is(await text(client), large);
  gate.server.close();
  sshd.server.close();
}));

test('a connection to a machine that does not listen yet waits until it does', (t) => inFolder(async (folder) => {
  const first = await echo();
  first.server.close();
  await once(first.server, 'close');
  const gate = await gateOf(folder, first.port);
  const client = connect({ path: join(folder, 'gate'), allowHalfOpen: true });
  client.write('early');
  await once(client, 'connect');
  const sshd = await echo(first.port);
  t.is(String((await once(client, 'data'))[0]), 'early');
  client.end(', late');
  t.is(await text(client), ', late');
  gate.server.close();
  sshd.server.close();
}));

test('hanging up ends the connections to a machine that died', (t) => inFolder(async (folder) => {
  const sshd = await echo();
  const gate = await gateOf(folder, sshd.port);
  const client = connect(join(folder, 'gate'));
  client.write('hello');
  t.is(String((await once(client, 'data'))[0]), 'hello');
  gate.hangUp();
  await once(client, 'close');
  t.pass();
  gate.server.close();
  for (const socket of sshd.open) socket.destroy();
  sshd.server.close();
}));
