import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import test, { type ExecutionContext } from 'ava';

import type { Certificate } from '../../src/certificate/certificate.ts';
import { fingerprintOf, newPrivateKey, publicPem, readPrivateKey, readPublicKey } from '../../src/certificate/envelope.ts';
import { sha256Of } from '../../src/certificate/statement.ts';
import { copyRuns, judgeAgain, listFiles, makeBundle, makeKey, verifyPath } from '../../src/harness/bundle.ts';
import { beginCertification, certificateFrom, gatherCertification, keepHolderEnds } from '../../src/harness/certification.ts';
import { mapRecord, parseRecord, recordLine } from '../../src/harness/record-text.ts';
import { redactRuns } from '../../src/harness/redacted.ts';
import { Problem } from '../../src/model/problem.ts';
import { findScenarios } from '../../src/scenarios/index.ts';
import { recordOf, type Story } from '../analysis/timeline-builder.ts';

const key = readPrivateKey(newPrivateKey())!;
const sealing = { key, print: async () => Promise.resolve(false) };
const profile = '# Profile\n';
const [fastFast] = findScenarios(['802.3ad/fast-fast']);

const folderOf = async (t: ExecutionContext): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'certification-'));
  t.teardown(async () => { await rm(folder, { recursive: true }); });
  return folder;
};

const story: Story = {
  scenario: fastFast!, revertS: 20, endS: 30, dark: [{ from: 'pve1', to: 'pve3', fromS: 0, toS: 9 }],
  also: [[9, 'pve1', { type: 'lacp-changed', slave: 'eth1', actor: 0x0f, partner: 0x47 }], [1, 'pve1', { type: 'logged', identifier: 'kernel', text: 'a4:bf:01:00:00:0a from 192.168.7.9' }]],
};

/** A certification with one trial. */
const begun = async (t: ExecutionContext, more: Story = {}): Promise<string> => {
  const folder = await folderOf(t);
  const plan = await beginCertification(folder, { seed: 7, profile }, () => 1);
  const trial = join(folder, 'runs', '20250131T120000Z-virtual', 'trials', '01-802.3ad-fast-fast');
  await mkdir(trial, { recursive: true });
  await writeFile(join(trial, 'events.ndjson'), recordOf({ ...story, ...more, trial: { about: { plan: plan.digest, kernel: '7.2' } } }).map((event, at) => recordLine(event, at + 1)).join(''));
  await writeFile(join(trial, 'pve1.console.txt'), 'login: root\npassword: hunter2\n');
  await mkdir(join(folder, 'runs', '20250131T120000Z-virtual', 'holder-ends'));
  await keepHolderEnds(join(folder, 'runs', '20250131T120000Z-virtual'), { digest: plan.digest, lifted: [{ injector: 'netem', end: 'no beat comes', afterMs: 2000, allowedMs: 2350 }] });
  return folder;
};

const more = { issuedOn: '2026-11-30', signer: fingerprintOf(key), redactionOf: null };

const bundled = async (folder: string): Promise<Certificate> => makeBundle(join(folder, 'bundle'), async (fresh) => {
  await copyRuns(folder, fresh);
  return certificateFrom(await gatherCertification(fresh), more);
}, sealing);

const redacted = async (folder: string): Promise<Certificate> => {
  const redactionOf = sha256Of(await readFile(join(folder, 'bundle', 'manifest.json')));
  return makeBundle(join(folder, 'redacted'), async (fresh) => redactRuns(join(folder, 'bundle'), fresh, { more: [{ kind: 'host', name: 'harbour' }], basis: { ...more, redactionOf } }), sealing);
};

test('a certification goes on by the plan that it began with, and no other', async (t) => {
  const folder = await folderOf(t);
  const plan = await beginCertification(folder, { seed: null, profile }, () => 42);
  t.is(plan.seed, 42);
  t.deepEqual(await beginCertification(folder, { seed: null, profile }, () => 43), plan);
  t.deepEqual(await beginCertification(folder, { seed: 42, profile }, () => 43), plan);
  await t.throwsAsync(beginCertification(folder, { seed: 43, profile }, () => 1), { instanceOf: Problem });
  await t.throwsAsync(beginCertification(folder, { seed: null, profile: '# Another\n' }, () => 1), { instanceOf: Problem });
});

test('trials of its plan count, and no others', async (t) => {
  const folder = await begun(t);
  const { evidence, holderEnds } = await gatherCertification(folder);
  t.deepEqual(evidence.map(({ result, survey }) => [result.scenario, survey?.totem !== undefined]), [['802.3ad/fast-fast', true]]);
  t.is(holderEnds.length, 1);
  await writeFile(join(folder, 'plan.json'), (await readFile(join(folder, 'plan.json'), 'utf8')).replace('"seed":7', '"seed":8'));
  const other = await gatherCertification(folder);
  t.deepEqual([other.evidence.length, other.ofOtherPlans, other.holderEnds.length], [0, 1, 0]);
});

