// Where two configurations of a switch differ, as its lines, each with those that it stands below.

/** `- interface Ethernet1 > lacp timer fast`: only the first has it; `+`: only the second. Empty: they are the same text. Lines without a word, like braces, say nothing and are left out. */
export const differingLines = (before: string, after: string): readonly string[] => {
  if (before === after) return [];
  const [was, is] = [countsOf(before), countsOf(after)];
  const only = (sign: string, these: ReadonlyMap<string, number>, those: ReadonlyMap<string, number>): readonly string[] =>
    [...these].flatMap(([path, count]) => Array.from({ length: Math.max(0, count - (those.get(path) ?? 0)) }, () => `${sign} ${path}`));
  const lines = [...only('-', was, is), ...only('+', is, was)];
  return lines.length === 0 ? ['the same lines in another order'] : lines;
};

const countsOf = (text: string): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const path of pathsOf(text)) counts.set(path, (counts.get(path) ?? 0) + 1);
  return counts;
};

/** By indentation, as all of them print what belongs together. */
const pathsOf = (text: string): readonly string[] => {
  const above: { readonly indent: number; readonly line: string }[] = [];
  return text.split('\n').filter((line) => /\w/.test(line)).map((line) => {
    const indent = line.search(/\S/);
    while (above.length > 0 && above.at(-1)!.indent >= indent) above.pop();
    above.push({ indent, line: line.trim() });
    return above.map((each) => each.line).join(' > ');
  });
};
