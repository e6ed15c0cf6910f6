import test from 'ava';

import type { UndoEntry } from '../../src/harness/journal.ts';
import { keepAsFound } from '../../src/harness/keeping.ts';
import type { Command } from '../../src/model/command.ts';
import { Problem } from '../../src/model/problem.ts';
import type { OpenLab, Session } from '../../src/model/session.ts';
import { paperLab } from './paper-lab.ts';
import { sectionsOf, textOf, type Sections } from './paper-survey.ts';

/** The nodes answer as on paper, but for what is changed; every command is written down. */
const paperOpen = (change: Sections, ran: Command[]): OpenLab => {
  const answer = (device: string): string => {
    const node = paperLab.nodes.find(({ name }) => name === device);
    return node ? textOf({ ...sectionsOf(paperLab, node), ...change }) : JSON.stringify(paperLab.links.map(({ port }) => ({ ifname: port, flags: ['UP', 'LOWER_UP'] })));
  };
  const session = (device: string): Session => ({
    device, closed: new Promise(() => undefined), open: async () => Promise.reject(new Error('nobody opens a channel')),
    run: async (command) => {
      ran.push(command);
      return Promise.resolve({ command, exitCode: 0, stdout: command.argv[3] === 'bondproof-traces' ? 'qdisc noqueue 0: dev lo root refcnt 2\n' : answer(device), stderr: '', elapsedMs: 1 });
    },
    [Symbol.asyncDispose]: async () => Promise.resolve(),
  });
  return {
    lab: paperLab, lasting: true, about: {}, realTime: true, seed: null, simulated: [], clock: { nowUs: () => 0, sleep: async () => Promise.resolve() },
    session: async (device) => Promise.resolve(session(device)), power: () => null, console: () => null, [Symbol.asyncDispose]: async () => Promise.resolve(),
  };
};

test('of a lab that is refused nothing is written down to be undone, and nothing but questions was asked', async (t) => {
  const opened: UndoEntry[] = [];
  const ran: Command[] = [];
  const journal = { open: async (entry: UndoEntry) => { opened.push(entry); return Promise.resolve(); }, close: async () => Promise.resolve(), read: async () => Promise.resolve({ entries: [], unreadable: [] }) };
  const refused = await t.throwsAsync(keepAsFound(paperOpen({ marker: '', stat: '' }, ran), null, { journal, run: 'run', scenarios: [] }), { instanceOf: Problem });
  t.regex(refused.message, /pve1 marker: no \/etc\/bondproof\/lab.json/);
  t.deepEqual(opened, []);
  t.deepEqual([...new Set(ran.map(({ argv }) => argv[3] ?? argv.join(' ')))].sort(), ['addr', 'bondproof-survey', 'bondproof-traces', 'uname -r'], 'ip -d -j addr show, by its fourth word');
  t.true(ran.every(({ stdin }) => stdin === undefined));
});
