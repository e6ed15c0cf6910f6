// Tape archives in the ustar form: how a machine gets its own files, read from a block device at first boot.

/** A file to be. `path` is relative, without a leading slash. Owner and group are root. */
export interface TarFile {
  readonly path: string;
  readonly content: string | Buffer;
  /** Permission bits. */
  readonly mode: number;
}

const blockBytes = 512;

/**
 * The archive, with its two empty blocks at the end and filled up to tar's usual record of 20 blocks. Missing folders are made by
 * whoever extracts it. The header is that of POSIX.1-1988 (pax(1), "ustar Interchange Format"); throws on a path that does not fit.
 */
export const tarOf = (files: readonly TarFile[]): Buffer => {
  const parts = files.flatMap((file) => {
    const content = Buffer.from(file.content);
    return [headerOf(file, content.length), content, Buffer.alloc(padding(content.length, blockBytes))];
  });
  const archive = Buffer.concat([...parts, Buffer.alloc(2 * blockBytes)]);
  return Buffer.concat([archive, Buffer.alloc(padding(archive.length, 20 * blockBytes))]);
};

const headerOf = ({ path, mode }: TarFile, size: number): Buffer => {
  const name = Buffer.from(path);
  if (name.length === 0 || name.length > 100 || path.startsWith('/') || path.split('/').includes('..')) throw new Error(`"${path}" cannot be a path in an archive`);
  const header = Buffer.alloc(blockBytes);
  name.copy(header, 0);
  writeOctal(header, 100, 8, mode);
  writeOctal(header, 108, 8, 0);
  writeOctal(header, 116, 8, 0);
  writeOctal(header, 124, 12, size);
  writeOctal(header, 136, 12, 0);
  header.write('0', 156);
  header.write('ustar\u000000', 257, 'latin1');
  header.write('root', 265);
  header.write('root', 297);
  // The sum is taken with its own field as spaces, and is written with six digits, a NUL and a space.
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
};

/** Octal digits with zeros in front, and a NUL behind. */
const writeOctal = (header: Buffer, at: number, bytes: number, value: number): void => {
  header.write(`${value.toString(8).padStart(bytes - 1, '0')}\0`, at, 'latin1');
};

const padding = (size: number, unit: number): number => (unit - (size % unit)) % unit;
