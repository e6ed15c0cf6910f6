// Text that is safe to show: what came from a device may hold anything, and must not steer a terminal or a browser.

/**
 * Controls (C0, C1, ESC), invisible formatting (bidi, zero width), line separators, lone surrogates, private use and the
 * two code points that XML 1.0 forbids beside them (https://www.w3.org/TR/xml/#charsets).
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\uFFFE\uFFFF]/gu;

/** The text on one line, with everything that could steer a reader's screen written out as `\u{1b}`. */
export const printable = (text: string): string => text.replace(unprintable, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);

/** JSON escapes C0 controls by itself; here also what else could steer a screen, so that it may be shown. It stays the same JSON. */
export const escapeJson = (json: string): string => json.replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
  Array.from({ length: character.length }, (_, unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`).join(''));

/** For HTML and XML alike, in content and in quoted attributes. */
export const escapeMarkup = (text: string): string => printable(text).replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);

/** For one cell or one line of Markdown: what could begin a construct is escaped, so the text stays text. */
export const escapeMarkdown = (text: string): string => printable(text).replace(/[\\`*_[\]<>|#!~&]/g, (character) => `\\${character}`);

/** A name as a file's name: nothing that could leave the folder. */
export const fileName = (name: string): string => name.replace(/[^A-Za-z0-9._-]/g, '_').replace(/^\.+/, (dots) => '_'.repeat(dots.length));

/** At most so many columns; what was cut off is marked. */
export const clip = (text: string, columns: number): string => (text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`);

export interface WrapOptions { readonly columns: number; readonly first?: string; readonly rest?: string }

/** A figure stays with its unit. */
const breaks = / (?!(?:s|ms|%)(?![\p{L}\d]))/u;

/** Lines of at most `columns`, broken at spaces; `first` and `rest` are put before them. Longer words are cut. */
export const wrap = (text: string, { columns, first = '', rest = first }: WrapOptions): readonly string[] => {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(breaks).filter((part) => part !== '').flatMap((part) => pieces(part, columns - Math.max(first.length, rest.length)))) {
    if (!empty && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = rest;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return empty && lines.length > 0 ? lines : [...lines, line];
};

const pieces = (word: string, columns: number): readonly string[] => {
  const size = Math.max(1, columns);
  return word.length <= size ? [word] : Array.from({ length: Math.ceil(word.length / size) }, (_, index) => word.slice(index * size, (index + 1) * size));
};
