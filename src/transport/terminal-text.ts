// What a device writes to a terminal, as the text that a person would see there.

/** ECMA-48 control sequences (CSI … final byte), operating-system commands up to BEL or ST, and escapes of two characters. */
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[ -/]*[0-Z\\^-~])/g;

/** An escape that is not at its end yet. */
const begun = /\u001b(?:\[[0-?]*[ -/]*|\][^\u0007\u001b]*\u001b?|[ -/]*)$/;

/** Text without what moves the cursor about, carried out: a carriage return goes to the line's start, a backspace one back, and what follows writes over. */
export const seenText = (written: string): string => written.replace(escapes, '').replace(begun, '').split('\n').map(seenLine).join('\n');

const seenLine = (line: string): string => {
  // The end of a line, as every device sends it.
  const text = line.replace(/\r+$/, '');
  if (!/[\u0000-\u001f\u007f]/.test(text)) return text;
  const cells: (string | undefined)[] = [];
  let at = 0;
  for (const character of text) {
    if (character === '\r') at = 0;
    else if (character === '\b') at = Math.max(0, at - 1);
    else if (character === '\t') { do cells[at++] = cells[at - 1] ?? ' '; while (at % 8 !== 0); }
    else if (character >= ' ' && character !== '\u007f') cells[at++] = character;
  }
  return Array.from(cells, (cell) => cell ?? ' ').join('').trimEnd();
};

/** A line that is not at its end yet keeps its blanks: prompts end with one. */
export const lastLine = (seen: string): string => seen.slice(seen.lastIndexOf('\n') + 1);
