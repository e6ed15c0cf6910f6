// What trials take for granted of a node, whatever world it is in: a conformance suite that each embedded world has to pass. It tells time by the node's own
// clock (proc_uptime(5)), for this machine may be busy.

import { setTimeout as sleepHere } from 'node:timers/promises';

import type { ExecutionContext } from 'ava';

import { startHold } from '../../src/agent/holder.ts';
import { armUndo, disarmUndo, undoText } from '../../src/harness/guard.ts';
import type { Command } from '../../src/model/command.ts';
import type { NodeId } from '../../src/model/lab.ts';
import type { Channel, OpenLab, Session } from '../../src/model/session.ts';

interface On { readonly open: OpenLab; readonly node: NodeId; readonly session: Session }

type Ability = (t: ExecutionContext, on: On) => Promise<void>;

const limit = { timeoutMs: 120_000 };

const say = async (session: Session, script: string): Promise<string> => {
  const { exitCode, stdout, stderr } = await session.run({ argv: ['sh', '-c', script] }, limit);
  if (exitCode !== 0) throw new Error(`${script}: exit ${exitCode}: ${stderr}`);
  return stdout.trim();
};

const readUptime = 'read -r up rest < /proc/uptime; echo "$up"';
const uptimeS = async (session: Session): Promise<number> => Number(await say(session, readUptime));
const bootId = async (session: Session): Promise<string> => say(session, 'cat /proc/sys/kernel/random/boot_id');

/** Undone: a file says when. It is in /run, which a reset empties, as it does a fault. */
const undoneAt = (token: string): string => `/run/undone-${token}`;
const undo = (token: string): Command => ({ argv: ['sh', '-c', `cut -d" " -f1 /proc/uptime > ${undoneAt(token)}`] });
const undoneS = async (session: Session, token: string): Promise<number | null> => {
  const said = await say(session, `cat ${undoneAt(token)} 2> /dev/null || true`);
  return said === '' ? null : Number(said);
};

/** What a busy machine may add to a program's start on a node; the promise itself is the lease and a quarter of a second, and has tests of its own. */
const busyS = 5;
const leaseMs = 5000;

const hold = async ({ open, node, session }: On, token: string) => startHold(session, {
  token, what: 'a test of what a node can do', since: '2026-01-01T00:00:00Z', parts: {}, undo: undoText(token, [{ device: node, command: undo(token) }]),
}, { clock: open.clock, leaseMs, capMs: 60_000 }).catch((error: unknown) => { throw new Error(`${node}: ${String(error)}`); });

/** A session of the caller's own, that it may lose. */
const another = async ({ open, node }: On): Promise<On> => ({ open, node, session: await open.session(node, limit) });

const linesOf = (channel: Channel): { readonly all: string[]; readonly over: Promise<void> } => {
  const all: string[] = [];
  const pump = async (): Promise<void> => {
    for await (const line of channel.lines) all.push(line);
  };
  return { all, over: pump().catch(() => undefined) };
};

