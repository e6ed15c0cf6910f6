// A switch for tests, simulated, whose ssh runs programs: a folder of shell scripts that stand for its programs, behind a real sshd of ours and a real shell.
// What they print is written by hand from their makers' documentation; what is configured is files in another folder.

import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Session } from '../../src/model/session.ts';
import { connectTo } from '../transport/connecting.ts';
import { serveSsh, type ServedSsh } from '../transport/served-ssh.ts';

/** What makes a device one of its kind. */
export interface ProgramKind {
  /** Programs by name: shell scripts, with `$STATE` for the device's folder, and `refuse WORDS`. */
  readonly programs: Readonly<Record<string, string>>;
  /** Answers of programs to exactly these words, before any script is asked. */
  readonly answers: Readonly<Record<string, string>>;
  /** A shell script that configures the device as it is at first. */
  readonly before: string;
  /** A shell script that prints what is configured. */
  readonly running: string;
  /** A shell script that does what the device does by itself when it is `$NOW` seconds old. */
  readonly tick: string;
}

export interface ProgramDevice extends AsyncDisposable {
  readonly server: ServedSsh;
  session(): Promise<Session>;
  running(): string;
  cut(): void;
  pass(seconds: number): void;
}

export const serveProgramDevice = async (kind: ProgramKind): Promise<ProgramDevice> => {
  const folder = mkdtempSync(join(tmpdir(), 'bondproof-switch-'));
  for (const name of ['bin', 'answers', 'run', 'db']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'now'), '0');
  for (const [words, answer] of Object.entries(kind.answers)) writeFileSync(join(folder, 'answers', fileName(words)), answer);
  const path = `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`;
  const env = { ...process.env, PATH: path, STATE: folder };
  const names = new Set([...Object.keys(kind.programs), ...Object.keys(kind.answers).map((words) => words.split(' ')[0]!)]);
  for (const name of names) {
    writeFileSync(join(folder, 'bin', name), `#!/bin/sh -eu
refuse() { echo "Error: $*" >&2; exit 2; }
answer=$STATE/answers/$(printf '%s' "${name} $*" | tr / %)
if [ -e "$answer" ]; then exec /bin/cat "$answer"; fi
${kind.programs[name] ?? 'refuse "no such command: $*"'}
`);
    chmodSync(join(folder, 'bin', name), 0o755);
  }
  const here = (script: string): string => execFileSync('/bin/sh', ['-euc', script], { env, encoding: 'utf8', stdio: 'pipe' });
  here(kind.before);
  // /run is this machine's own.
  const server = await serveSsh({ shell: (line) => ['/bin/sh', '-c', `export PATH='${path}' STATE='${folder}'; ${line.replaceAll('/run/bondproof', join(folder, 'run'))}`] });
  return {
    server,
    session: () => connectTo(server, { device: 'sw1' }),
    running: () => here(kind.running),
    cut: () => server.cut(),
    pass(seconds) {
      const now = Number(readFileSync(join(folder, 'now'), 'utf8')) + seconds;
      writeFileSync(join(folder, 'now'), String(now));
      if (existsSync(folder)) here(`NOW=${now}\n${kind.tick}`);
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const fileName = (words: string): string => words.replaceAll('/', '%');

/**
 * `systemd-run` and `systemctl stop` as far as a service with RuntimeMaxSec and ExecStopPost needs them, and what the service manager does by itself. The undo runs
 * with the device's programs in reach, and once.
 */
export const serviceManager = {
  programs: {
    'systemd-run': `while [ $# -gt 0 ]; do case $1 in
  --unit=*) unit=\${1#--unit=} ;;
  -p) shift; case $1 in RuntimeMaxSec=*) max=\${1#*=} ;; ExecStopPost=*) post=\${1#*=} ;; esac ;;
  --*) ;; *) break ;;
esac; shift; done
[ ! -e "$STATE/unit" ] || refuse "Unit $unit was already loaded"
printf '%s\\n' "$unit" "$(($(cat "$STATE/now") + max))" "$post" > "$STATE/unit"`,
    systemctl: `[ "$1" = stop ] || refuse "$*"
[ -e "$STATE/unit" ] && [ "$(sed -n 1p "$STATE/unit")" = "$2" ] || { echo "Failed to stop $2: Unit $2 not loaded." >&2; exit 5; }
post=$(sed -n 3p "$STATE/unit"); rm "$STATE/unit"
$post || :`,
  },
  tick: `if [ -e "$STATE/unit" ] && [ "$NOW" -ge "$(sed -n 2p "$STATE/unit")" ]; then systemctl stop "$(sed -n 1p "$STATE/unit")"; fi`,
} as const;
