// A plain user's way to root on a device: sudo, which lets it run one program, the gate, which lets through what bondproof needs.

import { exitCodes, Problem } from '../model/problem.ts';
import type { Session } from '../model/session.ts';

export const gatePath = '/usr/local/sbin/bondproof-gate';

/** In front of each command. Without a password to ask for, sudo fails at once. */
export const throughSudo: readonly string[] = ['sudo', '-n', '--', gatePath];

/** The gate's answer to this word is its name. */
export const whichGate = 'about';

/** Rejects with a Problem unless the gate with this name lets the session in; with a SessionError when the connection fails. */
export const requireGate = async (session: Session, gate: string, { asked, timeoutMs }: { readonly asked: string; readonly timeoutMs: number }): Promise<void> => {
  const { exitCode, stdout, stderr } = await session.run({ argv: [whichGate] }, { timeoutMs });
  if (exitCode === 0 && stdout.trim() === gate) return;
  const said = (stderr.trim().split('\n').at(-1) || stdout).trim().slice(0, 200).replace(/[^ -~]/g, '?');
  throw new Problem({
    asked: `${asked} and run commands through sudo`,
    found: exitCode === 0 ? 'the gate there is of another lab file, or of another version of bondproof'
      // sudo tells whom it refuses nothing of what is there: a gate that is missing or changed is to it as if there were no rule (sudoers(5), Digest_Spec).
      : said.startsWith('sudo: ') ? `${said}: /etc/sudoers.d/bondproof has no rule for this user, or ${gatePath} is not there, or not the one that the rule names`
        : `it ended with exit code ${exitCode ?? 'unknown'}: ${said || 'nothing said'}`,
    right: `the gate ${gate.slice(0, 16)} and its rule`,
    todo: `as root on ${session.device}, run what \`bondproof gate\` with this lab file and ${session.device} prints`,
    exitCode: exitCodes.device,
  });
};
