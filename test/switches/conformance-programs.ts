// What every dialect of a managed switch whose ssh runs programs has to keep: the promises of conformance.ts, by a shell. Called from the dialect's own test file.

import ava from 'ava';
import fc from 'fast-check';

import { Problem } from '../../src/model/problem.ts';
import type { PortsConfig } from '../../src/model/scenario.ts';
import type { Session } from '../../src/model/session.ts';
import type { Facts, ManagedDialect, PortGroup, Question } from '../../src/switches/dialect.ts';
import { scrubbed } from '../../src/switches/reading.ts';
import { asked, done, inTurn, patient } from './asking.ts';
import { serveProgramDevice, type ProgramDevice, type ProgramKind } from './programs.ts';

export interface ProgramConformance {
  readonly kind: ProgramKind;
  /** What each question must be answered with; one for each that the dialect has, but `configuration`. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** Groups of ports that the device has, with what the dialect needs. */
  readonly groups: readonly PortGroup[];
  /** Forms that it has; each other one must be a Problem. */
  readonly forms: readonly PortsConfig['kind'][];
  /** What is configured once the form `lacp fast` is in force. */
  readonly lacpFast: string;
  /** Lines of a configuration, as `configuration` gives it, with the word `hunter2` wherever they hold a secret. */
  readonly secret: string;
}

// One after the other: devices and their programs share this process and its machine.
const test = ava.serial;
const all: readonly PortsConfig[] = [{ kind: 'plain' }, { kind: 'static' }, { kind: 'lacp', rate: 'slow' }, { kind: 'lacp', rate: 'fast' }];

export const testProgramDialect = (dialect: ManagedDialect, { kind, facts, groups, forms, lacpFast, secret }: ProgramConformance): void => {
  const { name, deadMan } = dialect;
  if (dialect.conversation !== null) throw new Error(`${name} has a command line of its own: conformance.ts is for it`);
  const questions = Object.entries(dialect.facts) as readonly (readonly [keyof Facts, Question<unknown>])[];
  const on = async (work: (session: Session, device: ProgramDevice) => Promise<void>): Promise<void> => {
    await using device = await serveProgramDevice(kind);
    await using session = await device.session();
    await work(session, device);
  };

  test(`${name}: every question is answered, and asking changes nothing`, async (t) => {
    await on(async (session, device) => {
      const before = device.running();
      const { configuration, ...answers } = Object.fromEntries(await inTurn(questions, async ([what, question]) => [what, await asked(session, question)] as const));
      t.deepEqual(answers, facts);
      t.true(typeof configuration === 'string' && configuration.length > 0);
      t.is(device.running(), before);
    });
  });

  test(`${name}: parsers of broken outputs end, and throw nothing but errors that say so`, (t) => {
    const mutated = fc.tuple(fc.constantFrom(...Object.values(kind.answers)), fc.nat(), fc.nat(40), fc.string({ maxLength: 20 })).map(([text, at, cut, noise]) => {
      const from = text.length === 0 ? 0 : at % text.length;
      return text.slice(0, from) + noise + text.slice(from + cut);
    });
    for (const [, question] of questions) {
      fc.assert(fc.property(fc.array(fc.oneof(mutated, fc.string()), { minLength: question.commands.length, maxLength: question.commands.length }), (answers) => {
        try {
          question.parse(answers);
        } catch (error) {
          t.true(error instanceof Error && !(error instanceof TypeError) && !(error instanceof RangeError), String(error));
        }
      }), { numRuns: 200 });
    }
    t.pass();
  });

  test(`${name}: no secret of a configuration stays`, (t) => {
    t.true(secret.includes('hunter2'));
    t.false(scrubbed(dialect, secret).includes('hunter2'));
  });

  for (const ports of all.filter((form) => !forms.includes(form.kind))) {
    test(`${name}: it has no form ${ports.kind}, and says so`, (t) => void t.throws(() => dialect.form(groups, ports), { instanceOf: Problem }));
  }

  if (deadMan === null) return;
  const { pending, revert } = deadMan;
  if (pending === null || revert === null) throw new Error(`${name} runs programs, and can say whether a change waits, and take it back`);
  const arm = async (session: Session, ports: PortsConfig, afterS = deadMan.leastS): Promise<void> => {
    for (const command of deadMan.arm(dialect.form(groups, ports), afterS)) await done(session, command);
  };

  for (const ports of all.filter((form) => forms.includes(form.kind))) {
    const form = ports.kind === 'lacp' ? `lacp ${ports.rate}` : ports.kind;
    test(`${name}: nobody confirms ${form}, and when the time is up all is as before`, async (t) => {
      await on(async (session, device) => {
        const [before, configuration] = [device.running(), await asked(session, dialect.facts.configuration)];
        t.false(await asked(session, pending));
        await arm(session, ports);
        t.not(device.running(), before);
        if (form === 'lacp fast') t.is(device.running(), lacpFast);
        t.true(await asked(session, pending));
        device.pass(deadMan.leastS + deadMan.lateS);
        t.is(device.running(), before);
        t.is(await asked(session, dialect.facts.configuration), configuration);
        t.false(await asked(session, pending));
      });
    });
  }

  const lacp: PortsConfig = { kind: 'lacp', rate: 'fast' };

  test(`${name}: it is taken back at once when asked, asking twice does no harm, and it can be armed anew`, async (t) => {
    await on(async (session, device) => {
      const before = device.running();
      await arm(session, lacp);
      for (const command of [...revert, ...revert]) await session.run(command, patient);
      t.is(device.running(), before);
      t.false(await asked(session, pending));
      await arm(session, lacp);
      t.true(await asked(session, pending));
    });
  });

  test(`${name}: confirmed, it stays`, async (t) => {
    await on(async (session, device) => {
      await arm(session, lacp);
      const changed = device.running();
      for (const command of deadMan.keep) await done(session, command);
      t.false(await asked(session, pending));
      device.pass(2 * deadMan.mostS);
      t.is(device.running(), changed);
      for (const command of revert) await session.run(command, patient);
      t.is(device.running(), changed);
    });
  });

  test(`${name}: whoever changes it dies after any of the commands, and it is as before`, async (t) => {
    const commands = deadMan.arm(dialect.form(groups, lacp), deadMan.leastS);
    for (let count = 1; count <= commands.length; count += 1) {
      await on(async (session, device) => {
        const before = device.running();
        for (const command of commands.slice(0, count)) await done(session, command);
        device.cut();
        device.pass(deadMan.leastS + deadMan.lateS);
        t.is(device.running(), before, `after ${count} of ${commands.length} commands`);
      });
    }
  });
};
