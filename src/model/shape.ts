// Whether a value of JSON has the form that its reader counts on: what a device prints may be anything.

export type Check = (value: unknown) => boolean;

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
export const isText: Check = (value) => typeof value === 'string';
export const isFlag: Check = (value) => typeof value === 'boolean';
export const isNumber: Check = (value) => typeof value === 'number';
export const isNull: Check = (value) => value === null;

export const oneOf = (...checks: readonly Check[]): Check => (value) => checks.some((check) => check(value));

/** Not there, or of this form. */
export const maybe = (check: Check): Check => (value) => value === undefined || check(value);

export const listOf = (check: Check): Check => (value) => Array.isArray(value) && value.every(check);

/** An object with these fields, and any others. */
export const objectOf = (fields: Readonly<Record<string, Check>>): Check => (value) =>
  isObject(value) && Object.entries(fields).every(([name, check]) => check(Object.hasOwn(value, name) ? value[name] : undefined));

/** A list of JSON whose items are of this form; null where the text is none. */
export const readList = (text: string, check: Check): readonly unknown[] | null => {
  const value = readJson(text);
  return listOf(check)(value) ? value as readonly unknown[] : null;
};

/** Undefined where the text is no JSON. */
export const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** JSON for people. What is nested too deep for that is told so: JSON.parse takes any depth, JSON.stringify does not. */
export const shownJson = (value: unknown): string => {
  try {
    const text = JSON.stringify(value);
    return text.length > 200 ? `${text.slice(0, 200)}...` : text;
  } catch {
    return 'nested too deep to be shown';
  }
};
