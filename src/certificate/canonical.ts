// One text for one value: JSON with sorted keys and no spaces, and base64 in one form. So a file that was changed and still means the same is found.

/** Keys in order of code units, one final newline. Throws on what JSON has no word for. */
export const canonicalJson = (value: unknown): string => `${ordered(value)}\n`;

const ordered = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(ordered).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, item]) => item !== undefined).sort(([a], [b]) => a < b ? -1 : 1);
    return `{${members.map(([key, item]) => `${JSON.stringify(key)}:${ordered(item)}`).join(',')}}`;
  }
  if (typeof value === 'string' || typeof value === 'boolean' || value === null || typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  throw new TypeError(`JSON has no word for a ${typeof value} like this`);
};

/** Undefined where the text is not canonical. */
export const readCanonical = (text: string): unknown => {
  try {
    const value = JSON.parse(text) as unknown;
    return canonicalJson(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
};

/** Null where it is not the base64 (RFC 4648, section 4) that we would write. */
export const readBase64 = (text: string): Buffer | null => {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
};

/** Empty where the bytes are no UTF-8 (a byte order mark is text): no two files have the same text. */
export const readUtf8 = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return '';
  }
};
