import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import test from 'ava';
import { claims } from '../../src/claims/index.ts';
import { judgeClaims } from '../../src/claims/verdict.ts';
import { suggest, type Verification } from '../../src/report/verification.ts';
import { stopped, times, trialOf } from '../claims/evidence.ts';

const evidence = times(10, () => trialOf('802.3ad/fast-fast', stopped(5700)));
const verification: Verification = {
  plan: 'SHA256:x', verdicts: judgeClaims(claims, evidence), evidence, ofOtherPlans: 0, about: { kernel: ['7.2'], corosync: ['3.1.9'] }, simulated: [], worlds: ['timewarp'],
};

const document = `Before it stands this. Rates are set in two places.

LACP can be made quicker. That can reduce the
failover time of such a bond
to *3 seconds* and thus prevent fencing. After it stands that.

The end.
`;

test('the sentence that has the phrase is replaced, what stands around it stays, and the patch applies', (t) => {
  const { patch, notFound } = suggest(verification, { name: 'pvecm.adoc', text: document });
  t.deepEqual(notFound, []);
  const folder = mkdtempSync(join(tmpdir(), 'bondproof-suggest-'));
  t.teardown(() => { rmSync(folder, { recursive: true }); });
  writeFileSync(join(folder, 'pvecm.adoc'), document);
  execFileSync('git', ['apply', '-p1', '-'], { cwd: folder, input: patch });
  t.is(readFileSync(join(folder, 'pvecm.adoc'), 'utf8'), `Before it stands this. Rates are set in two places.

// Measured by bondproof: C20, 10 trials, kernel 7.2, corosync 3.1.9.
LACP can be made quicker. Setting the fast rate on both sides can reduce the
failover time to 5.7 s: a switch that keeps SYNC until its second time-out is
noticed only then. After it stands that.

The end.
`);
});

test('a text without the phrase, or with two of it, is left alone and told', (t) => {
  t.deepEqual(suggest(verification, { name: 'pvecm.adoc', text: 'Nothing of it.\n' }), { patch: '', notFound: ['C20'] });
  t.deepEqual(suggest(verification, { name: 'pvecm.adoc', text: `${document}${document}` }).notFound, ['C20']);
});

test('another document is not asked for its sentences', (t) => {
  t.deepEqual(suggest(verification, { name: 'ha-manager.adoc', text: document }), { patch: '', notFound: [] });
});
