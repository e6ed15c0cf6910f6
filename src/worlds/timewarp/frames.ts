// What is said at each turn, both ways: frames of a kind, a stream and bytes. The other end is guest/box.py.

/** Kind (one letter), number of the stream, length of what follows; little endian. */
const headBytes = 9;

/** To the lab: what to start, input, its end, a signal, whether output is to wait, a node's power, and until when time may flow. */
export type Order = 'start' | 'input' | 'end' | 'kill' | 'hold' | 'reset' | 'go';

/** From the lab: output, errors, how a command ended, what became of a node, and that it is our turn. */
export type Word = 'output' | 'errors' | 'exited' | 'node' | 'turn';

const letters: Readonly<Record<Order | Word, string>> = { start: 'S', input: 'I', end: 'E', kill: 'K', hold: 'H', reset: 'R', go: 'G', output: 'O', errors: 'X', exited: 'Z', node: 'N', turn: 'T' };
const words = new Map((['output', 'errors', 'exited', 'node', 'turn'] as const).map((word) => [letters[word], word]));

export interface Frame { readonly word: Word; readonly stream: number; readonly body: Buffer }

export const frame = (order: Order, stream: number, body: Buffer | string = ''): Buffer => {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const head = Buffer.alloc(headBytes);
  head.write(letters[order], 0, 'latin1');
  head.writeUInt32LE(stream, 1);
  head.writeUInt32LE(bytes.length, 5);
  return Buffer.concat([head, bytes]);
};

/** Throws on what the lab never says. */
export const framesIn = (bytes: Buffer): readonly Frame[] => {
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length;) {
    const word = words.get(String.fromCharCode(bytes[at]!));
    const end = at + headBytes + (at + headBytes <= bytes.length ? bytes.readUInt32LE(at + 5) : 0);
    if (!word || end > bytes.length) throw new Error(`the lab said ${JSON.stringify(bytes.toString('latin1', at, at + 80))}, which is no frame`);
    frames.push({ word, stream: bytes.readUInt32LE(at + 1), body: bytes.subarray(at + headBytes, end) });
    at = end;
  }
  return frames;
};
