import test from 'ava';
import fc from 'fast-check';
import { tarOf } from '../../../src/worlds/virtual/tar.ts';

/** Reads an archive by the layout of POSIX.1-1988, checking every sum. */
const read = (archive: Buffer) => {
  const files: { path: string; content: Buffer; mode: number }[] = [];
  for (let at = 0; archive[at] !== 0;) {
    const header = archive.subarray(at, at + 512);
    const octal = (from: number, to: number) => Number.parseInt(header.toString('latin1', from, to).replace(/[\0 ].*$/, ''), 8);
    const blank = Buffer.from(header).fill(' ', 148, 156);
    if (octal(148, 156) !== blank.reduce((sum, byte) => sum + byte, 0)) throw new Error('wrong sum');
    const size = octal(124, 136);
    files.push({ path: header.toString('utf8', 0, header.indexOf(0)), content: archive.subarray(at + 512, at + 512 + size), mode: octal(100, 108) });
    at += 512 + 512 * Math.ceil(size / 512);
  }
  return files;
};

test('what is put into an archive is read back from it', (t) => {
  const name = fc.stringMatching(/^[a-z_.-]{1,12}$/).filter((word) => word !== '..');
  const file = fc.record({
    path: fc.array(name, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/')),
    content: fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes)),
    mode: fc.integer({ min: 0, max: 0o777 }),
  });
  fc.assert(fc.property(fc.array(file, { maxLength: 5 }), (files) => {
    t.deepEqual(read(tarOf(files)), files);
  }), { numRuns: 50 });
});

test('an archive is whole records of 20 blocks and ends with two empty blocks', (t) => {
  for (const size of [0, 1, 511, 512, 513, 9_215, 9_216, 9_217]) {
    const archive = tarOf([{ path: 'a', content: Buffer.alloc(size, 1), mode: 0o600 }]);
    t.is(archive.length % 10_240, 0);
    t.true(archive.subarray(-1024).every((byte) => byte === 0));
  }
});

test('a header says ustar, and root as owner and group', (t) => {
  const header = tarOf([{ path: 'etc/hostname', content: 'pve1\n', mode: 0o644 }]).subarray(0, 512);
  t.is(header.toString('latin1', 257, 265), 'ustar\u000000');
  t.is(header.toString('latin1', 108, 124), '0000000\0'.repeat(2));
  t.is(header.toString('latin1', 265, 270), 'root\0');
  t.is(header.toString('latin1', 297, 302), 'root\0');
});

for (const path of ['', '/etc/passwd', '../passwd', 'etc/../../passwd', 'a'.repeat(101)]) {
  test(`"${path.slice(0, 20)}" (${path.length} characters) cannot be a path in an archive`, (t) => {
    t.throws(() => tarOf([{ path, content: '', mode: 0o644 }]), { message: `"${path}" cannot be a path in an archive` });
  });
}
