import { setTimeout as sleep } from 'node:timers/promises';

import test from 'ava';

import type { Disk } from '../../src/model/disk.ts';
import { diskInTurn } from '../../src/worlds/disk-in-turn.ts';

test('what is asked for at once is done one after the other, and a refusal holds nobody up', async (t) => {
  const said: string[] = [];
  const slow = (what: string, ms: number) => async (): Promise<void> => {
    said.push(`${what} begins`);
    await sleep(ms);
    said.push(`${what} ends`);
  };
  const paper = {
    create: async () => Promise.resolve({ append: slow('append', 5), sync: slow('sync', 1), close: slow('close', 0) }),
    remove: async () => Promise.reject(new Error('no such file')),
    rename: slow('rename', 3),
  } as unknown as Disk;
  const disk = diskInTurn(paper);
  const file = await disk.create('a');
  const order: string[] = [];
  const note = (what: string) => (): void => { order.push(what); };
  await Promise.all([
    file.append('text').then(note('append')), disk.remove('b').catch(note('remove')), disk.rename('c', 'd').then(note('rename')), file.sync().then(note('sync')),
  ]);
  t.deepEqual(order, ['append', 'remove', 'rename', 'sync']);
  t.deepEqual(said, ['append begins', 'append ends', 'rename begins', 'rename ends', 'sync begins', 'sync ends']);
});
