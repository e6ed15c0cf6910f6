// report.html: one file that says what happened and shows it. Nothing from outside, the same bytes for the same record; its one script only helps to look.

import { hash } from 'node:crypto';

import type { Event } from '../model/event.ts';
import type { RunResult, TrialResult } from '../model/result.ts';
import { legend } from './html/legend.ts';
import { banner, overview, predictedBy, versions } from './html/overview.ts';
import { headOf } from './html/parts.ts';
import { script } from './html/script.ts';
import { style } from './html/style.ts';
import { trialSection } from './html/trial.ts';
import { summarise } from './summary.ts';

export interface RecordedTrial { readonly folder: string; readonly events: readonly Event[] }

/** Trials whose folder is not among `trials` are shown without a picture. */
export const reportHtml = (run: RunResult, trials: readonly RecordedTrial[]): string => {
  const records = new Map(trials.map(({ folder, events }) => [folder, events]));
  return pageOf(run, (trial) => trialSection(trial, records.get(trial.folder) ?? []));
};

/** Each trial's section may have been made before, when its record was at hand. */
export const pageOf = (run: RunResult, sectionOf: (trial: TrialResult) => string): string => {
  const summary = summarise(run);
  return `${[
    ...headOf(`${run.campaign} on ${run.lab}`, { policy, style }),
    '<body>',
    '<a class="skip" href="#content">Skip to the answer</a>',
    // Shared by all pictures.
    '<svg id="defs" aria-hidden="true"><defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V7"/></pattern><pattern id="cross" width="5" height="5" patternUnits="userSpaceOnUse"><rect width="5" height="5"/><path d="M0 0L5 5"/></pattern></defs></svg>',
    banner(run, summary),
    '<main id="content" tabindex="-1">',
    overview(run, summary),
    '<h2 id="trials">Every trial, second by second</h2>',
    '<p>Time runs from left to right and starts at the injection. Point at a lane to read what it shows.</p>',
    '<p class="scripted" hidden>A line follows the pointer, and each lane then says at its right end what it was at that time. With the keyboard: Tab to a picture, then the arrow keys (with Shift ten times as far), + and − to zoom, 0 for all of it. The wheel zooms while Ctrl is held.</p>',
    legend(),
    ...run.trials.map(sectionOf),
    '</main>',
    `<footer>${predictedBy(run)}${versions(run)}</footer>`,
    `<script>${script}</script>`,
    '</body>',
    '</html>',
  ].filter((line) => line !== '').join('\n')}\n`;
};

/** Nothing is loaded from anywhere; the one style sheet stands in the page, and no script but this one runs (CSP Level 3, hash-source). Places on the time axis are style attributes. */
const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash('sha256', script, 'base64')}'; base-uri 'none'; form-action 'none'`;
