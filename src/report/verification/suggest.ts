// A patch to the documentation: for each claim that is refuted or imprecise, the sentence that has it replaced by what was measured.

import type { Verdict } from '../../claims/verdict.ts';
import { wrap } from '../text.ts';
import type { Verification } from '../verification.ts';

export interface Suggestion {
  /** A unified diff (POSIX diff -u); empty where there is nothing to replace. */
  readonly patch: string;
  /** Claims that have something better to say, and whose phrase the text does not have. */
  readonly notFound: readonly string[];
}

/** `name` is how the patch calls the file, `text` what is in it. Sentences that overlap are replaced once, by the first claim's. */
export const suggest = ({ verdicts, about }: Verification, { name, text }: { readonly name: string; readonly text: string }): Suggestion => {
  const better = verdicts.filter(({ claim, right }) => right !== undefined && claim.source?.document === name);
  const lines = text.replace(/\n$/, '').split('\n');
  const notFound: string[] = [];
  const places: (Place & { readonly verdict: Verdict })[] = [];
  for (const verdict of better) {
    const place = placeOf(text, verdict.claim.phrase);
    if (place === null) notFound.push(verdict.claim.id);
    else if (!places.some((other) => other.firstLine <= place.lastLine && place.firstLine <= other.lastLine)) places.push({ ...place, verdict });
  }
  places.sort((a, b) => a.firstLine - b.firstLine);
  let shift = 0;
  const hunks = places.map(({ firstLine, lastLine, before, after, verdict }) => {
    const old = lines.slice(firstLine, lastLine + 1);
    const fresh = wrap(`${before} ${verdict.right!} ${after}`.trim(), { columns: 80 });
    const noted = [`// Measured by bondproof: ${verdict.claim.id}, ${verdict.trials} trials, ${versions(about)}.`, ...fresh];
    const [from, to] = [Math.max(0, firstLine - contextLines), Math.min(lines.length, lastLine + 1 + contextLines)];
    const [head, tail] = [lines.slice(from, firstLine), lines.slice(lastLine + 1, to)];
    const hunk = [
      `@@ -${from + 1},${to - from} +${from + 1 + shift},${to - from - old.length + noted.length} @@`,
      ...head.map((line) => ` ${line}`), ...old.map((line) => `-${line}`), ...noted.map((line) => `+${line}`), ...tail.map((line) => ` ${line}`),
    ];
    shift += noted.length - old.length;
    return hunk;
  });
  return { patch: hunks.length === 0 ? '' : `${[`--- a/${name}`, `+++ b/${name}`, ...hunks.flat()].join('\n')}\n`, notFound };
};

const contextLines = 3;
/** Some words of the same paragraph. */
const gap = String.raw`(?:(?!\n\s*\n)[^]){0,400}?`;

interface Place {
  readonly firstLine: number;
  readonly lastLine: number;
  /** What stands on the first line before the sentence, and on the last behind it. */
  readonly before: string;
  readonly after: string;
}

/** Where the sentence is that has the phrase: across lines and marks of AsciiDoc, `…` standing for some words. Null: nowhere, or at several places. */
const placeOf = (text: string, phrase: string): Place | null => {
  const words = (part: string): string => part.trim().split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join(String.raw`[\s*_+]+`);
  const found = [...text.matchAll(new RegExp(phrase.split('…').filter((part) => part.trim() !== '').map(words).join(gap), 'gi'))];
  const [match] = found;
  if (match === undefined || found.length > 1) return null;
  // A sentence ends at a point before a space or a line's end; a paragraph at an empty line, a list's item at its mark.
  const begin = Math.max(0, ...[...text.slice(0, match.index).matchAll(/[.:;][*_]*\s+(?=\S)|\n\s*\n|\n[*-] /g)].map((mark) => mark.index + mark[0].length));
  const rest = text.slice(match.index + match[0].length);
  const end = match.index + match[0].length + (/[.](?=\s|$)|(?=\n\s*\n)|(?=\n[*-] )|$/.exec(rest)?.index ?? 0) + (/^[^]*?[.](?=\s|$)/.exec(rest) ? 1 : 0);
  const lineAt = (at: number): number => text.slice(0, at).split('\n').length - 1;
  const lineStart = text.lastIndexOf('\n', begin - 1) + 1;
  const lineEnd = text.indexOf('\n', end);
  return { firstLine: lineAt(begin), lastLine: lineAt(end), before: text.slice(lineStart, begin).trim(), after: text.slice(end, lineEnd === -1 ? undefined : lineEnd).trim() };
};

const versions = (about: Verification['about']): string => ['kernel', 'corosync', 'knet'].flatMap((what) => about[what] === undefined ? [] : [`${what} ${about[what].join(' | ')}`]).join(', ');
