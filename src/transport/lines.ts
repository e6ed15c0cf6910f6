// Bytes in, lines out, with the sender held back while nobody reads.

export interface LineQueue {
  /** One queue however often it is iterated: whoever leaves a loop early can go on in another. */
  readonly lines: AsyncIterable<string>;
  feed(chunk: Buffer): void;
  /** No more is to come. A last line without a newline counts where the sender meant it to end there. */
  finish(how: { readonly complete: boolean }): void;
  /** From now on nothing holds the sender back. */
  letGo(): void;
}

export interface LineLimits {
  /** A longer line ends the iteration with the error that `tooLong` makes. */
  readonly lineBytes: number;
  /** So much may lie in the queue before the sender is paused. */
  readonly queueBytes: number;
}

export interface Sender {
  pause(): void;
  resume(): void;
  tooLong(): Error;
}

export const createLineQueue = (limits: LineLimits, sender: Sender): LineQueue => {
  const ready = createFifo();
  const readers: { resolve(result: IteratorResult<string>): void; reject(error: Error): void }[] = [];
  let readyBytes = 0;
  let paused = false;
  let free = false;
  let over: { readonly error: Error | null } | null = null;

  const deliver = (line: string) => {
    const reader = readers.shift();
    if (reader) {
      reader.resolve({ done: false, value: line });
      return;
    }
    ready.push(line);
    readyBytes += line.length;
  };
  const end = (error: Error | null) => {
    over ??= { error };
    for (const reader of readers.splice(0)) settle(reader);
  };
  const settle = (reader: { resolve(result: IteratorResult<string>): void; reject(error: Error): void }) => {
    if (over?.error) reader.reject(over.error);
    else reader.resolve({ done: true, value: undefined });
  };
  const balance = () => {
    const full = !free && over === null && readyBytes > limits.queueBytes;
    if (full === paused) return;
    paused = full;
    if (full) sender.pause();
    else sender.resume();
  };
  const splitter = createSplitter(limits.lineBytes, deliver);

  return {
    lines: {
      [Symbol.asyncIterator]: () => ({
        next: () =>
          new Promise<IteratorResult<string>>((resolve, reject) => {
            const line = ready.take();
            if (line !== undefined) {
              readyBytes -= line.length;
              balance();
              resolve({ done: false, value: line });
            } else if (over) settle({ resolve, reject });
            else readers.push({ resolve, reject });
          }),
      }),
    },
    feed(chunk) {
      if (over) return;
      if (!splitter.feed(chunk)) end(sender.tooLong());
      balance();
    },
    finish({ complete }) {
      if (complete && !over) splitter.flush();
      end(null);
      balance();
    },
    letGo() {
      free = true;
      balance();
    },
  };
};

/** First in, first out, in linear time: Array.shift() moves all that is left each time, once there are tens of thousands. */
const createFifo = () => {
  const lines: string[] = [];
  let head = 0;
  return {
    push(line: string): void {
      lines.push(line);
    },
    take(): string | undefined {
      const line = lines[head];
      if (line !== undefined) head += 1;
      if (head > 1000 && head * 2 > lines.length) {
        lines.splice(0, head);
        head = 0;
      }
      return line;
    },
  };
};

/** Splits at newlines only, which no other character of UTF-8 contains, so that chunks may end anywhere. */
const createSplitter = (lineBytes: number, deliver: (line: string) => void) => {
  let pieces: Buffer[] = [];
  let bytes = 0;
  const flush = () => {
    if (bytes > 0) deliver(Buffer.concat(pieces).toString('utf8'));
    pieces = [];
    bytes = 0;
  };
  /** False when a line is too long. */
  const add = (piece: Buffer): boolean => {
    bytes += piece.length;
    if (piece.length > 0) pieces.push(piece);
    return bytes <= lineBytes;
  };
  return {
    flush,
    feed(chunk: Buffer): boolean {
      let from = 0;
      for (let to = chunk.indexOf(newline); to !== -1; to = chunk.indexOf(newline, from)) {
        if (!add(chunk.subarray(from, to))) return false;
        if (bytes === 0) deliver('');
        else flush();
        from = to + 1;
      }
      return add(chunk.subarray(from));
    },
  };
};

const newline = 0x0a;
