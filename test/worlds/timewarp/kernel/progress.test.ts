import test from 'ava';
import { along, downloadPart, madeFile, ways } from '../../../../src/worlds/timewarp/kernel/progress.ts';

const lines: readonly (readonly [line: string, file: string | null])[] = [
  ['  CC      net/core/dev.o', 'net/core/dev.o'],
  ['  HOSTCC  scripts/basic/fixdep', 'scripts/basic/fixdep'],
  ['  AR      drivers/net/bonding/built-in.a', 'drivers/net/bonding/built-in.a'],
  ['  LD [M]  drivers/net/dummy.ko', 'drivers/net/dummy.ko'],
  ['  CC [U]  arch/um/os-Linux/file.o', 'arch/um/os-Linux/file.o'],
  ['  MKELF   scripts/mod/elfconfig.h', 'scripts/mod/elfconfig.h'],
  ["make[1]: Entering directory '/tmp/source'", null],
  ['#', null],
  ['# configuration written to .config', null],
  ['arch/um/kernel/um_arch.c: In function ‘setup_arch’:', null],
  ['  123 |   CC = gcc', null],
  ['', null],
];
for (const [line, file] of lines) test(`make's "${line}" makes ${file ?? 'nothing'}`, (t) => t.is(madeFile(line), file));

const downloads: readonly (readonly [line: string, part: number | null])[] = [
  ['dlstatus:1:0.0000:Retrieving file 1 of 1', 0],
  ['dlstatus:1:57.5000:Retrieving file 1 of 1 (3s remaining)', 0.575],
  ['dlstatus:1:100.0000:Retrieving file 1 of 1', 1],
  ['Get:1 http://mirror.example/debian unstable/main amd64 linux-source-7.2 all 7.2.13-1 [164 MB]', null],
  ['pmstatus:x:20.0000:Preparing x', null],
];
for (const [line, part] of downloads) test(`apt's "${line}" is ${part ?? 'nothing'}`, (t) => t.is(downloadPart(line), part));

test('the ways follow one another from the begin to the end', (t) => {
  const all = Object.values(ways);
  t.is(all[0]?.[0], 0);
  t.is(all.at(-1)?.[1], 1);
  t.deepEqual(all.slice(1).map(([from]) => from), all.slice(0, -1).map(([, to]) => to));
});

test('more files than usual do not lead past the end of compiling', (t) => {
  t.is(along(ways.compile, 0), ways.compile[0]);
  t.is(along(ways.compile, 1.7), ways.compile[1]);
});
