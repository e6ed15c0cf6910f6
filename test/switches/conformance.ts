// What every dialect of a managed switch has to keep, whoever made the switch. Called from the dialect's own test file.

import test from 'ava';
import fc from 'fast-check';

import type { Session } from '../../src/model/session.ts';
import type { PortsConfig } from '../../src/model/scenario.ts';
import type { Facts, ManagedDialect, PortGroup, Question } from '../../src/switches/dialect.ts';
import { scrubbed } from '../../src/switches/reading.ts';
import { asked, done, inTurn, patient } from './asking.ts';
import { freshState, serveScripted, type Manners, type ScriptedDevice, type ScriptedKind } from './scripted.ts';

export interface Conformance {
  readonly kind: ScriptedKind;
  /** What each question must be answered with; one for each that the dialect has, but `configuration`. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** Groups of ports that the device has, with what the dialect needs. */
  readonly groups: readonly PortGroup[];
  /** The lines of the form `lacp fast`. */
  readonly lacpFast: readonly string[];
  /** A configuration with the word `hunter2` wherever it holds a secret. */
  readonly secret: string;
}

const forms: readonly PortsConfig[] = [{ kind: 'plain' }, { kind: 'static' }, { kind: 'lacp', rate: 'slow' }, { kind: 'lacp', rate: 'fast' }];