export const abilities: Readonly<Record<string, Ability>> = {
  'an undo is carried out by the node itself at its time, and never when it was taken back': async (t, { open, node, session }) => {
    const actions = (token: string) => [{ device: node, command: undo(token) }];
    const before = await uptimeS(session);
    for (const token of ['kept', 'taken']) await session.run(armUndo(token, actions(token), 4000), limit);
    const armed = await uptimeS(session);
    await session.run(disarmUndo('taken'), limit);
    await open.clock.sleep(4000 + busyS * 1000);
    const at = await undoneS(session, 'kept');
    t.true(at !== null && at >= before + 4 && at <= armed + 4 + busyS, `armed from ${before} to ${armed} s, undone at ${at} s`);
    t.is(await undoneS(session, 'taken'), null);
    t.regex((await session.run(disarmUndo('kept'), limit)).stdout, /^fired [\d.]+ [\d.]+/);
  },

  'what holds a fault is killed: the node undoes it': async (t, on) => {
    const held = await hold(on, 'killed');
    const before = await uptimeS(on.session);
    t.is(await undoneS(on.session, 'killed'), null);
    // All of it would be killed until nothing of it is left, its undo among it (docs/safety.md).
    await say(on.session, 'systemctl kill --kill-whom=main --signal=KILL bondproof-undo-killed');
    await on.open.clock.sleep(leaseMs + 1000);
    const at = await undoneS(on.session, 'killed');
    t.true(at !== null && at >= before && at <= before + leaseMs / 1000 + 0.25, `killed after ${before} s, undone at ${at} s`);
    t.not(held.lost(), null);
    await held[Symbol.asyncDispose]();
  },

  'whoever said that the fault is wanted falls silent: the node undoes it within the lease': async (t, on) => {
    const held = await hold(on, 'hushed');
    held.hush();
    const before = await uptimeS(on.session);
    await on.open.clock.sleep(leaseMs + 1000);
    const at = await undoneS(on.session, 'hushed');
    t.true(at !== null && at <= before + leaseMs / 1000 + 0.25, `silent from ${before} s on, undone at ${at} s`);
    await held[Symbol.asyncDispose]();
  },

  'the way to the node is gone: it undoes the fault': async (t, on) => {
    const lost = await another(on);
    await hold(lost, 'cut');
    const before = await uptimeS(on.session);
    await lost.session[Symbol.asyncDispose]();
    await on.open.clock.sleep(leaseMs + 1000);
    const at = await undoneS(on.session, 'cut');
    t.true(at !== null && at >= before && at <= before + leaseMs / 1000 + 0.25, `gone after ${before} s, undone at ${at} s`);
  },

  'its journal is followed, and each line has the time of the node and the boot it is of': async (t, on) => {
    const channel = await on.session.open({ argv: ['journalctl', '-f', '-q', '-n', '0', '-o', 'json', '-t', 'abilities'] });
    const { all } = linesOf(channel);
    // It follows when it answers, which nothing says; a line more than once is none too many.
    const before = await uptimeS(on.session);
    for (let n = 0; n < 60 && all.length === 0; n += 1) {
      await say(on.session, 'logger -t abilities "a line"');
      await on.open.clock.sleep(250);
    }
    const after = await uptimeS(on.session);
    const entry = JSON.parse(all[0]!) as Readonly<Record<string, string>>;
    t.is(entry['MESSAGE'], 'a line');
    t.is(entry['_BOOT_ID'], (await bootId(on.session)).replaceAll('-', ''));
    const atS = Number(entry['__MONOTONIC_TIMESTAMP']) / 1e6;
    t.true(atS >= before - 0.01 && atS <= after, `logged between ${before} and ${after} s, stamped ${atS} s`);
    await channel[Symbol.asyncDispose]();
  },

  'a reset ends its sessions and all that ran, empties /run, keeps what was synced, and gives it another boot': async (t, on) => {
    const { open, node } = on;
    const { session } = await another(on);
    const before = await bootId(session);
    t.is(await bootId(session), before);
    await say(session, 'echo kept > /root/abilities; sync; touch /run/abilities; sleep 1000 > /dev/null 2>&1 & echo');
    const running = await session.open({ argv: ['sleep', '1000'] });
    await open.power(node)!.cycle();
    await session.closed;
    t.not((await running.ended).exitCode, 0);
    const again = await open.session(node, limit);
    t.not(await bootId(again), before);
    t.true(await uptimeS(again) < 60);
    t.is(await say(again, 'cat /root/abilities; ls /run/abilities 2> /dev/null; pidof sleep || true'), 'kept');
    await again[Symbol.asyncDispose]();
  },

  'its watchdog has one owner, stops when that says so, and resets the node 10 s after whoever fed it was killed': async (t, on) => {
    const { open, node } = on;
    const { session } = await another(on);
    const before = await bootId(session);
    await say(session, 'systemctl stop pve-ha-lrm pve-ha-crm watchdog-mux 2> /dev/null || true');
    const device = await say(session, `python3 -I -S -c '${softdog}; print(softdog.prepare("armed", lambda argv: subprocess.run(argv).returncode))'`);
    t.regex(device, /^watchdog\d$/);

    t.is(await say(session, `python3 -I -S -c '${softdog}
fd = softdog.open_device("${device}", 10)[0]
try:
    os.open("/dev/${device}", os.O_WRONLY)
    print("two have it open")
except OSError as error:
    print(errno.errorcode[error.errno])
softdog.close(fd)'`), 'EBUSY');
    await open.clock.sleep(15_000);
    t.is(await bootId(session), before, 'a watchdog that was closed with its letter reset the node');

    const { all, over } = linesOf(await session.open({ argv: ['sh', '-c', `while :; do ${readUptime}; sleep 0.1; done`] }));
    const fed = await say(session, `python3 -I -S -c '${softdog}
fd = softdog.open_device("${device}", 10)[0]
for _ in range(30):
    softdog.feed(fd)
    time.sleep(0.5)
softdog.feed(fd)
print(open("/proc/uptime").read().split()[0], flush=True)
os.kill(os.getpid(), 9)' || true`);
    await Promise.race([over, sleepHere(300_000, null, { ref: false })]);
    // The kernel feeds it once more when it is closed without the letter (watchdog_dev.c, watchdog_release).
    const livedS = Number(all.at(-1)) - Number(fed);
    t.true(livedS > 9 && livedS < 11, `it lived for ${livedS} s more`);
    t.not(await bootId(await open.session(node, limit)), before);
  },
};

/** The stand-in's own module finds the device and loads it. */
const softdog = `
import errno, importlib.util, os, subprocess, sys, time
sys.path.insert(0, "/usr/lib/bondproof/ha")
import softdog`;

export const allAbilities = async (t: ExecutionContext, open: OpenLab): Promise<void> => {
  const node = 'pve2';
  for (const [name, ability] of Object.entries(abilities)) {
    await using session = await open.session(node, limit);
    try {
      await ability(t, { open, node, session });
      t.log(name);
    } catch (error) {
      throw new Error(`${name}: ${String(error)}`, { cause: error });
    }
  }
};
