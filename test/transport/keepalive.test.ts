// In a process of its own: a keepalive needs an event loop that gets around, and other tests keep theirs busy.

import test from 'ava';
import { SessionError } from '../../src/model/session.ts';
import { connect } from '../../src/transport/ssh.ts';
import { proxyTo, serveSsh } from './served-ssh.ts';

const long = { timeoutMs: 60_000 };

test('notices a peer that falls silent without closing anything', async (t) => {
  await using device = await serveSsh();
  await using proxy = await proxyTo(device.port);
  await using session = await connect({
    device: 'pve1',
    login: { ...device.login, port: proxy.port },
    privateKey: device.userKey,
    agentSocket: null,
    limits: { keepaliveMs: 500 },
  });
  await using channel = await session.open({ argv: ['cat'] });
  t.like(await session.run({ argv: ['echo', 'audible'] }, long), { stdout: 'audible\n' });
  const running = t.throwsAsync(session.run({ argv: ['sleep', '600'] }, long), { instanceOf: SessionError, message: /keepalives went unanswered/ });
  proxy.silence();
  t.is(await session.closed, 'it stopped answering (keepalives went unanswered)');
  t.true((await running).sent);
  t.is((await channel.ended).exitCode, null);
});
