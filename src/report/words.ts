// Figures and lists as a person would say them; independent of the locale, so that reports are the same everywhere.

/** For tables: `0.4 s`, `63.1 s`, `412 s`. */
export const seconds = (ms: number): string => (Math.abs(ms) < 99_950 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`);

/** For what is set, to the millisecond: `12.503 s`. */
export const preciseSeconds = (ms: number): string => `${(ms / 1000).toFixed(3)} s`;

/** For sentences: whole seconds, tenths below ten. */
export const roundSeconds = (ms: number): string => `${roundedSeconds(ms)} s`;

/** A near miss that is negative is one that was lucky: past the point of no return, and not reset. */
export const nearMiss = (ms: number): string => (ms < 0 ? `${seconds(-ms)} too late, not reset` : seconds(ms));

/** `63 to 87 s`, or `87 s` where both ends read the same. */
export const secondsRange = (times: readonly number[]): string => {
  const [least, most] = [roundedSeconds(Math.min(...times)), roundedSeconds(Math.max(...times))];
  return least === most ? `${most} s` : `${least} to ${most} s`;
};

const roundedSeconds = (ms: number): string => (Math.abs(ms) < 9_950 ? (ms / 1000).toFixed(1).replace(/\.0$/, '') : String(Math.round(ms / 1000)));

/** `4:05`, `1:02:30`: time left, never below zero. */
export const clock = (ms: number): string => {
  const total = Math.max(0, Math.ceil(ms / 1000));
  const [hours, minutes, rest] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
};

/** `a`, `a and b`, `a, b and c`. */
export const listed = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words[words.length - 1] ?? ''}`;

const numbers = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];

export const counted = (count: number, noun: string): string => `${numbers[count] ?? String(count)} ${noun}${count === 1 ? '' : 's'}`;

export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const percent = (share: number): string => {
  const value = share * 100;
  // 99.97 % heard is not all of it: never round to the ends.
  if (value > 99.5 && value < 100) return '>99 %';
  if (value > 0 && value < 0.5) return '<1 %';
  return `${Math.round(value)} %`;
};

/** Plain order of code units: the same on every machine. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
