// An ssh agent for tests: holds keys and signs with them, on a UNIX socket of its own.

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ParsedKey } from 'ssh2';
import ssh2 from 'ssh2';

export interface ServedAgent extends AsyncDisposable {
  readonly path: string;
}

export const serveAgent = async (privateKeys: readonly string[]): Promise<ServedAgent> => {
  const keys = privateKeys.map(parse);
  const folder = await mkdtemp(join(tmpdir(), 'bondproof-'));
  const path = join(folder, 'agent.sock');
  const server = createServer((socket) => {
    const agent = new ssh2.AgentProtocol(false);
    agent.on('identities', (request) => agent.getIdentitiesReply(request, keys));
    agent.on('sign', (request, publicKey, data) => {
      const wanted = publicKey.getPublicSSH();
      const key = keys.find((candidate) => candidate.getPublicSSH().equals(wanted));
      if (key) agent.signReply(request, key.sign(data));
      else agent.failureReply(request);
    });
    socket.on('error', () => undefined);
    socket.pipe(agent).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    path,
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await rm(folder, { recursive: true });
    },
  };
};

const parse = (privateKey: string): ParsedKey => {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  return key;
};
