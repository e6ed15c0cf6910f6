// What the lanes of a picture show, and what its colours and marks mean; told once, before the trials.

import type { Tone } from './lane.ts';

export const legend = (): string => {
  const entries: readonly (readonly [Tone | 'dots' | 'ticks' | 'reset' | 'watchdog', string])[] = [
    ['good', 'as it should be (a thin line)'],
    ['fault', 'the fault is in effect'],
    ['waiting', 'LACP: in sync, but not used'],
    ['warn', 'LACP: expired'],
    ['bad', 'down, out of quorum, not delivering; LACP: defaulted'],
    ['worst', 'LACP: out of sync; no active NIC'],
    ['heard-2', 'some of the probes heard: the thicker, the fewer'],
    ['heard-0', 'no probe heard'],
    ['away', 'reset: down or booting'],
    ['dots', 'a refresh of the HA lock'],
    ['ticks', 'a new membership'],
    ['reset', 'a node is reset'],
    ['watchdog', 'watchdog: lock lost (short), warned, saved (from the top), expired (full)'],
  ];
  const sample = (tone: string): string => {
    if (tone === 'dots') return '<path class="dots" d="M6 7h0M17 7h0M28 7h0"/>';
    if (tone === 'ticks') return '<path class="ticks" d="M6 4v6M17 4v6M28 4v6"/>';
    if (tone === 'watchdog') return ([['waiting', 9, 5], ['warn', 5, 9], ['good', 0, 5], ['worst', 0, 14]] as const).map(([mark, top, tall], index) => `<path class="mark ${mark}-line" d="M${4 + 9 * index} ${top}v${tall}"/>`).join('');
    if (tone === 'reset') return '<path class="reset" d="M17 0V14"/>';
    return `<path class="${tone}" d="M0 7h34"/>`;
  };
  const items = entries.map(([tone, words]) => `<li><svg width="34" height="14" viewBox="0 0 34 14" aria-hidden="true">${sample(tone)}</svg>${words}</li>`);
  const groups: readonly (readonly [string, string])[] = [
    ['Fault', 'from the injection (0 s) until it was taken away'],
    ['LACP', 'each side’s own machine, as the victim reads it: when the switch stops trusting the silent port, and when the node stops using it'],
    ['Active NIC', 'which NIC of the bond carries everything'],
    ['Probes heard', 'ten a second (fewer among more than eight nodes) from every node to every other over the bond; dark means that none arrived'],
    ['knet links', 'corosync’s own view of each link, from the node that logs it to its peer'],
    ['Quorum', 'whether the node counts itself among a majority of votes, of which a QDevice has one'],
    ['Ordered delivery', 'whether a message sent to the group comes back to its sender: what /etc/pve, and with it HA, depends on'],
    ['Watchdog', 'age of the HA lock: the dashed line is 60 s, the point of no return; the reset follows some 10 s after it'],
  ];
  return `<dl class="groups">${groups.map(([title, words]) => `<div><dt>${title}</dt><dd>${words}</dd></div>`).join('')}</dl><ul class="legend">${items.join('')}</ul>`;
};
