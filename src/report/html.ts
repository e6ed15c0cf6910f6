// report.html: one file that says what happened and shows it. No script, nothing from outside, the same bytes for the same record.

import type { Event } from '../model/event.ts';
import type { RunResult } from '../model/result.ts';
import { legend } from './html/legend.ts';
import { overview, versions } from './html/overview.ts';
import { policy } from './html/parts.ts';
import { style } from './html/style.ts';
import { trialSection } from './html/trial.ts';
import { summarise } from './summary.ts';
import { escapeMarkup } from './text.ts';

export interface RecordedTrial { readonly folder: string; readonly events: readonly Event[] }

/** Trials whose folder is not among `trials` are shown without a picture. */
export const reportHtml = (run: RunResult, trials: readonly RecordedTrial[]): string => {
  const records = new Map(trials.map(({ folder, events }) => [folder, events]));
  return `${[
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    `<title>bondproof: ${escapeMarkup(run.campaign)} on ${escapeMarkup(run.lab)}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    // Shared by all pictures.
    '<svg id="defs" aria-hidden="true"><defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V7"/></pattern></defs></svg>',
    '<main>',
    overview(run, summarise(run)),
    '<h2>Every trial, second by second</h2>',
    '<p>Time runs from left to right and starts at the injection. Point at a shape to read what it is.</p>',
    legend(),
    ...run.trials.map((trial) => trialSection(trial, records.get(trial.folder) ?? [])),
    versions(run),
    '</main>',
    '</body>',
    '</html>',
  ].filter((line) => line !== '').join('\n')}\n`;
};
