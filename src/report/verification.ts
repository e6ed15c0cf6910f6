// What a verification leaves to read: a page, the same as Markdown, and all of it for machines.

import type { Evidence } from '../claims/claim.ts';
import type { Verdict } from '../claims/verdict.ts';
import type { ReportFile } from './index.ts';
import { verificationHtml } from './verification/html.ts';
import { verificationMarkdown } from './verification/markdown.ts';
import { verdictsJson } from './verification/verdicts-json.ts';

export interface Verification {
  /** Digest of what was fixed before the first trial. */
  readonly plan: string;
  readonly verdicts: readonly Verdict[];
  readonly evidence: readonly Evidence[];
  readonly ofOtherPlans: number;
  /** What ran, each with the versions that were met. */
  readonly about: Readonly<Record<string, readonly string[]>>;
  readonly simulated: readonly string[];
  readonly worlds: readonly string[];
}

/** Pure. Paths are relative to the verification's folder. */
export const verificationFiles = (verification: Verification): readonly ReportFile[] => [
  { path: 'verdicts.json', content: verdictsJson(verification) },
  { path: 'verification.html', content: verificationHtml(verification) },
  { path: 'verification.md', content: verificationMarkdown(verification) },
];

export { agreementText } from './verification/agreement.ts';
export { suggest, type Suggestion } from './verification/suggest.ts';
export { verificationText } from './verification/terminal.ts';
