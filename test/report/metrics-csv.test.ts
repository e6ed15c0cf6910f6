import test from 'ava';
import fc from 'fast-check';
import { metricsCsv } from '../../src/report/metrics-csv.ts';
import { runSchema } from '../../src/report/run-json.ts';
import { goldenRun } from './golden.ts';
import { invalid, node, runOf, slowSlow, trialResult } from './small-run.ts';

/** A reader by the grammar of RFC 4180, which takes nothing else; throws where the text is not of it. */
const parsed = (text: string): readonly (readonly string[])[] => {
  const rows: string[][] = [[]];
  let at = 0;
  while (at < text.length) {
    const [all = '', inQuotes, plain, end] = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/.exec(text.slice(at)) ?? [];
    if (all === '') throw new Error(`no cell at ${at}: ${text.slice(at, at + 40)}`);
    rows.at(-1)!.push(inQuotes?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '\r\n') rows.push([]);
    at += all.length;
  }
  if (rows.pop()?.length !== 0) throw new Error('the last line has no end');
  return rows;
};

/** By column, of each trial. */
const table = (text: string): readonly Readonly<Record<string, string>>[] => {
  const [columns = [], ...rows] = parsed(text);
  return rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at] ?? 'no cell'])));
};

test('a row for each trial, named as in run.json, what belongs to nodes by node', (t) => {
  const one = trialResult(1, 'broadcast', { nodes: { pve2: node({ lockAgeMs: null }), pve1: node({ outOfQuorumMs: 12.5 }) } });
  t.is(metricsCsv(runOf(one)), [
    'number,attempt,repetition,folder,scenario,outcome,valid,reason,victim,fault,injector,link,ha,class.predicted,class.measured,blastRadius,phase,faultMs,lacp,lacpdus,activeSlave,'
    + 'counts.knetChanges,counts.tokenLosses,counts.memberships,counts.quorumChanges,counts.lacpChanges,recoveryMs,'
    + 'node.pve1.outOfQuorumMs,node.pve1.deliveryOutageMs,node.pve1.fenced,node.pve1.memberships,node.pve1.tokenLosses,node.pve1.lockAgeMs,node.pve1.nearMissMs,node.pve1.settled,'
    + 'node.pve2.outOfQuorumMs,node.pve2.deliveryOutageMs,node.pve2.fenced,node.pve2.memberships,node.pve2.tokenLosses,node.pve2.lockAgeMs,node.pve2.nearMissMs,node.pve2.settled',
    '1,1,1,trials/01,broadcast,undisturbed,true,Nothing changed on any node.,pve1,tx-silent,netem,pve1-eth1,armed,partial,partial,0,,100000,,,,0,0,0,0,0,20000,12.5,200,false,0,0,10000,50000,true,0,200,false,0,0,,50000,true',
    '',
  ].join('\r\n'));
});

test('resets and dark pairs have columns where a trial had one, and empty cells elsewhere', (t) => {
  const dark = { from: 'pve1', to: 'pve3', toMs: null, lossRatio: 1, predicted: true };
  const [first, second] = table(metricsCsv(runOf({ ...slowSlow, darkPairs: [{ ...dark, fromMs: 0 }, { ...dark, fromMs: 900 }] }, invalid)));
  t.like(first, { 'fenced.pve3.afterMs': '70400', 'fenced.pve3.bystander': 'true', 'darkPairs.pve1.pve3.fromMs': '0', 'darkPairs.pve1.pve3.toMs': '', 'darkPairs.pve1.pve3.spells': '2', 'lacp.nodeStoppedMs': '87300' });
  t.like(second, { outcome: 'invalid', reason: 'It does not count: the canary arrived.', 'fenced.pve3.afterMs': '', 'darkPairs.pve1.pve3.spells': '', 'lacp.nodeStoppedMs': '' });
  t.false('lacp' in first!, 'an object has no column beside those of what is in it');
});

test('every figure of run.json has its column', (t) => {
  const columns = new Set(Object.keys(table(metricsCsv({ ...goldenRun, trials: goldenRun.trials.map((trial) => ({ ...trial, also: { victim: 'pve2', link: 'pve2-eth1', class: trial.class, lacp: null }, phase: { anchor: 'lrm', wantedMs: 1, measuredMs: 2, errorMs: 3 } })) }))[0]!));
  const { shape } = runSchema.shape.trials.element;
  for (const name of Object.keys(shape)) {
    if (['proof', 'findings', 'nodes', 'fenced', 'darkPairs', 'bondOptionsBy'].includes(name)) continue;
    t.true(columns.has(name) || [...columns].some((column) => column.startsWith(`${name}.`)), name);
  }
  for (const name of Object.keys(shape.nodes.valueType.shape)) t.true(columns.has(`node.pve2.${name}`), name);
});

test('a text that a spreadsheet might take for a formula is none, and a number below zero stays a number', (t) => {
  for (const evil of ['=1+1', '+1', '-1', '@SUM(A1)', '\uff1dcmd', '=HYPERLINK("x","y")']) {
    const text = metricsCsv(runOf(trialResult(1, evil, { recoveryMs: -1.5 })));
    t.like(table(text)[0], { scenario: `'${evil}`, recoveryMs: '-1.5' });
    t.true(text.includes(`,"'${evil.replaceAll('"', '""')}",`), 'in quotes');
  }
  t.is(table(metricsCsv(runOf(trialResult(1, 'a\t=1\r\n=2'))))[0]?.['scenario'], 'a\\u{9}=1\\u{d}\\u{a}=2');
});

test('whatever names there are, it is a table of one width, and no cell begins a formula', (t) => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary', minLength: 1 }), (name, other) => {
    const rows = parsed(metricsCsv(runOf(trialResult(1, name, { reason: other, nodes: { [other]: node() }, recoveryMs: null }))));
    return rows.length === 2 && rows[0]!.length === rows[1]!.length && rows.flat().every((cell) => !/^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(cell));
  }));
  t.pass();
});

test('a run without a trial is a line without columns', (t) => {
  t.is(metricsCsv(runOf()), '\r\n');
});
