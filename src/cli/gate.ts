// `bondproof gate`: what an administrator runs on each device so that a plain user may do there what bondproof needs. It prints, and touches nothing.

import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { gateOf, keyLine, placing } from '../gate/gate.ts';
import type { Login } from '../model/lab.ts';
import { exitCodes, type ExitCode } from '../model/problem.ts';
import { publicLine } from '../transport/key.ts';
import { sayAsIs } from './host.ts';
import { readLab } from './labs.ts';
import { usageProblem } from './words.ts';

export const gate = async (args: readonly string[]): Promise<ExitCode> => {
  const { positionals: [file, only, ...more] } = parseArgs({ args: [...args], allowPositionals: true });
  if (file === undefined || more.length > 0) throw usageProblem('bondproof gate', file === undefined ? 'no LAB' : `${more.length + 2} operands`, 'bondproof gate LAB [DEVICE]');
  const lab = await readLab(file);
  const gated = [...lab.nodes, lab.switch].flatMap(({ name, login }) => login?.sudo === true ? [{ name, login }] : []);
  const wanted = only === undefined ? gated : gated.filter(({ name }) => name === only);
  if (wanted.length === 0) {
    throw usageProblem(`bondproof gate ${file}${only === undefined ? '' : ` ${only}`}`, gated.length === 0 ? 'no device of the lab says sudo: true' : `no device ${only} with sudo: true`,
      gated.length === 0 ? '`user:` and `sudo: true` in the lab file' : gated.map(({ name }) => name).join(', '));
  }
  for (const { name, login } of wanted) {
    const publicKey = await publicKeyOf(login);
    sayAsIs(`# on ${name} (${login.host}), as root:`);
    if (publicKey === null) sayAsIs(`# The lab file's keyFile gives no public key: put yours into authorized_keys of ${login.user} as\n# ${keyLine('KEY')}`);
    sayAsIs(placing(gateOf(lab, name), { user: login.user, publicKey }));
  }
  return exitCodes.ok;
};

/** From the private key, which is the one that sessions use; null where there is none to read. */
const publicKeyOf = async ({ keyFile }: Login): Promise<string | null> => {
  const privateKey = keyFile === null ? null : await readFile(keyFile, 'utf8').catch(() => null);
  return privateKey === null ? null : publicLine(privateKey);
};
