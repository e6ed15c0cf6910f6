// The architecture, as a test: which folder of src/ may import from which, who knows which package, and house rules that no linter knows.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

import test from 'ava';

const root = dirname(import.meta.dirname);

/** Loosening a line is a design change, and wants a decision in docs/adr/. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  model: [],
  statistics: [],
  labs: ['model'],
  transport: ['model'],
  agent: ['model'],
  worlds: ['model', 'transport'],
  switches: ['model'],
  faults: ['model', 'switches'],
  probes: ['model', 'agent'],
  scenarios: ['model'],
  hunt: ['model'],
  prediction: ['model'],
  analysis: ['model', 'statistics', 'prediction'],
  claims: ['model', 'statistics'],
  report: ['model', 'statistics', 'analysis', 'prediction', 'claims'],
  certificate: ['model', 'statistics', 'analysis', 'claims', 'report'],
  harness: ['model', 'transport', 'agent', 'switches', 'faults', 'probes', 'statistics', 'analysis', 'claims', 'report', 'certificate'],
  gate: ['model', 'transport', 'agent', 'faults', 'harness'],
  cli: ['model', 'labs', 'transport', 'worlds', 'switches', 'faults', 'scenarios', 'statistics', 'claims', 'report', 'certificate', 'harness', 'gate', 'hunt'],
};

/** Each package is known to one folder only. */
const packageHome: Readonly<Record<string, string>> = { 'ssh2': 'transport', 'net-snmp': 'transport', 'ts-retry-promise': 'transport', 'netlink': 'agent', 'yaml': 'labs', 'zod': 'labs report' };

const filesBelow = (folder: string, end: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(end)).map((name) => join(folder, name));

const sources = filesBelow('src', '.ts');
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');
const folderOf = (file: string): string => file.split('/')[1] ?? '';
const importsOf = (file: string): readonly string[] =>
  [...textOf(file).matchAll(/(?:^(?:import|export) (?:type )?[\w*{][^;'=]*? from |^import |\bimport\()'([^']+)'/gm)].map(([, name]) => name ?? '');

test('folders import what the table allows, and nothing else', (t) => {
  const wrong = sources.flatMap((file) => importsOf(file).filter((name) => name.startsWith('.')).flatMap((name) => {
    const from = folderOf(file);
    const target = relative('src', normalize(join(dirname(file), name))).split('/')[0] ?? '';
    return target === from || (mayImport[from] ?? []).includes(target) ? [] : [`${file} imports ${name}`];
  }));
  t.deepEqual(wrong, []);
});

test('every folder of src is in the table', (t) => {
  t.deepEqual([...new Set(sources.map(folderOf))].filter((folder) => !(folder in mayImport)), []);
});

test('a package is known to its own folder only', (t) => {
  const wrong = sources.flatMap((file) => importsOf(file).filter((name) => !name.startsWith('.') && !name.startsWith('node:')).flatMap((name) => {
    const home = packageHome[name.split('/')[0] ?? ''] ?? '';
    return home.split(' ').includes(folderOf(file)) ? [] : [`${file} imports ${name}`];
  }));
  t.deepEqual(wrong, []);
});

test('environment, arguments and standard output belong to the command line', (t) => {
  // The holder is a program of its own: it is the init of a lab's namespaces.
  const wrong = sources.filter((file) => folderOf(file) !== 'cli' && !file.endsWith('worlds/virtual/holder.ts') && !file.endsWith('worlds/virtual/pipe.ts'))
    .filter((file) => /\bprocess\.(?:env|argv|stdout|stdin|exit)\b|(?<![.\w])console\.|\bMath\.random\b/.test(textOf(file)));
  t.deepEqual(wrong, []);
});

test('files and time of the harness are those of its world: disks can be made to fail, and clocks to run ahead', (t) => {
  const harness = sources.filter((file) => folderOf(file) === 'harness');
  // Where reports are written and who runs on a lab: nothing of a trial.
  const mayTouchFiles = ['src/harness/store.ts', 'src/harness/lock.ts', 'src/harness/excerpt.ts', 'src/harness/verification.ts', 'src/harness/certification.ts', 'src/harness/bundle.ts', 'src/harness/redacted.ts'];
  t.deepEqual(harness.filter((file) => !mayTouchFiles.includes(file) && importsOf(file).some((name) => /^node:fs\b/.test(name))), []);
  t.deepEqual(harness.filter((file) => importsOf(file).some((name) => /^node:(?:child_process|timers)\b/.test(name)) || /\bset(?:Timeout|Interval|Immediate)\b/.test(textOf(file))), []);
});

test('an extension point has one line in its index for each file, and a test for each', (t) => {
  for (const [folder, shared] of [['faults', ['cable', 'fault', 'lease', 'netem', 'silence']], ['probes', ['probe']], ['claims', ['claim', 'agreement', 'rules', 'cells', 'facts', 'modes', 'plan', 'verdict']], ['scenarios', ['scenario']], ['switches', ['cisco', 'dialect', 'ip-link', 'reading', 'snmp-lag', 'snmp-lldp', 'snmp-rows']]] as const) {
    const index = textOf(join('src', folder, 'index.ts'));
    for (const file of filesBelow(join('src', folder), '.ts')) {
      const name = file.slice(join('src', folder).length + 1, -3);
      if (name === 'index' || (shared as readonly string[]).includes(name)) continue;
      t.true(index.includes(`'./${name}.ts'`), `${file} is not in ${folder}/index.ts; what several of them share is named in this test`);
      // Probes, claims and scenarios are tested several in one file.
      if (folder === 'faults' || folder === 'switches') t.true(existsSync(join(root, 'test', folder, `${name}.test.ts`)), `${file} has no test: it belongs into test/${folder}/${name}.test.ts`);
    }
  }
});

test('files are short', (t) => {
  const long = sources.map((file) => [file, textOf(file).split('\n').length] as const).filter(([, lines]) => lines > 300);
  t.deepEqual(long, []);
});

test('every file of src is imported by another, or is a program', (t) => {
  const programs = ['src/cli/main.ts', 'src/harness/store-worker.ts', 'src/worlds/virtual/holder.ts', 'src/worlds/virtual/pipe.ts'];
  const imported = new Set(sources.flatMap((file) => importsOf(file).filter((name) => name.startsWith('.')).map((name) => normalize(join(dirname(file), name)))));
  t.deepEqual(sources.filter((file) => !imported.has(file) && !programs.includes(file)), []);
});

test('no registry host and no path of a machine is written into a file', (t) => {
  const files = [...sources, ...filesBelow('bin', ''), ...filesBelow('docs', '.md'), ...filesBelow('labs', ''), ...filesBelow('src', '.py'), 'README.md', 'package-lock.json', '.npmrc'];
  const wrong = files.filter((file) => !file.endsWith('/') && /https?:\/\/[^\s/'"]*(?:npm|debian)|\/work\/|\/root\/(?!\.ssh)/.test(readable(file)));
  t.deepEqual(wrong, []);
});

const readable = (file: string): string => {
  try {
    return textOf(file);
  } catch {
    return '';
  }
};
