// Every parser of a managed switch, and of SNMP, against outputs of real devices, which are nobody's to publish: BONDPROOF_SAMPLES names a folder of
// `<dialect>/<command, blanks as _>.txt`, .json or .raw, like `cisco-nxos/show_lacp_neighbor.txt`; `bondproof switch probe` makes one. Left out where it is not set.

import test from 'ava';

import type { Command } from '../../src/model/command.ts';
import { captureName } from '../../src/harness/captures.ts';
import { shownCommand } from '../../src/harness/probe.ts';
import type { Asked, Question } from '../../src/switches/dialect.ts';
import { managedDialects, snmp } from '../../src/switches/index.ts';
import { nothing, samplesOf } from './samples.ts';

const folder = process.env['BONDPROOF_SAMPLES'];

if (folder === undefined) test.skip('outputs of real switches are understood: BONDPROOF_SAMPLES is not set', () => undefined);
else {
  for (const { name, facts, deadMan } of [...managedDialects, snmp] as readonly Asked[]) {
    const questions: readonly (readonly [string, Question<unknown>])[] = [
      ...Object.entries(facts) as readonly (readonly [string, Question<unknown>])[], ...deadMan?.pending ? [['pending', deadMan.pending] as const] : [],
    ];
    const samples = samplesOf(folder, name);
    for (const [what, question] of questions) {
      const sampleOf = (command: Command): string | undefined => samples.get(captureName(shownCommand(command)));
      if (question.commands.every((command) => sampleOf(command) === undefined)) continue;
      test(`${name}: ${what} of a real device is understood`, (t) => {
        const shown = (command: Command): string => sampleOf(command) ?? nothing(shownCommand(command));
        t.notThrows(() => {
          const first = question.commands.map(shown);
          question.parse([...first, ...(question.further?.(first) ?? []).map(shown)]);
        });
      });
    }
  }
}
