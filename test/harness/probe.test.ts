// A question may name further commands once its first are answered: a probe puts those as well, and keeps what they print.

import test from 'ava';

import { probeSwitch } from '../../src/harness/probe.ts';
import type { Command } from '../../src/model/command.ts';
import { linesOf } from '../../src/model/conversation.ts';
import type { Session } from '../../src/model/session.ts';
import { aristaEos } from '../../src/switches/arista-eos.ts';
import type { ManagedDialect, Question } from '../../src/switches/dialect.ts';
import { paperLab } from './paper-lab.ts';

const line = (text: string): Command => ({ argv: [text] });

const groups: Question<unknown> = {
  commands: [line('show sharing')],
  further: ([sharing = '']) => {
    if (sharing === 'broken') throw new Error('no such table');
    return sharing.split(' ').map((port) => line(`show lag ${port}`));
  },
  parse: (answers) => {
    if (answers[0] === 'broken') throw new Error('no such table');
    return answers;
  },
};

const dialect: ManagedDialect = { ...aristaEos, facts: { identity: groups as Question<never> } as unknown as ManagedDialect['facts'], deadMan: null };

const probe = async (answers: Readonly<Record<string, string | null>>) => {
  const sent: string[] = [];
  const session = {
    run: async (command: Command) => {
      const text = linesOf(command).join('\n');
      sent.push(text);
      const stdout = answers[text] ?? '';
      return Promise.resolve({ command, exitCode: answers[text] === null ? 1 : 0, stdout, stderr: answers[text] === null ? 'refused' : '', elapsedMs: 0 });
    },
  } as unknown as Session;
  const found = await probeSwitch(session, { lab: paperLab, dialect, at: '2026-01-01T00:00:00Z', bondproof: '0', signal: new AbortController().signal, asking: () => undefined });
  return { sent, identity: found.findings.identity, shown: found.shown.map(({ command }) => command) };
};

test('what the first answers name is asked, in order, and kept', async (t) => {
  const { sent, identity, shown } = await probe({ 'show sharing': '1 21', 'show lag 1': 'one', 'show lag 21': 'two' });
  t.deepEqual(sent, ['show sharing', 'show lag 1', 'show lag 21']);
  t.deepEqual(shown, sent);
  t.deepEqual(identity as unknown, { kind: 'understood', fact: ['1 21', 'one', 'two'] });
});

test('nothing more is asked where the first answer is refused, or not understood', async (t) => {
  const refused = await probe({ 'show sharing': null });
  t.deepEqual([refused.sent, refused.identity.kind], [['show sharing'], 'refused']);
  const broken = await probe({ 'show sharing': 'broken' });
  t.deepEqual([broken.sent, broken.identity.kind], [['show sharing'], 'not-understood']);
});
