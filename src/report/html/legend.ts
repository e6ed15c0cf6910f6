// What the colours and marks of a picture mean; told once, before the trials.

import type { Tone } from './lane.ts';

export const legend = (): string => {
  const entries: readonly (readonly [Tone | 'dots' | 'ticks' | 'reset' | 'watchdog', string])[] = [
    ['good', 'as it should be (a thin line)'],
    ['fault', 'the fault is in effect'],
    ['waiting', 'LACP: in sync, but not used'],
    ['warn', 'LACP: expired'],
    ['bad', 'down, out of quorum, not delivering; LACP: defaulted'],
    ['heard-2', 'about half of the probes heard'],
    ['heard-0', 'no probe heard'],
    ['away', 'reset: down or booting'],
    ['dots', 'a refresh of the HA lock'],
    ['ticks', 'a new membership'],
    ['reset', 'a node is reset'],
    ['watchdog', 'watchdog: lock lost, warned, saved, expired'],
  ];
  const sample = (tone: string): string => {
    if (tone === 'dots') return '<path class="dots" d="M6 7h0M17 7h0M28 7h0"/>';
    if (tone === 'ticks') return '<path class="ticks" d="M6 4v6M17 4v6M28 4v6"/>';
    if (tone === 'watchdog') return ['waiting', 'warn', 'good', 'worst'].map((mark, index) => `<path class="mark ${mark}-line" d="M${4 + 9 * index} 0v14"/>`).join('');
    if (tone === 'reset') return '<path class="reset" d="M17 0V14"/>';
    return tone === 'good' ? '<rect class="good" x="0" y="5.5" width="34" height="3"/>' : `<rect class="${tone}" x="0" y="1" width="34" height="12"/>`;
  };
  const items = entries.map(([tone, words]) => `<li><svg width="34" height="14" viewBox="0 0 34 14" aria-hidden="true">${sample(tone)}</svg>${words}</li>`);
  return `<ul class="legend">${items.join('')}</ul>`;
};
