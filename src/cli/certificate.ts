// `bondproof certificate`: keys, and verification without a lab.

import { createPublicKey } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import { fingerprintOf, publicPem, readPublicKey } from '../certificate/envelope.ts';
import { judgeAgain, makeKey, verifyPath } from '../harness/bundle.ts';
import { exitCodes, Problem, type ExitCode } from '../model/problem.ts';
import { complain, say } from './host.ts';
import { oneOperand, usageProblem } from './words.ts';

export const certificate = async ([what, ...args]: readonly string[]): Promise<ExitCode> => {
  if (what === 'key') return key(args);
  if (what === 'verify') return verify(args);
  if (what === 'judge') return judge(args);
  throw usageProblem(`bondproof certificate ${what ?? ''}`, 'there is no such thing to do', 'bondproof certificate key FILE, verify FILE|BUNDLE, or judge BUNDLE');
};

/** The private key in the file, its owner's alone; the public one beside it. */
const key = async (args: readonly string[]): Promise<ExitCode> => {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true });
  const file = oneOperand('certificate key', 'FILE', positionals);
  const made = createPublicKey(await makeKey(file));
  await writeFile(`${file}.pub`, publicPem(made), { flag: 'wx' }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new Problem({ asked: `write ${file}.pub`, found: 'there is a file of this name', right: 'that of the new key', todo: `openssl pkey -in ${file} -pubout`, exitCode: exitCodes.usage });
  });
  say(`${file}: the private key, for --key of \`bondproof certify\`; keep it to yourself\n${file}.pub: for whoever is to verify\n${fingerprintOf(made)}`);
  return exitCodes.ok;
};

const verify = async (args: readonly string[]): Promise<ExitCode> => {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { key: { type: 'string' } } });
  const path = oneOperand('certificate verify', 'FILE|BUNDLE', positionals);
  const trusted = values.key === undefined ? null : readPublicKey(await readFile(values.key, 'utf8').catch(() => ''));
  if (values.key !== undefined && trusted === null) throw usageProblem(`--key ${values.key}`, 'no public key of Ed25519 in PEM', 'the file FILE.pub of the signer');
  const { differences, fingerprint, signer, pageAlone } = await verifyPath(path, trusted);
  if (differences.length > 0) {
    complain(`${path}: changed\n${differences.map((each) => `  ${each.path} ${each.what}`).join('\n')}`);
    return exitCodes.notAllValid;
  }
  if (signer === 'another') {
    complain(`${path}: intact, and signed by another key than ${values.key!}: ${fingerprint}`);
    return exitCodes.notAllValid;
  }
  say(`${path}: intact, ${signer === 'known' ? `signed by ${fingerprint}` : `signer unknown: ${fingerprint}`}`);
  if (pageAlone) say('  the page alone: what it rests on is in its bundle');
  return signer === 'known' ? exitCodes.ok : exitCodes.signerUnknown;
};

/** From the records again, by this program: whether the certificate says what it would say. */
const judge = async (args: readonly string[]): Promise<ExitCode> => {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true });
  const bundle = oneOperand('certificate judge', 'BUNDLE', positionals);
  const { again, same } = await judgeAgain(bundle);
  const words = again.grade === null ? 'no grade' : again.grade === 'Fail' ? 'failed' : `grade ${again.grade}`;
  say(`${bundle}: ${words}, ${same ? 'as its certificate says' : 'and its certificate says otherwise'}`);
  for (const reason of again.because) say(`  ${reason}`);
  return same ? exitCodes.ok : exitCodes.notAllValid;
};
