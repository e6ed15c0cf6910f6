import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { Problem } from '../../../src/model/problem.ts';
import { isAlive, isHeld, labsFolder, makeLabFolder, markOf, readLabFolders, sweep } from '../../../src/worlds/virtual/folder.ts';

const uid = process.getuid!();

const inRunDir = async (use: (runDir: string) => Promise<void> | void): Promise<void> => {
  const runDir = mkdtempSync(join(tmpdir(), 'bp-'));
  try {
    await use(runDir);
  } finally {
    rmSync(runDir, { recursive: true });
  }
};

/** A lab's folder whose owner has ended. */
const orphan = (labs: string, name: string): string => {
  const path = join(labs, `${name}.${process.pid}.0.ab12`);
  mkdirSync(join(path, 'memory'), { recursive: true });
  return path;
};

test('the folder of all labs is made for its user alone', (t) => inRunDir((runDir) => {
  const path = labsFolder({ runDir, uid });
  t.is(path, join(runDir, `bondproof-${uid}`));
  t.is(statSync(path).mode & 0o777, 0o700);
}));

test('a folder of ours that others could enter is closed', (t) => inRunDir((runDir) => {
  chmodSync(labsFolder({ runDir, uid }), 0o777);
  t.is(statSync(labsFolder({ runDir, uid })).mode & 0o777, 0o700);
}));

test('a symlink in its place is refused', (t) => inRunDir((runDir) => {
  const path = join(runDir, `bondproof-${uid}`);
  symlinkSync(tmpdir(), path);
  const error = t.throws(() => labsFolder({ runDir, uid }), { instanceOf: Problem });
  t.deepEqual(error.parts, {
    asked: `keep labs in ${path}`, found: 'it is not a folder', right: 'a folder of your own that nobody else can enter',
    todo: `look at it, then: rm -r ${path}; or set XDG_RUNTIME_DIR to another folder`, exitCode: 3,
  });
}));

test('a folder of somebody else in its place is refused', (t) => inRunDir((runDir) => {
  mkdirSync(join(runDir, `bondproof-${uid + 1}`));
  const error = t.throws(() => labsFolder({ runDir, uid: uid + 1 }), { instanceOf: Problem });
  t.is(error.parts.found, `it belongs to user ${uid}, not to ${uid + 1}`);
}));

test('a path too long for a socket is refused before anything is made', (t) => inRunDir((runDir) => {
  const labs = labsFolder({ runDir, uid });
  const error = t.throws(() => makeLabFolder(labs, 'l'.repeat(80), 'ab12'), { instanceOf: Problem });
  t.regex(error.parts.found, /^a socket in it would have a path of 1\d\d bytes$/);
  t.deepEqual(readLabFolders(labs), []);
}));

test('a lab\'s folder tells its lab and its owner', (t) => inRunDir((runDir) => {
  const labs = labsFolder({ runDir, uid });
  const made = makeLabFolder(labs, 'my.lab', 'ab12');
  t.deepEqual(readLabFolders(labs), [made]);
  t.deepEqual(made.owner, markOf(process.pid));
  t.is(made.lab, 'my.lab');
}));

test('sweeping removes what an ended owner left', (t) => inRunDir(async (runDir) => {
  const labs = labsFolder({ runDir, uid });
  const path = orphan(labs, 'left');
  t.deepEqual(await sweep(labs), [path]);
  t.false(existsSync(path));
}));

test('sweeping keeps a lab whose owner is alive', (t) => inRunDir(async (runDir) => {
  const labs = labsFolder({ runDir, uid });
  const { path } = makeLabFolder(labs, 'mine', 'ab12');
  t.deepEqual(await sweep(labs), []);
  t.true(existsSync(path));
}));

test('sweeping keeps a lab whose holder is alive, until it is not', (t) => inRunDir(async (runDir) => {
  const labs = labsFolder({ runDir, uid });
  const path = orphan(labs, 'held');
  const holder = spawn(process.execPath, ['-e', 'require("node:net").createServer().listen("control", () => console.log("up")); setInterval(() => 0, 1e6)'], { cwd: path, stdio: ['ignore', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  t.deepEqual(await sweep(labs), []);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  t.true(existsSync(join(path, 'control')));
  t.deepEqual(await sweep(labs), [path]);
}));

test('sweeping leaves alone what is not a lab\'s folder', (t) => inRunDir(async (runDir) => {
  const labs = labsFolder({ runDir, uid });
  mkdirSync(join(labs, 'other'));
  writeFileSync(join(labs, 'note.txt'), '');
  t.deepEqual(await sweep(labs), []);
  t.true(existsSync(join(labs, 'other')) && existsSync(join(labs, 'note.txt')));
}));

test('a lab is held while something listens on its control socket', (t) => inRunDir(async (runDir) => {
  const lab = makeLabFolder(labsFolder({ runDir, uid }), 'one', 'ab12');
  t.false(await isHeld(lab));
  const server = createServer().listen(join(lab.path, 'control'));
  await once(server, 'listening');
  t.true(await isHeld(lab));
  server.close();
}));

test('a process is told from a later one with its number', (t) => {
  const mark = markOf(process.pid)!;
  t.true(isAlive(mark));
  t.false(isAlive({ ...mark, startTicks: '1' }));
  t.is(markOf(2 ** 22 + 1), null);
});
