// No fault ever on what carries the management connection: random network stacks, against an oracle that moves frames instead of reading links.

import test from 'ava';
import fc from 'fast-check';

import { nodeChecks } from '../../src/harness/preflight.ts';
import { parseSurvey } from '../../src/harness/survey.ts';
import type { Node } from '../../src/model/lab.ts';
import { paperLab } from './paper-lab.ts';
import { textOf } from './paper-survey.ts';
import { seenOf, target, topologyOf, truthOf } from './topology.ts';

const node: Node = { ...paperLab.nodes[0]!, bond: target.bond, slaves: target.nics };

const check = (seed: number): { readonly held: boolean; readonly found: string } => {
  const survey = parseSurvey(textOf(seenOf(topologyOf(seed), seed)), node);
  return nodeChecks(paperLab, node, new Map([[node.name, survey]]), { today: '2026-11-25' }).find(({ what }) => what === 'management')!;
};

const runs = 12_000;

test('what carries the management connection is never accepted, and seldom anything else refused', (t) => {
  const seen = { accepted: 0, carried: 0, unseen: 0, stuck: 0, wrongly: 0 };
  fc.assert(fc.property(fc.noShrink(fc.integer()), (seed) => {
    const { exits, unseen, stuck } = truthOf(topologyOf(seed));
    const carries = [target.bond, ...target.nics].some((name) => exits.has(name));
    const { held } = check(seed);
    if (carries) seen.carried += 1;
    else if (unseen) seen.unseen += 1;
    // A bridge sends nothing back where it came from; whoever does not know that may believe in a way out. It is not the bond's.
    else if (stuck) seen.stuck += 1;
    else if (held) seen.accepted += 1;
    else seen.wrongly += 1;
    return !held || !carries && !unseen;
  }), { numRuns: runs, seed: 20_261_125 }); // The same stacks every time: a test that fails now and then tells nobody whose change it was.
  t.true(seen.wrongly < 0.01 * runs, `${seen.wrongly} of ${runs} were refused without a reason`);
  // Each kind is there in numbers, so that the above says something.
  for (const [kind, count] of Object.entries({ accepted: seen.accepted, carried: seen.carried, unseen: seen.unseen })) t.true(count > runs / 40, `${kind}: ${count}`);
  t.log(seen);
});
