// Opens a session to a switch's SNMP agent as the lab file says, with what its files hold.

import { readFile } from 'node:fs/promises';

import type { Lab, SnmpLogin } from '../../model/lab.ts';
import { exitCodes, Problem } from '../../model/problem.ts';
import type { Session } from '../../model/session.ts';
import { openSnmp, type SnmpCredentials } from '../../transport/snmp.ts';

export interface OpenAgent {
  readonly session: Session;
  /** What the files held: it must be in nothing that is kept or shown. */
  readonly secrets: readonly string[];
}

export const openAgent = async ({ switch: { name } }: Lab, login: SnmpLogin, signal: AbortSignal): Promise<OpenAgent> => {
  const credentials = await credentialsOf(login, name);
  const secrets = credentials.version === 'v2c' ? [credentials.community] : [credentials.auth.key, credentials.privacy.key];
  return { secrets, session: await openSnmp({ device: name, host: login.host, port: login.port, credentials, signal }) };
};

const credentialsOf = async (login: SnmpLogin, device: string): Promise<SnmpCredentials> => {
  if (login.version === 'v2c') return { version: 'v2c', community: await secretIn(login.communityFile, { device, what: 'the community', letters: 1 }) };
  const { user, auth, privacy } = login;
  return {
    version: 'v3', user,
    auth: { protocol: auth.protocol, key: await secretIn(auth.keyFile, { device, what: 'the pass phrase of authentication', letters: passPhraseLetters }) },
    privacy: { protocol: privacy.protocol, key: await secretIn(privacy.keyFile, { device, what: 'the pass phrase of privacy', letters: passPhraseLetters }) },
  };
};

/** RFC 3414, 11.2: shorter ones are no pass phrases. */
const passPhraseLetters = 8;

/** A file of one line; its end is no part of the secret. */
const secretIn = async (file: string, { device, what, letters }: { readonly device: string; readonly what: string; readonly letters: number }): Promise<string> => {
  const problem = (found: string): Problem => new Problem({ asked: `ask ${device} by SNMP`, found: `${file}, the file of ${what}, ${found}`, right: `one line of at least ${letters} letter${letters === 1 ? '' : 's'}, as the device has it`, todo: 'see `snmp:` of the switch in the lab file', exitCode: exitCodes.setup });
  const text = await readFile(file, 'utf8').catch((error: unknown) => { throw problem(`cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`); });
  const secret = text.replace(/\r?\n$/, '');
  if (/[\r\n]/.test(secret)) throw problem('has several lines');
  if (secret.length < letters) throw problem(`holds ${secret.length} letters`);
  return secret;
};