test('a bundle is intact, and what is changed in any of its files is named', async (t) => {
  const folder = await begun(t);
  await bundled(folder);
  const bundle = join(folder, 'bundle');
  t.like(await verifyPath(bundle, null), { differences: [], signer: 'unknown', fingerprint: fingerprintOf(key) });
  t.like(await verifyPath(bundle, readPublicKey(publicPem(key))), { differences: [], signer: 'known' });
  t.like(await verifyPath(join(bundle, 'certificate.html'), null), { differences: [], pageAlone: true });
  for (const { path, bytes } of await listFiles(bundle)) {
    const original = await readFile(join(bundle, path));
    const changed = Buffer.from(original);
    changed[Math.floor(bytes / 2)]! ^= 1;
    await writeFile(join(bundle, path), changed);
    t.true((await verifyPath(bundle, null)).differences.some((each) => each.path === path), path);
    await writeFile(join(bundle, path), original);
  }
  await symlink('/etc/hostname', join(bundle, 'runs', 'link'));
  t.deepEqual((await verifyPath(bundle, null)).differences, [{ path: 'runs/link', what: 'was added' }]);
});

test('no secret of a console gets into a bundle', async (t) => {
  const folder = await begun(t);
  await bundled(folder);
  for (const { path } of await listFiles(join(folder, 'bundle'))) t.false((await readFile(join(folder, 'bundle', path), 'utf8')).includes('hunter2'), path);
});

test('a bundle is made anew in the place of the one before', async (t) => {
  const folder = await begun(t);
  await bundled(folder);
  await writeFile(join(folder, 'bundle', 'stray'), '');
  await bundled(folder);
  t.false((await readdir(join(folder, 'bundle'))).includes('stray'));
  t.deepEqual((await verifyPath(join(folder, 'bundle'), null)).differences, []);
});

test('a redacted bundle says the same, names the manifest that it came from, and nothing that the lab is called', async (t) => {
  const folder = await begun(t);
  const original = await bundled(folder);
  const certificate = await redacted(folder);
  t.deepEqual([certificate.grade, certificate.cells, certificate.tests], [original.grade, original.cells, original.tests]);
  t.is(certificate.redactionOf, sha256Of(await readFile(join(folder, 'bundle', 'manifest.json'))));
  t.like(await verifyPath(join(folder, 'redacted'), readPublicKey(publicPem(key))), { differences: [], signer: 'known' });
  const files = await listFiles(join(folder, 'redacted'));
  t.true(files.some(({ path }) => path.endsWith('node-1.journal.txt') || path.endsWith('node-1.console.txt')));
  for (const { path } of files) t.deepEqual(/pve\d|\bsw1\b|10\.10\.10|192\.168|a4:bf/.exec(path + (await readFile(join(folder, 'redacted', path), 'latin1'))), null, path);
});

test('bundles judged again come to what they say, the redacted one too; one whose certificate says more does not', async (t) => {
  const folder = await begun(t);
  await bundled(folder);
  await redacted(folder);
  t.true((await judgeAgain(join(folder, 'bundle'))).same);
  t.true((await judgeAgain(join(folder, 'redacted'))).same);
  const path = join(folder, 'redacted', 'certificate.json');
  await writeFile(path, (await readFile(path, 'utf8')).replace('"grade":null', '"grade":"A"'));
  t.like(await judgeAgain(join(folder, 'redacted')), { same: false, again: { grade: null } });
});

test('a lab whose node is called as a word of records has no redacted bundle', async (t) => {
  const folder = await begun(t, { nodes: ['tick', 'pve2', 'pve3'], dark: [], also: [] });
  await bundled(folder);
  await t.throwsAsync(redacted(folder), { instanceOf: Problem, message: /do not say the same/ });
});

test('a record that is rewritten keeps its damage', (t) => {
  const lines = recordOf(story).slice(0, 5).map((event, at) => recordLine(event, at + 1));
  const damaged = [lines[0], lines[1]!.replace('"by"', '"bx"'), lines[3]].join('');
  t.deepEqual(parseRecord(mapRecord(damaged, (event) => ({ ...event, by: 'x' }))).damage, parseRecord(damaged).damage);
  t.deepEqual(mapRecord(lines.join(''), (event) => event), lines.join(''));
});

test('a key is its owner’s alone, and never overwritten', async (t) => {
  const path = join(await folderOf(t), 'key');
  const pem = await makeKey(path);
  t.is((await stat(path)).mode & 0o777, 0o600);
  await t.throwsAsync(makeKey(path), { instanceOf: Problem });
  t.is(await readFile(path, 'utf8'), pem);
  t.not(readPrivateKey(pem), null);
});
