// What the kernel's configuration has to be, and whether it is: the fragment, a `.config`, and the Kconfig files that explain the difference.

/** A line of the fragment. */
export interface Option {
  /** Without CONFIG_. */
  readonly name: string;
  /** As it is written; `n`: off. */
  readonly value: string;
  /** The comment above its group. */
  readonly purpose: string;
}

/** @throws Error where a line is neither a comment nor an option */
export const readFragment = (text: string): readonly Option[] => {
  let purpose = '';
  let inComment = false;
  return text.split('\n').flatMap((line) => {
    const comment = /^# ?(.*)$/.exec(line);
    if (comment) purpose = inComment ? `${purpose} ${comment[1]!}` : comment[1]!;
    inComment = comment !== null;
    if (comment || line === '') return [];
    const [, name, value] = /^CONFIG_(\w+)=(.+)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error(`the fragment has a line that is no option: ${line}`);
    return [{ name, value, purpose }];
  });
};

/** Options that a kernel's configuration does not have as they were asked for. */
export const lostOptions = (config: string, wanted: readonly Option[]): readonly Option[] => {
  const values = new Map([...config.matchAll(/^CONFIG_(\w+)=(.+)$/gm)].map(([, name, value]) => [name, value]));
  return wanted.filter(({ name, value }) => (values.get(name) ?? 'n') !== value);
};

/**
 * What an option depends on, by the text of a Kconfig file that defines it: its own lines, and the menus and conditions that it stands in
 * (Documentation/kbuild/kconfig-language.rst). Null: this file does not define it.
 */
export const dependenciesOf = (name: string, kconfig: string): readonly string[] | null => {
  const around: { readonly closes: string; readonly conditions: string[] }[] = [];
  let entry: string[] = [];
  let inside = false;
  for (const line of kconfig.split('\n')) {
    // Help is indented by two more spaces.
    const [, word = '', rest = ''] = /^(?:\t| {8})?(config|menuconfig|choice|if|menu|endif|endmenu|endchoice|comment|source|depends on)\b\s*(.*)$/.exec(line) ?? [];
    if (word === 'depends on') entry.push(rest);
    else if (word !== '') {
      if (inside) break;
      entry = [];
      if (word.startsWith('end')) around.splice(around.findLastIndex(({ closes }) => closes === word));
      else if (word === 'if') around.push({ closes: 'endif', conditions: [rest] });
      else if (word === 'menu' || word === 'choice') around.push({ closes: `end${word}`, conditions: entry });
      else inside = (word === 'config' || word === 'menuconfig') && rest === name;
    }
  }
  return inside ? [...around.flatMap(({ conditions }) => conditions), ...entry] : null;
};
