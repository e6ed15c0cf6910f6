// Trials on machines whose switch has another maker's command line: played, but its ports are those of the lab's switch.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import test from 'ava';
import { parse, stringify } from 'yaml';

import { portGroups } from '../../src/harness/configuration.ts';
import { linux } from '../../src/switches/linux.ts';
import { openLab } from '../../src/worlds/virtual/world.ts';
import { asHardware, placeMarkers, type Hardware } from './as-hardware.ts';
import { clone, eventsOf, finished, onlyRun, resultOf, untilSaid, withHome, type Home } from './command.ts';
import { playSwitch, type PlayedSwitch } from './played-switch.ts';

interface Written { readonly nodes: { name: string; aggregate?: string; slaves: { port: string }[] }[] }

/** The lab file with the played switch in place of the lab's own. */
const writeLab = (home: Home, hardware: Hardware, { device, nameOf, aggregateOf }: PlayedSwitch, allow: readonly string[]): void => {
  const lab = parse(hardware.text) as Written;
  for (const node of lab.nodes) {
    node.aggregate = aggregateOf(node.name);
    for (const slave of node.slaves) slave.port = nameOf(slave.port);
  }
  const keyFile = join(home.folder, 'switch-key');
  writeFileSync(keyFile, device.userKey, { mode: 0o600 });
  hardware.write(stringify({ ...lab, switch: { name: 'sw1', dialect: 'arista-eos', ...allow.length > 0 && { allow }, ...device.login, user: 'admin', keyFile } }));
};

test.serial('a managed switch: its ports have each trial’s form for as long as that lasts, and its dead man takes it back when the program is killed', async (t) => withHome(async (home) => {
  t.is((await home.run('up', join(clone, 'labs', 'virtual.yaml'))).code, 0);
  using hardware = await asHardware(home);
  const { file, running: { record: { lab } } } = hardware;
  await using open = openLab(hardware.running);
  const own = await open.session('sw1', { timeoutMs: 60_000 });
  const realForm = async (): Promise<unknown> => {
    const current = linux.current(portGroups(lab));
    return current.parse((await own.run(current.command, { timeoutMs: 60_000 })).stdout);
  };
  await using played = await playSwitch(lab, own);
  const { state, heard } = played.device;
  const before = state.running;

  writeLab(home, hardware, played, []);
  await placeMarkers(home, file);
  const refused = await home.run('run', file, '--scenario', '802.3ad/fast-fast', '--reports', join(home.folder, 'refused'));
  t.is(refused.code, 2, refused.output);
  t.regex(refused.output, /say `allow: \[unproven\]`/);
  t.false(heard.some((line) => line.startsWith('configure')), 'nothing was changed');

  writeLab(home, hardware, played, ['unproven']);
  const checked = await home.run('check', file);
  t.is(checked.code, 0, checked.output);
  t.regex(checked.output, /ok {4}sw1 +answers +Arista played 0 \(arista-eos, unproven\)\nok {4}sw1 +form +.* dead man: configure session, commit timer/);

  const reports = join(home.folder, 'reports');
  const { code, output } = await home.run('run', file, '--scenario', '802.3ad/fast-fast', '--reports', reports);
  t.is(code, 0, output);
  const run = onlyRun(reports);
  const result = resultOf(run);
  const trial = result.trials.at(-1)!;
  t.like(trial, { valid: true, outcome: 'disturbed', fenced: [] }, trial.reason);
  t.like(result.about, { switch: 'Arista played 0 (arista-eos, unproven)' });
  const events = eventsOf(run, trial.folder);
  t.deepEqual(events.filter(({ type }) => type.startsWith('ports-')).map(({ type }) => type), ['ports-formed', 'ports-seen', 'ports-as-before']);
  t.true(events.some((event) => event.type === 'lacp-changed' && (event.partner & 0x3e) === 0x3e), 'the lab’s switch spoke LACP, fast');
  t.deepEqual(state.running, before);
  await played.settled();
  t.deepEqual(await realForm(), { kind: 'plain' });
  t.false(heard.some((line) => /commit$/.test(line)), 'nothing was made to stay');
  const interfaces = async (): Promise<string> => (await home.run('ssh', 'virtual', 'pve1', 'cat', '/etc/network/interfaces')).output;
  t.regex(await interfaces(), /bond-mode active-backup/);

  const interrupted = home.start('run', file, '--scenario', '802.3ad/slow-slow', '--reports', join(home.folder, 'interrupted'));
  await untilSaid(interrupted, /: observe/);
  const ended = finished(interrupted);
  process.kill(interrupted.pid!, 'SIGINT');
  const { code: interruptedCode, output: said } = await ended;
  t.is(interruptedCode, 130, said);
  t.notRegex(said, /not undone/);
  t.deepEqual(state.running, before, 'who is interrupted still takes back');
  t.regex(await interfaces(), /bond-mode active-backup/);
  await played.settled();

  const killed = home.start('run', file, '--scenario', '802.3ad/slow-slow', '--reports', join(home.folder, 'killed'));
  await untilSaid(killed, /: observe/);
  process.kill(killed.pid!, 'SIGKILL');
  t.deepEqual(await realForm(), { kind: 'lacp', rate: 'slow' });
  const other = await home.run('check', file);
  t.regex(other.output, /the ports of sw1 were put into form lacp slow, and nobody has seen that this was taken back/, other.output);
  // Its time goes by.
  played.device.pass(20 * 60);
  t.deepEqual(state.running, before);
  await played.settled();
  t.deepEqual(await realForm(), { kind: 'plain' });
  const recovered = await home.run('recover', file);
  t.is(recovered.code, 0, recovered.output);
  t.regex(recovered.output, /undone: the ports of sw1 were put into form lacp slow, by run .*the same lines as before/);
  t.regex(await interfaces(), /bond-mode active-backup/);
}));
