// verification.md: for a merge request.

import { counted, listed } from '../words.ts';
import { escapeMarkdown } from '../text.ts';
import type { Verification } from '../verification.ts';
import { basisWords, countsOf, linkOf, sourceWords, trialWords } from './words.ts';

export const verificationMarkdown = ({ plan, verdicts, evidence, ofOtherPlans, about, simulated, worlds }: Verification): string => `${[
  '# What the documentation says of Corosync over bonds, measured',
  '',
  `${evidence.length} trials on ${listed(worlds.map((world) => `\`${world}\``))}: ${countsOf(verdicts)}. Plan \`${plan.slice(0, 23)}\`.`,
  ...ofOtherPlans > 0 ? ['', `Not counted: ${counted(ofOtherPlans, 'trial')} of another plan.`] : [],
  '',
  '| claim | says | verdict | basis | trials | what was seen |',
  '| --- | --- | --- | --- | --- | --- |',
  ...verdicts.map((verdict) => `| ${verdict.claim.id} | ${escapeMarkdown(verdict.claim.phrase)} | **${verdict.outcome}** | ${verdict.claim.basis} | ${verdict.trials} | ${escapeMarkdown(verdict.sentence)}${verdict.right === undefined ? '' : ` Right would be: ${escapeMarkdown(verdict.right)}`} |`),
  '',
  '## Evidence',
  '',
  ...verdicts.filter(({ deciding }) => deciding.length > 0).map((verdict) =>
    `- ${verdict.claim.id} (${escapeMarkdown(sourceWords(verdict))}; ${basisWords(verdict)}): ${verdict.deciding.slice(0, 3).map((trial) => `[${escapeMarkdown(trialWords(trial))}](${linkOf(trial)})`).join(', ')}${verdict.deciding.length > 3 ? `, and ${verdict.deciding.length - 3} more` : ''}`),
  '',
  '## Simulated, not the real thing',
  '',
  ...simulated.map((text) => `- ${escapeMarkdown(text)}`),
  '',
  '## What ran',
  '',
  ...Object.entries(about).map(([what, versions]) => `- ${escapeMarkdown(what)}: ${escapeMarkdown(versions.join(' | '))}`),
].join('\n')}\n`;
