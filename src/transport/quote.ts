// The one place where argument vectors become shell text: sshd hands a command to the login shell as a single string.

/** `argv` as text that a POSIX shell takes apart into exactly these words. Throws on what no argv can hold. */
export const shellText = (argv: readonly string[]): string => argv.map(quoteWord).join(' ');

/**
 * The line that is sent to a device. `LC_ALL=C` makes programs answer in the language of their parsers; `exec` leaves no
 * shell in between. With a `timeoutMs` the device itself ends the program, by timeout(1), soon after that time: sshd neither
 * ends a command whose channel is closed, nor passes on signals to one of root's, and as long as it runs it counts
 * among MaxSessions; and what hung must not have its effect when everybody has given it up. `through` are words that go in
 * front of all that, like sudo and the gate.
 */
export const commandLine = (argv: readonly string[], { timeoutMs, through = [] }: { readonly timeoutMs: number | null; readonly through?: readonly string[] }): string => {
  const [program] = argv;
  // env(1) would take such a name as one of its options or as an assignment.
  if (program === undefined || program === '' || program.startsWith('-') || program.includes('=')) {
    throw new Error(`no program to run: argv is ${JSON.stringify(argv)}`);
  }
  return `LC_ALL=C exec ${shellText([...through, ...(timeoutMs === null ? [] : deadline(timeoutMs)), ...argv])}`;
};

/** The words that end a program on the device. Behind sudo, not before it: a plain user may not end what runs as root (kill(2)). */
export const deadline = (timeoutMs: number): readonly string[] => ['timeout', '-k', String(killAfterS), String(Math.ceil(timeoutMs / 1000) + slackS)];

/** A command as messages show it; long arguments, like a program text, are cut. */
export const showCommand = (argv: readonly string[]): string => {
  const text = shellText(argv);
  return text.length <= shownLength ? text : `${text.slice(0, shownLength)}...`;
};

/** This side gives up first, so that whoever waits hears of a deadline and not of an exit code. */
const slackS = 1;
/** From TERM to KILL. */
const killAfterS = 1;

const shownLength = 160;

const quoteWord = (word: string): string => {
  if (word.includes('\0') || !word.isWellFormed()) throw new Error(`not an argument of any program: ${JSON.stringify(word)}`);
  return plain.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
};

/** Words that mean the same with and without quotes, wherever they stand; `=` and `~` are not among them. */
const plain = /^[A-Za-z0-9_@%+:,./-]+$/;
