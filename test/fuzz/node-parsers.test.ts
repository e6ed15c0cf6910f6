// What the agent on a node reads there, journal entries and lrm_status: whatever they hold, it goes on and says messages.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

import test from 'ava';

import { readMessage } from '../../src/agent/message.ts';
import { hostile } from './mutate.ts';

/** Lines of standard input are hostile texts in hex; `end` after each, so that one that broke it is known. */
const program = `
import sys
sys.path.insert(0, sys.argv[1])
import journal, lrm, os, speech, tempfile
reader = journal.Journal.__new__(journal.Journal)
reader._boot_id = '0' * 32
reader._since = []
path = tempfile.mkstemp()[1]
for line in sys.stdin:
    text = bytes.fromhex(line)
    try:
        reader._read(text)
        speech.flush()
        with open(path, 'wb') as file:
            file.write(text)
        try:
            lrm._read(path)
        except (OSError, ValueError, KeyError, TypeError, ArithmeticError, RecursionError):
            pass  # what watch() expects
    except BaseException as error:
        print('BROKEN', repr(error)[:200], flush=True)
    speech.works('journal')
    print('END', flush=True)
os.unlink(path)
`;

const entry = { __CURSOR: 'c', __REALTIME_TIMESTAMP: '1700000000000000', __MONOTONIC_TIMESTAMP: '5000000', _BOOT_ID: '0'.repeat(32), SYSLOG_IDENTIFIER: 'corosync', PRIORITY: '5', MESSAGE: 'one' };
const good = [entry, { ...entry, MESSAGE: [116, 119, 111, 255] }, { ...entry, MESSAGE: ['one', [116, 119]] }, { state: 'active', mode: 'active', results: {}, timestamp: 100 }].map((each) => Buffer.from(JSON.stringify(each)));

/** Made by hand: each broke it once. */
const sharp = [
  { ...entry, MESSAGE: [300] }, { ...entry, MESSAGE: [-1] }, { ...entry, MESSAGE: [[[1e3]]] }, { ...entry, PRIORITY: '²' }, { ...entry, PRIORITY: '9'.repeat(5000) }, { ...entry, __MONOTONIC_TIMESTAMP: '9'.repeat(5000) }, [], 'x', null,
].map((each) => Buffer.from(JSON.stringify(each)));
const deep = ['['.repeat(50_000), `{"MESSAGE":${'['.repeat(50_000)}`, `${JSON.stringify(entry).slice(0, -1)},"MESSAGE":${'['.repeat(900)}${']'.repeat(900)}}`].map((text) => Buffer.from(text));

/** Numbers may be larger than any of ours: such a line is told as no message, and says so (src/agent/message.ts). */
const isNoMessage = (line: string): boolean => {
  const message = readMessage(line, { bootUs: 0, realUs: 0 });
  return message.kind === 'trouble' && message.what === 'a line of the agent is no message' && !line.startsWith('{"kind":"');
};

test('whatever a journal entry or lrm_status holds, the agent goes on and says messages', async (t) => {
  const cases = [...good, ...sharp, ...deep, ...Array.from({ length: 1500 }, (_, seed) => hostile(good, seed))].map((text) => text.subarray(0, 100_000));
  const child = spawn('python3', ['-I', '-c', program, new URL('../../src/agent/node', import.meta.url).pathname], { stdio: ['pipe', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
  // Behind the first case's newline: an entry is one line.
  child.stdin.end(cases.map((text) => `${text.toString('hex')}\n`).join(''));
  let ended = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'END') ended += 1;
    else if (isNoMessage(line)) t.fail(`${line.slice(0, 300)} in case ${ended}: ${cases[ended]?.toString('latin1').slice(0, 200)}`);
  }
  t.is(ended, cases.length, stderr);
});
