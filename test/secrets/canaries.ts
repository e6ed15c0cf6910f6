// Secrets that nobody has, in every form that a device may speak of one, and where they turn up.

import { gunzipSync, inflateRawSync } from 'node:zlib';

import { generateKey } from '../transport/served-ssh.ts';

/** How a device, a file or the environment tells a secret, and the part of it that must be nowhere. */
export interface Canary { readonly name: string; readonly told: string; readonly secret: string }

/** As long as a corosync authkey (corosync-keygen(8): 256 bytes). */
const authkey = Buffer.from(Array.from({ length: 256 }, (_, n) => (n * 167 + 13) % 256));
const signature = Buffer.from(Array.from({ length: 256 }, (_, n) => (n * 59 + 101) % 256)).toString('base64');
/** One line of it, as journald takes a key apart. */
const keyBody = (key: string): string => key.split('\n')[1]!;

export const userKey = generateKey();

export const canaries: readonly Canary[] = [
  { name: 'private key', told: userKey, secret: keyBody(userKey) },
  { name: 'a line of a private key', told: `read ${keyBody(userKey)}`, secret: keyBody(userKey) },
  { name: 'authkey in base64', told: `authkey ${authkey.toString('base64')}`, secret: authkey.toString('base64').slice(40, 120) },
  { name: 'authkey in hex', told: `key is ${authkey.toString('hex')}`, secret: authkey.toString('hex').slice(40, 120) },
  { name: 'ticket', told: `PVE:root@pam:6745A1B2::${signature}`, secret: signature },
  { name: 'cookie', told: `Cookie: PVEAuthCookie=PVE%3Aroot@pam%3A6745A1B2%3A%3Acanary7cookie; x=canary7session`, secret: 'canary7' },
  { name: 'API token', told: 'Authorization: PVEAPIToken=root@pam!ci=8a4f3c1e-canary-token', secret: '8a4f3c1e-canary-token' },
  { name: 'bare API token', told: 'with PVEAPIToken=root@pam!ci=5b0e77aa-canary-token', secret: '5b0e77aa-canary-token' },
  { name: 'password', told: 'ssh: password=canary-hunter2,', secret: 'canary-hunter2' },
  { name: 'password in JSON', told: '{"ipmi_passphrase": "canary hunter3"}', secret: 'canary hunter3' },
  { name: 'option', told: 'fence_ipmilan --ip 192.0.2.7 --password canary-hunter4 --action off', secret: 'canary-hunter4' },
  { name: 'address with a password', told: 'GET https://root:canary-hunter5@192.0.2.7:8006/', secret: 'canary-hunter5' },
];

/** All of them, a line each. */
export const everySecret = canaries.map(({ told }) => told).join('\n');

/** A secret as it may stand somewhere: as it is, in hex, in base64 from any of three offsets, and as a URL has it. */
const formsOf = (secret: string): Readonly<Record<string, string>> => ({
  raw: secret,
  hex: Buffer.from(secret).toString('hex'),
  url: encodeURIComponent(secret),
  // What does not depend on its neighbours: without the first and the last letters.
  ...Object.fromEntries([0, 1, 2].map((offset) => [`base64+${offset}`, Buffer.from(`${'x'.repeat(offset)}${secret}`).toString('base64').slice(4, -4)])),
});

const wanted = canaries.flatMap(({ name, secret }) => Object.entries(formsOf(secret)).map(([form, text]) => ({ name: `${name} (${form})`, text: text.toLowerCase() })));

/** Which canaries a text or file holds, and in which form, inside compressed parts as well. */
export const canariesIn = (content: string | Uint8Array): readonly string[] => {
  const bytes = Buffer.from(content as Uint8Array);
  const texts = [bytes, ...unpacked(bytes)].map((part) => part.toString('latin1').toLowerCase());
  return wanted.filter(({ text }) => texts.some((each) => each.includes(text))).map(({ name }) => name);
};

/** What begins as gzip (RFC 1952) or as an entry of a zip file (APPNOTE.TXT, 4.3.7), wherever it begins. */
const unpacked = (bytes: Buffer): readonly Buffer[] => {
  const found: Buffer[] = [];
  const tryAt = (work: () => Buffer): void => {
    try {
      found.push(work());
    } catch {
      // Bytes that look like the beginning of one.
    }
  };
  for (let at = bytes.indexOf('1f8b08', 0, 'hex'); at >= 0; at = bytes.indexOf('1f8b08', at + 1, 'hex')) tryAt(() => gunzipSync(bytes.subarray(at)));
  for (let at = bytes.indexOf('504b0304', 0, 'hex'); at >= 0; at = bytes.indexOf('504b0304', at + 1, 'hex')) {
    tryAt(() => inflateRawSync(bytes.subarray(at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28))));
  }
  return found;
};
