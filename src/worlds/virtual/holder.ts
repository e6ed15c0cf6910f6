// The program that holds a virtual lab: it lives in the lab's own PID, network and mount namespaces, powers the machines, and lets
// others reach them through sockets in the lab's folder, which is its working directory. When it ends, the namespaces end, and everything in them.
//
// It is tied to its owner by standard input: at its end the lab goes down, unless the owner has said `stay` before.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createCables, layCables } from './cables.ts';
import { serveCables, serveControl, serveSsh, type ControlServer, type SshGate } from './control.ts';
import { names, type Launch, type MachineEvent } from './launch.ts';
import { Supervisor } from './supervisor.ts';

const folder = process.cwd();
const path = '/usr/sbin:/usr/bin:/sbin:/bin';

const main = async (): Promise<void> => {
  const launch = JSON.parse(readFileSync(names.launch, 'utf8')) as Launch;
  mkdirSync(launch.memory, { mode: 0o700, recursive: true });
  run(['mount', '-t', 'tmpfs', '-o', 'mode=0700,size=100%', 'bondproof', launch.memory]);
  run(['ip', '-batch', '-'], `${launch.network.join('\n')}\n`);

  const gates = new Map<string, SshGate>();
  const published: { to: ControlServer | null } = { to: null };
  const seen = (event: MachineEvent): void => {
    if (event.event === 'died') gates.get(event.machine)?.hangUp();
    published.to?.publish(event);
  };
  const supervisors = new Map(launch.machines.map((machine) =>
    // UML keeps a machine's memory in a file in TMPDIR (arch/um/os-Linux/mem.c).
    [machine.name, new Supervisor(machine, { env: { PATH: path, LC_ALL: 'C', TMPDIR: launch.memory }, resetMs: launch.resetMs, seen })]));
  const states = () => [...supervisors.values()].map((one) => one.state);
  const stop = (): void => down(launch, supervisors);

  await cablesOf(launch);
  for (const machine of launch.machines) gates.set(machine.name, await serveSsh(names.ssh(machine.name), machine));
  for (const supervisor of supervisors.values()) supervisor.start();
  published.to = await serveControl(names.control, {
    machines: states,
    cycle: async (name) => {
      const supervisor = supervisors.get(name);
      if (!supervisor) throw new Error(`there is no machine "${name}", but ${[...supervisors.keys()].join(', ')}`);
      await supervisor.cycle();
    },
    down: () => {
      stop();
      // The answer still has to leave.
      setTimeout(() => process.exit(0), 20);
      return Promise.resolve();
    },
  });
  tie(() => { stop(); process.exit(0); });
  process.stdout.end('up\n');
};

/** Where the lab has them go through this process. */
const cablesOf = async ({ cables: plans }: Launch): Promise<void> => {
  if (plans.length === 0) return;
  const cables = createCables(plans.map(({ link }) => link), {
    nowMs: () => performance.now(),
    after: (ms, due) => {
      const timer = setTimeout(due, ms);
      return () => { clearTimeout(timer); };
    },
  });
  await layCables(plans, cables);
  await serveCables(names.cables, cables);
};

/** Ends the lab with its owner, on SIGTERM, and when nobody can find it any more because its folder was removed. */
const tie = (end: () => void): void => {
  const owner = createInterface({ input: process.stdin });
  let stay = false;
  owner.on('line', (line) => { stay ||= line === 'stay'; });
  owner.on('close', () => { if (!stay) end(); });
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  setInterval(() => { if (!existsSync(`${folder}/${names.control}`)) end(); }, 5_000);
};

/** Ends the machines and removes the lab's folder. */
const down = (launch: Launch, supervisors: ReadonlyMap<string, Supervisor>): void => {
  for (const supervisor of supervisors.values()) supervisor.end();
  // Lazily, for the dying machines still use it.
  run(['umount', '-l', launch.memory]);
  rmSync(folder, { recursive: true, force: true });
};

const run = (argv: readonly string[], input = ''): void => {
  const { status, stderr, error } = spawnSync(argv[0]!, argv.slice(1), { input, encoding: 'utf8', env: { PATH: path, LC_ALL: 'C' } });
  if (error || status !== 0) throw new Error(`${argv.join(' ')}: ${error?.message ?? stderr.trim()}`);
};

main().catch((error: unknown) => {
  // Read by the owner from the lab's log, as the reason why the lab did not come up.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
