// The little of a shell that bondproof's undo scripts are written in (src/harness/guard.ts, undoText).

import type { Command } from '../../src/model/command.ts';

/** The commands of an undo script, in order. */
export const commandsOf = (script: string): readonly Command[] => script.split(/(?<=\$refused \d+";; esac)\n/).flatMap((text): readonly Command[] => {
  const line = text.replace(/^read [^\n]*\n/, ''); // the first line of the script only
  const end = line.lastIndexOf('; case $? in');
  if (end < 0) return [];
  const words = wordsOf(line.slice(0, end));
  const pipe = words.indexOf('|');
  return [pipe < 0 ? { argv: words } : { argv: words.slice(pipe + 1), stdin: words[2]! }];
});

const wordsOf = (line: string): readonly string[] =>
  [...line.matchAll(/(?:'[^']*'|\\'|[^\s'\\])+/g)].map(([word]) => word.replaceAll(/'([^']*)'|\\(')/g, (_, quoted?: string, bare?: string) => quoted ?? bare ?? ''));
