// A program: runs trials in simulated worlds whose devices tell every secret they have wherever they can, makes all reports, and prints
// what of it is where. With an argument, nothing is taken out: then it has to be everywhere.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

if (process.argv[2] !== undefined) {
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!url.endsWith('/src/model/secret.ts')) return loaded;
      const source = readFileSync(new URL(url), 'utf8');
      const guard = 'forms.reduce((rest, [form, instead]) => rest.replace(form, instead), text)';
      if (!source.includes(guard)) throw new Error('src/model/secret.ts does not hold the guard any more');
      return { ...loaded, source: source.replace(guard, 'text') };
    },
  });
}

const { canaries, canariesIn, everySecret } = await import('./canaries.ts');
const { SimulatedWorld, shortScenario } = await import('../simulated/world.ts');
const { writeReports } = await import('../../src/harness/store.ts');
const { terminalText } = await import('../../src/report/terminal.ts');
const { advance, jsonLine, noProgress, plainLine, screen } = await import('../../src/report/progress.ts');

type World = InstanceType<typeof SimulatedWorld>;
type Accidents = NonNullable<ConstructorParameters<typeof SimulatedWorld>[0]>;

/** Every device says every secret: in errors of each command, in files that it is asked for, in its journal, through its agent. */
const gossiping = (accidents: Accidents): World => {
  const world = new SimulatedWorld(accidents);
  for (const machine of world.machines) {
    const run = machine.run.bind(machine);
    machine.run = (command) => {
      const said = run(command);
      return { ...said, stdout: said.stdout.startsWith('\u001e') ? gossipingSurvey(said.stdout) : said.stdout, stderr: `${said.stderr}\n${everySecret}` };
    };
    if (machine.interfaces !== '') machine.interfaces = machine.bond = `${machine.interfaces}\n${everySecret.replaceAll(/^/gm, '# ')}\n`;
    machine.says = [
      ...['corosync', 'pmxcfs', 'pve-ha-lrm', 'kernel'].flatMap((identifier) => [...everySecret.split('\n'), everySecret].map((text) => ({ kind: 'journal', identifier, priority: 6, text }))),
      { kind: 'journal', identifier: everySecret, priority: 6, text: `[MAIN  ] Totem is unable to form a cluster because of ${everySecret}` },
      { kind: 'trouble', what: everySecret, because: everySecret },
      { kind: everySecret },
    ];
  }
  return world;
};

const gossipingSurvey = (text: string): string => text
  .replace('\u001econf\n', `\u001econf\n${everySecret.replaceAll(/^/gm, '# ')}\n  key: ${everySecret.replaceAll('\n', ' ')}\n`)
  .replace(/\u001elrm\n.*/, `\u001elrm\n${JSON.stringify({ state: 'wait_for_agent_lock', results: everySecret })}`)
  .replace('qemu-server/100.conf ha;', `qemu-server/100.conf ${everySecret.replaceAll('\n', ';')};`);

/** A lab that is refused in its preflight: what the devices said is in the reason. */
const refused = (world: World): World => {
  for (const machine of world.machines) {
    const run = machine.run.bind(machine);
    machine.run = (command) => {
      const said = run(command);
      return { ...said, stdout: said.stdout.replace('"lab":"paper"', `"lab":${JSON.stringify(everySecret)}`).replace(/(\u001ehostname\n)/, `$1${everySecret}`) };
    };
  }
  return world;
};

const filesBelow = (folder: string): readonly string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)).filter((path) => statSync(path).isFile());

/** What a run leaves and shows, by name. */
const artefactsOf = async (name: string, world: World): Promise<ReadonlyMap<string, Uint8Array>> => {
  const artefacts = new Map<string, Uint8Array>();
  let undo = '';
  const changed = world.machines.map((machine) => machine.changed);
  world.machines.forEach((machine, n) => {
    machine.changed = () => {
      changed[n]!();
      undo ||= [...world.disk.seen].find(([path]) => path.includes('configuration.json'))?.[1].text ?? '';
    };
  });
  const ended = await world.run(shortScenario);
  // The one file that has to hold a device's file as it is, secrets included, for as long as that is not undone.
  if (ended.how === 'done' && !canaries.every(({ secret }) => undo.includes(JSON.stringify(secret).slice(1, -1)))) throw new Error('the undo does not hold the file that it brings back');
  for (const [path, { text }] of world.disk.seen) if (!path.startsWith('state/undo/')) artefacts.set(`${name}/${path}`, Buffer.from(text));
  const left = [...world.disk.seen.keys()].filter((path) => path.startsWith('state/undo/'));
  if (ended.how === 'done' && left.length > 0) throw new Error(`undo files are left: ${left.join(', ')}`);

  const folder = mkdtempSync(join(tmpdir(), 'bondproof-secrets-'));
  mkdirSync(join(folder, 'trials'));
  try {
    for (const [path, { text }] of world.disk.seen) {
      if (!path.startsWith('reports/run/')) continue;
      const target = join(folder, path.slice('reports/run/'.length));
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text);
    }
    const result = await writeReports(folder);
    for (const path of filesBelow(folder)) artefacts.set(`${name}/${path.slice(folder.length + 1)}`, readFileSync(path));
    const [trial] = result.trials;
    const end = { kind: 'ended', atMs: 1, trial: trial?.scenario ?? '', slot: 0, outcome: trial?.outcome ?? 'invalid', note: trial?.reason ?? '' } as const;
    artefacts.set(`${name}/terminal`, Buffer.from([
      terminalText(result, { columns: 200, color: true, place: folder }), plainLine(end), jsonLine(end), jsonLine({ kind: 'result', run: result }), ...screen(advance(noProgress, end), { columns: 200, color: false, nowMs: 1 }),
    ].join('\n')));
  } finally {
    rmSync(folder, { recursive: true });
  }
  // What ended the run, as the command line tells it.
  const { withoutSecrets } = await import('../../src/model/secret.ts');
  if (ended.error !== null) artefacts.set(`${name}/error`, Buffer.from(withoutSecrets(ended.error instanceof Error ? `${ended.error.message}\n${ended.error.stack ?? ''}` : 'no error')));
  return artefacts;
};

const worlds: Readonly<Record<string, () => World>> = {
  'a trial that counts': () => gossiping([]),
  'a node resets': () => gossiping([{ at: 120, moment: 'after', misfortune: 'node-resets' }]),
  'a kernel refuses': () => gossiping([{ at: 100, moment: 'before', misfortune: 'kernel-refuses' }]),
  'a peer stalls': () => gossiping([{ at: 60, moment: 'before', misfortune: 'peer-stalls' }]),
  'a lab of others': () => refused(gossiping([])),
};

const found: Record<string, readonly string[]> = {};
for (const [name, make] of Object.entries(worlds)) for (const [place, content] of await artefactsOf(name, make())) found[place] = canariesIn(content);
console.log(JSON.stringify(found));
