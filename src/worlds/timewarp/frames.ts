// What crosses the kernel's console, both ways: frames of a kind, a stream and bytes. Its other end is guest/box.py.

/** Kind (one letter), number of the stream, length of what follows; little endian. */
const headBytes = 9;

/** To the lab: what to start, input, its end, a signal, whether output is to wait, a node's power, a file with more orders, and until when time may flow. */
export type Order = 'start' | 'input' | 'end' | 'kill' | 'hold' | 'reset' | 'file' | 'go';

/** From the lab: output, errors, how a command ended, what became of a node, and that it is our turn. */
export type Word = 'output' | 'errors' | 'exited' | 'node' | 'turn';

const letters: Readonly<Record<Order | Word, string>> = { start: 'S', input: 'I', end: 'E', kill: 'K', hold: 'H', reset: 'R', file: 'F', go: 'G', output: 'O', errors: 'X', exited: 'Z', node: 'N', turn: 'T' };
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

export interface FrameReader {
  /** The frames that are complete with this chunk; throws on what the other end never says. */
  (chunk: Buffer): readonly Frame[];
  /** Whether part of a frame has come, and not all of it. */
  midFrame(): boolean;
}

export const frameReader = (): FrameReader => {
  let rest: Buffer = Buffer.alloc(0);
  const read = (chunk: Buffer): readonly Frame[] => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const frames: Frame[] = [];
    let at = 0;
    while (rest.length - at >= headBytes) {
      const word = words.get(String.fromCharCode(rest[at]!));
      if (!word) throw new Error(`the console said ${JSON.stringify(rest.toString('latin1', at, at + 80))}, which is no frame`);
      const end = at + headBytes + rest.readUInt32LE(at + 5);
      if (end > rest.length) break;
      frames.push({ word, stream: rest.readUInt32LE(at + 1), body: rest.subarray(at + headBytes, end) });
      at = end;
    }
    rest = rest.subarray(at);
    return frames;
  };
  return Object.assign(read, { midFrame: () => rest.length > 0 });
};
