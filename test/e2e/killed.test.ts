// The program dies in the middle of a trial: the node takes the fault away by itself, and the next command clears the rest.

import { setTimeout as sleep } from 'node:timers/promises';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import test from 'ava';

import { clone, untilSaid, withHome } from './command.ts';

const virtual = join(clone, 'labs', 'virtual.yaml');

/** The armed cap (harness/trial.ts: 180 s of watching, 20 s, and the baseline), and the 30 s that the promise allows. */
const promisedMs = 205_000 + 30_000;

test.serial('after SIGKILL in mid-fault the node is fault-free by itself, and the next command undoes what is left', async (t) => withHome(async (home) => {
  t.is((await home.run('up', virtual)).code, 0);
  const bootId = async (): Promise<string> => (await home.run('ssh', 'virtual', 'pve1', 'cat', '/proc/sys/kernel/random/boot_id')).output;
  const qdisc = async (): Promise<string> => (await home.run('ssh', 'virtual', 'pve1', 'tc', 'qdisc', 'show', 'dev', 'eth1', 'root')).output;
  const uptimeMs = async (): Promise<number> => Number((await home.run('ssh', 'virtual', 'pve1', 'cat', '/proc/uptime')).output.split(' ')[0]) * 1000;
  const before = await bootId();

  const running = home.start('run', virtual, '--scenario', '802.3ad/fast-fast', '--reports', join(home.folder, 'reports'));
  await untilSaid(running, /: observe/);
  const sinceMs = await uptimeMs();
  // The launcher became the program: exec keeps the process.
  process.kill(running.pid!, 'SIGKILL');
  t.regex(await qdisc(), /netem.* loss 100%/, 'the fault is there');
  t.is((await home.run('run', virtual, '--scenario', 'nonsense')).code, 2, 'a mistake touches nothing');

  // Judged on the node's own clock.
  while ((await qdisc()).includes('netem')) {
    t.true(await uptimeMs() - sinceMs < promisedMs, 'the node was not fault-free in time');
    await sleep(2000);
  }
  t.is(await bootId(), before, 'it was not a reset that took the fault away');
  const left = readdirSync(join(home.folder, 'state', 'bondproof', 'undo', 'virtual'));
  t.is(left.length, 2, 'the entries of fault and configuration are open');

  const { code, output } = await home.run('check', virtual);
  t.regex(output, /undone: 802\.3ad\/fast-fast on pve1-eth1, left by run/);
  t.regex(output, /undone: bonds, switch ports and HA as they were, left by run/);
  t.is(code === 0 || /quorum/.test(output) ? 0 : code, 0, output);
  t.deepEqual(readdirSync(join(home.folder, 'state', 'bondproof', 'undo', 'virtual')), []);
  const interfaces = await home.run('ssh', 'virtual', 'pve1', 'cat', '/etc/network/interfaces');
  t.regex(interfaces.output, /bond-mode active-backup/);

  // Again, and this time the machine that wrote everything down is gone as well.
  const another = home.start('run', virtual, '--scenario', '802.3ad/fast-fast', '--reports', join(home.folder, 'reports'));
  await untilSaid(another, /: observe/);
  process.kill(another.pid!, 'SIGKILL');
  rmSync(join(home.folder, 'state', 'bondproof', 'undo'), { recursive: true });
  const seen = await home.run('recover', virtual);
  t.is(seen.code, 4, seen.output);
  t.regex(seen.output, /WRONG pve1 .*bondproof’s qdisc on eth1/);
  t.regex(await qdisc(), /netem.* loss 100%/, 'without --scan nothing is touched');
  const recovered = await home.run('recover', virtual, '--scan');
  t.is(recovered.code, 0, recovered.output);
  t.regex(recovered.output, /undone: .*bondproof’s qdisc on eth1 on pve1/);
  t.notRegex(await qdisc(), /netem/);
  t.regex((await home.run('ssh', 'virtual', 'pve1', 'cat', '/etc/network/interfaces')).output, /bond-mode active-backup/);
  t.is((await home.run('recover', virtual)).code, 0, 'and nothing is left');
}));
