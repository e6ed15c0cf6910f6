// The command line: argv in, exit code out. Each command is loaded when it is asked for, so that help is quick.

import { isRefusal } from '../model/disk.ts';
import { exitCodes, Problem, type ExitCode } from '../model/problem.ts';
import { complain } from './host.ts';
import { usage } from './usage.ts';

type Run = (args: readonly string[]) => Promise<ExitCode>;

const commands: Readonly<Record<string, () => Promise<Run>>> = {
  run: async () => (await import('./run.ts')).run,
  replay: async () => (await import('./replay.ts')).replay,
  compare: async () => (await import('./compare.ts')).compare,
  verify: async () => (await import('./verify.ts')).verify,
  claims: async () => (await import('./verify.ts')).claims,
  certify: async () => (await import('./certify.ts')).certify,
  certificate: async () => (await import('./certificate.ts')).certificate,
  diff: async () => (await import('./compare.ts')).diff,
  hunt: async () => (await import('./hunt.ts')).hunt,
  report: async () => (await import('./run.ts')).report,
  recover: async () => (await import('./recover.ts')).recover,
  check: async () => (await import('./check.ts')).check,
  selftest: async () => (await import('./selftest.ts')).selftest,
  marker: async () => (await import('./marker.ts')).marker,
  switch: async () => (await import('./switch.ts')).switchCommand,
  gate: async () => (await import('./gate.ts')).gate,
  list: async () => (await import('./list.ts')).list,
  up: async () => (await import('./lab-commands.ts')).up,
  down: async () => (await import('./lab-commands.ts')).down,
  status: async () => (await import('./lab-commands.ts')).status,
  ssh: async () => (await import('./lab-commands.ts')).ssh,
  image: async () => (await import('./image.ts')).image,
  kernel: async () => (await import('./kernel.ts')).kernel,
  clean: async () => (await import('./image.ts')).clean,
};

// Whoever reads may go first, as `head` does: what is at work goes on to its end, and nobody hears of it.
for (const stream of [process.stdout, process.stderr]) stream.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const main = async ([name, ...args]: readonly string[]): Promise<ExitCode> => {
  if (name === '--version' || name === '-V') {
    process.stdout.write(`${(await import('./run.ts')).version()}\n`);
    return exitCodes.ok;
  }
  // ssh passes on what belongs to the command at the other end.
  const asksForHelp = name === undefined || ['--help', '-h', 'help'].includes(name) || name !== 'ssh' && args.some((arg) => arg === '--help' || arg === '-h');
  if (asksForHelp) {
    process.stdout.write(usage);
    return name === undefined ? exitCodes.usage : exitCodes.ok;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!load) {
    throw new Problem({ asked: `bondproof ${name}`, found: 'there is no such command', right: Object.keys(commands).join(', '), todo: 'see `bondproof --help`', exitCode: exitCodes.usage });
  }
  const run = await load();
  return run(args);
};

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = told((await import('../harness/ending.ts')).endOf(error));
}

/** A Problem is told as it is; a wrong option is a Problem of node:util; a full disk is the user's; anything else is a defect, with all that helps to mend it. */
function told(error: unknown): ExitCode {
  if (error instanceof Problem) {
    complain(`bondproof: ${error.message}`);
    return error.parts.exitCode;
  }
  if (isRefusal(error)) {
    complain(`bondproof: ${error.message}\n  what to do: make room or mend the disk, then try again`);
    return exitCodes.resources;
  }
  if (error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('ERR_PARSE_ARGS')) {
    complain(`bondproof: ${error.message}\n  what to do: see \`bondproof --help\``);
    return exitCodes.usage;
  }
  complain(`bondproof: this is a defect of bondproof, please report it:\n${error instanceof Error ? error.stack ?? error.message : String(error)}`);
  return exitCodes.internal;
}
