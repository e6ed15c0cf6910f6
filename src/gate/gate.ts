// The gate of one device as text, and what an administrator runs there to put it into place.

import { readFileSync } from 'node:fs';

import { fenced } from '../agent/reservation.ts';
import type { DeviceId, Lab } from '../model/lab.ts';
import { hookPattern } from '../model/bond-hooks.ts';
import { bondOptions } from '../model/interfaces.ts';
import { commandLine, deadline } from '../transport/quote.ts';
import { gatePath, throughSudo, whichGate } from '../transport/sudo.ts';
import { digestOf, shapesOf, words } from './shapes.ts';

export interface Gate {
  /** What it answers when it is asked: the digest of all of it but this name. */
  readonly name: string;
  readonly text: string;
}

export const gateOf = (lab: Lab, device: DeviceId): Gate => {
  const bond = lab.nodes.find(({ name }) => name === device)?.bond ?? '';
  const shapes = jsonOf({
    about: whichGate,
    line: commandLine([...throughSudo, ''], { timeoutMs: null }).replace(/''$/, ''),
    deadline: words(deadline(1000), { 3: 'seconds' }),
    fence: words(fenced(1, { argv: [] }).argv, { 4: 'number' }),
    bond,
    bondOptions,
    bondHook: hookPattern(bond),
    commands: shapesOf(lab, device),
  });
  const draft = readFileSync(new URL('gate.py', import.meta.url), 'utf8').replace('@shapes@', () => shapes);
  const name = digestOf(draft);
  return { name, text: draft.replace('@about@', name) };
};

/** A line for each command, as Python's raw text in triple quotes can hold it. */
const jsonOf = ({ commands, ...rest }: { readonly commands: readonly unknown[]; readonly [key: string]: unknown }): string => {
  const line = (value: unknown): string => JSON.stringify(value).replace(/['\u007f-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `${line(rest).slice(0, -1)}, "commands": [\n${commands.map(line).join(',\n')}\n]}`;
};

const sudoers = '/etc/sudoers.d/bondproof';
/** Root's, like all in it: who steals the user's key can give it no second one. */
const home = '/var/lib/bondproof';

/**
 * What the user may do by sudo. `use_pty` would put a program of sudo's between the session and the command, and there is no terminal;
 * the digest makes sudo run the very file that it looked at (sudoers(5), fdexec), whoever may write to /usr/local/sbin. Settings of a
 * command come after a site's own, whatever the order of files (sudoers(5), Defaults).
 */
const sudoersText = (user: string, gate: string): string => `\
# bondproof: the gate, as it is, and nothing else.
Defaults:${user} fdexec = digest_only
Defaults!${gatePath} env_reset, env_keep = "SSH_CONNECTION SSH_ORIGINAL_COMMAND", !setenv, secure_path = "/usr/sbin:/usr/bin:/sbin:/bin"
Defaults!${gatePath} !use_pty, !requiretty
${user} ALL = (root) NOSETENV: NOPASSWD: sha256:${digestOf(gate)} ${gatePath}
`;

/** The key opens the gate and nothing else: no shell, no terminal, no forwarding (sshd(8), AUTHORIZED_KEYS FILE FORMAT). */
export const keyLine = (publicKey: string): string => `restrict,command="${throughSudo.join(' ')} ssh" ${publicKey}`;

/** A script for root of the device; safe to run again. Without a public key the user's keys stay as they are. */
export const placing = ({ text }: Gate, { user, publicKey }: { readonly user: string; readonly publicKey: string | null }): string => `\
(
set -eu
umask 022
command -v visudo > /dev/null || { echo 'sudo is not here: apt-get install sudo' >&2; exit 1; }
id -u ${user} > /dev/null 2>&1 || useradd --system --user-group --no-create-home --home-dir ${home} --shell /bin/sh ${user}
cat > ${gatePath}.new <<'END OF GATE'
${text}END OF GATE
cat > ${sudoers}.new <<'END OF RULE'
${sudoersText(user, text)}END OF RULE
chown root:root ${gatePath}.new ${sudoers}.new
chmod 755 ${gatePath}.new
chmod 440 ${sudoers}.new
visudo -q -c -f ${sudoers}.new
mv ${gatePath}.new ${gatePath}
mv ${sudoers}.new ${sudoers}
${publicKey === null ? '' : `\
[ ~${user} = ${home} ] || { echo "${user} has a home of its own, ~${user}: put the line into .ssh/authorized_keys there" >&2; exit 1; }
mkdir -p ${home}/.ssh
cat > ${home}/.ssh/authorized_keys <<'END OF KEY'
${keyLine(publicKey)}
END OF KEY
chown root:root ${home} ${home}/.ssh ${home}/.ssh/authorized_keys
chmod 755 ${home} ${home}/.ssh
chmod 644 ${home}/.ssh/authorized_keys
`})
`;
