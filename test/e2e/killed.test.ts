// The program dies in the middle of a trial: the node takes the fault away by itself, and the next command clears the rest.

import { setTimeout as sleep } from 'node:timers/promises';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import test from 'ava';

import { clone, untilSaid, withHome } from './command.ts';

const virtual = join(clone, 'labs', 'virtual.yaml');

/** The lease (harness/injection.ts), and how late it may be: on the node's own clock. */
const promisedMs = 5000 + 250;

test.serial('whatever happens to the program in mid-fault, the node is fault-free by itself in time, and the next command undoes what is left', async (t) => withHome(async (home) => {
  t.is((await home.run('up', virtual)).code, 0);
  const onNode = async (...command: string[]): Promise<string> => (await home.run('ssh', 'virtual', 'pve1', ...command)).output;
  const bootId = async (): Promise<string> => onNode('cat', '/proc/sys/kernel/random/boot_id');
  const qdiscs = async (): Promise<string> => onNode('tc', 'qdisc', 'show');
  const uptimeMs = async (): Promise<number> => Number((await onNode('cat', '/proc/uptime')).split(' ')[0]) * 1000;
  const inMidFault = async (scenario: string): Promise<ReturnType<typeof home.start>> => {
    const running = home.start('run', virtual, '--scenario', scenario, '--reports', join(home.folder, 'reports'));
    await untilSaid(running, /: observe/);
    t.regex(await qdiscs(), /netem.* loss 100%/, 'the fault is there');
    return running;
  };
  /** When the node's own undo was over, in milliseconds since its boot. */
  const firedMs = async (): Promise<number> => {
    await sleep(promisedMs + 2000);
    t.notRegex(await qdiscs(), /netem/, 'the fault is gone by itself');
    return Number((await onNode('cat /run/bondproof/*.fired')).split(' ')[1]) * 1000;
  };
  const before = await bootId();

  // The launcher became the program: exec keeps the process.
  const killed = await inMidFault('802.3ad/fast-fast');
  const killedMs = await uptimeMs();
  process.kill(killed.pid!, 'SIGKILL');
  t.is((await home.run('run', virtual, '--scenario', 'nonsense')).code, 2, 'a mistake touches nothing');
  const goneMs = await firedMs() - killedMs;
  t.true(goneMs <= promisedMs, `fault-free ${goneMs} ms after SIGKILL`);
  t.is(await bootId(), before, 'it was not a reset that took the fault away');
  const journal = join(home.folder, 'state', 'bondproof', 'undo');
  t.is(readdirSync(join(journal, 'virtual')).length, 2, 'the entries of fault and configuration are open');

  // The machine that wrote everything down is away, and a fault is there that no entry speaks of.
  renameSync(journal, `${journal}-away`);
  await onNode('tc', 'qdisc', 'add', 'dev', 'eth1', 'root', 'handle', 'b0d:', 'netem', 'loss', '100%');
  const seen = await home.run('recover', virtual);
  t.is(seen.code, 4, seen.output);
  t.regex(seen.output, /WRONG pve1 .*bondproof’s qdisc on eth1/);
  t.regex(await qdiscs(), /netem.* loss 100%/, 'without --scan nothing is touched');
  // The lab file was changed meanwhile: it is the lab that is up that is recovered.
  const changed = join(home.folder, 'virtual.yaml');
  writeFileSync(changed, readFileSync(virtual, 'utf8').replace('class: partial', 'class: isolated'));
  const recovered = await home.run('recover', changed, '--scan');
  t.is(recovered.code, 0, recovered.output);
  t.regex(recovered.output, /undone: .*bondproof’s qdisc on eth1 on pve1/);
  t.notRegex(await qdiscs(), /netem/);
  t.is((await home.run('recover', virtual)).code, 0, 'and nothing is left that can be seen');

  // It is back: what it wrote down is undone, also what only it knew.
  rmSync(journal, { recursive: true, force: true });
  renameSync(`${journal}-away`, journal);
  t.regex((await home.run('check', changed)).output, /made from another lab file/);
  t.is(readdirSync(join(journal, 'virtual')).length, 2, 'what is to be undone on the lab is not undone on another');
  const { code, output } = await home.run('check', virtual);
  t.regex(output, /undone: 802\.3ad\/fast-fast on pve1-eth1, left by run/);
  t.regex(output, /undone: bonds, switch ports and HA as they were, left by run/);
  t.is(code === 0 || /quorum/.test(output) ? 0 : code, 0, output);
  t.deepEqual(readdirSync(join(journal, 'virtual')), []);
  t.regex(await onNode('cat', '/etc/network/interfaces'), /bond-mode active-backup/);

  // A program that stands still keeps its connections: only the lease can help. When it goes on it must not take the trial for a good one.
  const frozen = await inMidFault('active-backup/backup');
  process.kill(frozen.pid!, 'SIGSTOP');
  const frozenMs = await uptimeMs();
  const thawedMs = await firedMs() - frozenMs;
  t.true(thawedMs <= promisedMs, `fault-free ${thawedMs} ms after SIGSTOP`);
  const said = untilSaid(frozen, /ended, /);
  process.kill(frozen.pid!, 'SIGCONT');
  t.regex(await said, /ended, (?:inconclusive|invalid)/);
  process.kill(frozen.pid!, 'SIGKILL');
}));
