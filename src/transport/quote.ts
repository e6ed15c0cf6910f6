// The one place where argument vectors become shell text: sshd hands a command to the login shell as a single string.

/** `argv` as text that a POSIX shell takes apart into exactly these words. Throws on what no argv can hold. */
export const shellText = (argv: readonly string[]): string => argv.map(quoteWord).join(' ');

/**
 * The line that is sent to a device. `LC_ALL=C` makes programs answer in the language of their parsers; `exec` leaves no
 * shell in between that a signal would hit instead of the program.
 */
export const commandLine = (argv: readonly string[]): string => {
  const [program] = argv;
  // env(1) would take such a name as one of its options or as an assignment.
  if (program === undefined || program === '' || program.startsWith('-') || program.includes('=')) {
    throw new Error(`no program to run: argv is ${JSON.stringify(argv)}`);
  }
  return `exec env LC_ALL=C ${shellText(argv)}`;
};

/** A command as messages show it; long arguments, like a program text, are cut. */
export const showCommand = (argv: readonly string[]): string => {
  const text = shellText(argv);
  return text.length <= shownLength ? text : `${text.slice(0, shownLength)}...`;
};

const shownLength = 160;

const quoteWord = (word: string): string => {
  if (word.includes('\0') || !word.isWellFormed()) throw new Error(`not an argument of any program: ${JSON.stringify(word)}`);
  return plain.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
};

/** Words that mean the same with and without quotes, wherever they stand; `=` and `~` are not among them. */
const plain = /^[A-Za-z0-9_@%+:,./-]+$/;
