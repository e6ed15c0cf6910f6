// What looks like a secret in the words of a device, and its removal. Whatever is kept or shown passes here once: records
// as events are appended (harness/record.ts), a terminal as lines are written (cli/host.ts).

/** The text without what looks like a secret; what stands around it stays, for it is evidence. Takes time in proportion to the text. */
export const withoutSecrets = (text: string): string => plain.test(text) ? text : forms.reduce((rest, [form, instead]) => rest.replace(form, instead), text);

/** The same for all strings in plain data, names of fields included. What has none is given as it is. */
export const dataWithoutSecrets = <Data>(data: Data): Data => cleaned(data) as Data;

/** Most of what devices say by far: a short word without what every form below has, or is longer than. */
const plain = /^[^\s:=%.]{0,39}$/;

const removed = '[secret removed]';

/** The words that say that a secret follows. `token` alone is none of them: corosync's token is none. */
const names = String.raw`(?:[a-z0-9]{0,32}[-_.]){0,4}(?:password|passwd|passphrase|secret|authkey|api[-_]?key|api[-_]?token|access[-_]?token|auth[-_]?token|private[-_]?key|pre[-_]?shared[-_]?key|psk|credentials?)`;

/** A value in quotes, or up to the next space; behind "Bearer" and the like, the word after that. */
const value = String.raw`(?:"[^"\n]{0,4096}"?|'[^'\n]{0,4096}'?|(?:bearer|basic|digest)\s{1,4}\S+|[^\s"']\S*)`;

const forms: readonly (readonly [form: RegExp, instead: string])[] = [
  // RFC 7468; of one that was cut off, all that is left.
  [/-----BEGIN [A-Z0-9 ]{0,32}PRIVATE KEY-----(?:[^-]|-(?!----))*(?:-----END [A-Z0-9 ]{0,32}-----)?/g, removed],
  // Tickets of Proxmox products, a session cookie's value, as they are or with %-escapes (pve-access-control, PVE/Ticket.pm assemble_rsa_ticket).
  [/\b(P(?:VE|MG|BS)[A-Z]{0,8})(?::|%3A)[^\s:%]{1,128}(?:%[0-9A-F]{2}[^\s:%]{1,128}){0,4}(?::|%3A)[0-9A-F]{8}(?::|%3A){2}[A-Za-z0-9+/=%]+/gi, `$1:${removed}`],
  // API tokens of the same: PVEAPIToken=USER@REALM!TOKENID=UUID (Proxmox VE API documentation).
  [/\b(P(?:VE|MG|BS)APIToken)[=: ]\S+/gi, `$1=${removed}`],
  [/\b(CSRFPreventionToken|(?:Set-)?Cookie|(?:Proxy-)?Authorization|P(?:VE|MG|BS)AuthCookie)(\s{0,4}[:=]\s{0,4})[^\n]*/gi, `$1$2${removed}`],
  [new RegExp(String.raw`\b(${names})("?'?\s{0,4}(?:\(\w{1,8}\)\s{0,4})?(?:=>|[:=])\s{0,4}|\s{1,4}(?:is|was)\s{1,4})${value}`, 'gi'), `$1$2${removed}`],
  // Options of programs, as in a command line that a device repeats.
  [/(--(?:password|passwd|passphrase|secret|token|api-key)[= ])\S+/gi, `$1${removed}`],
  // RFC 3986, section 3.2.1.
  [/(:\/\/[^\s/@:]{0,128}):[^\s/@]{1,256}@/g, `$1:${removed}@`],
  // RFC 7519.
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, removed],
  // Hex and base64 that are longer than any name, number or digest that devices speak of: keys. A fingerprint says what it is by "SHA256:".
  [/(?<![0-9A-Za-z])[0-9A-Fa-f]{64,}(?![0-9A-Za-z])/g, removed],
  [/(?<![\w+/=:.-])(?=[+/\d]*[A-Za-z])(?!\/)[A-Za-z0-9+/]{40,}={0,2}(?![\w+/=.-])/g, removed],
];

const cleaned = (data: unknown): unknown => {
  if (typeof data === 'string') return withoutSecrets(data);
  if (Array.isArray(data)) return data.every((item) => typeof item === 'number') ? data : data.map(cleaned);
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, item]) => [withoutSecrets(key), cleaned(item)]));
};