export const testDialect = (dialect: ManagedDialect, { kind, facts, groups, lacpFast, secret }: Conformance): void => {
  const { name, conversation, deadMan } = dialect;
  if (conversation === null) throw new Error(`${name} has no command line of its own: its programs are tested where they run`);
  const questions = Object.entries(dialect.facts) as readonly (readonly [keyof Facts, Question<unknown>])[];
  const on = async (work: (session: Session, device: ScriptedDevice) => Promise<void>, manners?: Manners): Promise<void> => {
    await using device = await serveScripted(kind, manners);
    await work(await device.session(conversation), device);
  };

  test(`${name}: its prompt has the device's name, the same each time`, (t) => {
    const state = freshState(kind);
    const prompts = [kind.prompt(state), kind.prompt(state)];
    const [first, next] = prompts.map((prompt) => conversation.prompt.exec(prompt)?.[1] ?? '');
    t.not(first, '', `conversation.prompt has no name as its group 1 in ${JSON.stringify(prompts[0])}, which kind.prompt shows`);
    t.is(next, first, `group 1 of conversation.prompt, by which a prompt is known again, differs between ${prompts.map((prompt) => JSON.stringify(prompt)).join(' and ')}`);
  });

  test(`${name}: what is sent after login is taken`, (t) => {
    const state = freshState(kind);
    const refused = conversation.prepare.filter((line) => !kind.noPaging.test(line) && kind.act(line, state) === null);
    t.deepEqual(refused, [], 'lines of conversation.prepare that neither kind.noPaging nor kind.act knows');
  });

  for (const [manner, manners] of Object.entries({
    'as it comes': {}, 'a byte at a time': { bytes: 1 }, 'with escapes': { ansi: true }, 'with a pager that was told not to': { pages: true },
  } satisfies Record<string, Manners>)) {
    test(`${name}: every question is answered, read ${manner}`, async (t) => {
      await on(async (session, device) => {
        const { configuration, ...answers } = Object.fromEntries(await inTurn(questions, async ([what, question]) => [what, await asked(session, question).catch(because(`facts.${what}: where it was refused, kind.shows has no answer to it`))] as const));
        t.deepEqual(answers, facts, 'what the parsers of facts gave (-), against `facts` of the test (+)');
        t.true(typeof configuration === 'string' && configuration.length > 0);
        t.deepEqual(device.state.running, kind.before);
      }, manners);
    });
  }

  test(`${name}: a line that it refuses is named, what follows is not sent, and reading goes on`, async (t) => {
    await on(async (session, device) => {
      const { exitCode, stderr } = await session.run({ argv: ['frobnicate ports'], stdin: 'never sent\n' }, patient);
      t.is(exitCode, 1, `conversation.refusal is like no line of what kind.refuse says: ${JSON.stringify(kind.refuse('frobnicate ports'))}`);
      t.true(stderr.includes('frobnicate ports'));
      t.false(device.heard.includes('never sent'));
      await asked(session, dialect.facts.identity);
    });
  });

  test(`${name}: a device that goes away in an answer is an error with device, line and what was last seen`, async (t) => {
    const first = dialect.facts.aggregates.commands[0]!;
    await on(async (session) => {
      const error = await t.throwsAsync(session.run(first, patient));
      t.true(error.message.includes('sw1'), error.message);
      t.true(error.message.includes(first.argv[0]!), error.message);
    }, { dies: new RegExp(`^${first.argv[0]!.replaceAll(/[^\w ]/g, '.')}$`) });
  });

  test(`${name}: parsers of broken outputs end, and throw nothing but errors that say so`, (t) => {
    const outputs = Object.values(kind.shows).filter((shown): shown is string => typeof shown === 'string');
    const mutated = fc.tuple(fc.constantFrom(...outputs), fc.nat(), fc.nat(40), fc.string({ maxLength: 20 })).map(([text, at, cut, noise]) => {
      const from = text.length === 0 ? 0 : at % text.length;
      return text.slice(0, from) + noise + text.slice(from + cut);
    });
    for (const [, question] of questions) {
      const [first, most] = [question.commands.length, question.commands.length + (question.further === undefined ? 0 : 2)];
      fc.assert(fc.property(fc.array(fc.oneof(mutated, fc.string()), { minLength: first, maxLength: most }), (answers) => {
        try {
          question.further?.(answers.slice(0, first));
          question.parse(answers);
        } catch (error) {
          t.true(error instanceof Error && !(error instanceof TypeError) && !(error instanceof RangeError), String(error));
        }
      }), { numRuns: 200 });
    }
    t.pass();
  });

  test(`${name}: the form lacp fast, line by line`, (t) => {
    t.deepEqual(dialect.form(groups, { kind: 'lacp', rate: 'fast' }).flatMap(({ argv }) => argv), lacpFast);
  });

  test(`${name}: no secret of a configuration stays`, (t) => {
    t.true(secret.includes('hunter2'));
    t.deepEqual(scrubbed(dialect, secret).split('\n').filter((line) => line.includes('hunter2')), [], 'lines of `secret` of which `secrets` leave the secret');
  });

  if (deadMan === null) return;
  const armed = async (session: Session, ports: PortsConfig, afterS = deadMan.leastS): Promise<void> => {
    for (const command of deadMan.arm(dialect.form(groups, ports), afterS)) await done(session, command);
  };
  /** Null where the device does not say. */
  const pending = async (session: Session): Promise<boolean | null> => (deadMan.pending === null ? null : asked(session, deadMan.pending));

  for (const ports of forms) {
    const form = ports.kind === 'lacp' ? `lacp ${ports.rate}` : ports.kind;
    test(`${name}: nobody confirms ${form}, and when the time is up all is as before`, async (t) => {
      await on(async (session, device) => {
        const before = await asked(session, dialect.facts.configuration);
        await armed(session, ports);
        t.notDeepEqual(device.state.running, kind.before);
        t.not(await pending(session), false);
        device.pass(deadMan.leastS + deadMan.lateS);
        t.deepEqual(device.state.running, kind.before);
        t.is(await asked(session, dialect.facts.configuration), before);
        t.not(await pending(session), true);
      });
    });
  }

  const { revert } = deadMan;
  if (revert !== null) {
    test(`${name}: it is taken back at once when asked, and asking twice does no harm`, async (t) => {
      await on(async (session, device) => {
        await armed(session, { kind: 'static' });
        for (const command of [...revert, ...revert]) await session.run(command, patient);
        t.deepEqual(device.state.running, kind.before);
        t.not(await pending(session), true);
      });
    });
  }

  test(`${name}: confirmed, it stays`, async (t) => {
    await on(async (session, device) => {
      await armed(session, { kind: 'static' });
      for (const command of deadMan.keep) await done(session, command);
      device.pass(2 * deadMan.mostS);
      t.notDeepEqual(device.state.running, kind.before);
    });
  });

  test(`${name}: whoever changes it dies after any of the lines, and it is as before`, async (t) => {
    const commands = deadMan.arm(dialect.form(groups, { kind: 'lacp', rate: 'fast' }), deadMan.leastS);
    const all = commands.flatMap(({ argv, stdin = '' }) => [argv[0]!, ...stdin.split('\n').filter((line) => line !== '')]);
    for (let count = 1; count <= all.length; count += 1) {
      await on(async (session, device) => {
        for (const line of all.slice(0, count)) await session.run({ argv: [line] }, patient);
        device.cut();
        device.pass(deadMan.leastS + deadMan.lateS);
        t.deepEqual(device.state.running, kind.before, `after ${count} of ${all.length} lines`);
      });
    }
  });
};

const because = (hint: string) => (error: unknown): never => {
  throw new Error(`${error instanceof Error ? error.message : String(error)} (${hint})`, { cause: error });
};
