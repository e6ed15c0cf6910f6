// A number, as a strip: what is said as a band, what was measured as a dot for each trial, which leads to it.

import type { Measured } from '../../claims/claim.ts';
import { escapeMarkup } from '../text.ts';
import { seconds } from '../words.ts';
import { linkOf, trialWords } from './words.ts';

const width = 720;
const height = 64;
const [left, right] = [12, width - 12];

export const strip = ({ what, saidMs, values }: Measured): string => {
  const all = values.map(({ ms }) => ms);
  const mostMs = Math.max(saidMs.most, ...all) * 1.06;
  const x = (ms: number): string => (left + (right - left) * ms / mostMs).toFixed(1);
  const stepMs = niceStep(mostMs);
  const ticks = Array.from({ length: Math.floor(mostMs / stepMs) + 1 }, (_, at) => at * stepMs);
  return [
    `<figure class="strip"><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeMarkup(`${what}: ${all.length} values, ${seconds(Math.min(...all))} to ${seconds(Math.max(...all))}; said: ${seconds(saidMs.least)} to ${seconds(saidMs.most)}`)}">`,
    `<rect class="said" x="${x(saidMs.least)}" y="6" width="${(Number(x(saidMs.most)) - Number(x(saidMs.least))).toFixed(1)}" height="34"/>`,
    `<path class="axis" d="M${left} 40H${right}"/>`,
    ...ticks.map((ms) => `<path class="axis" d="M${x(ms)} 40v4"/><text x="${x(ms)}" y="56">${ms / 1000}</text>`),
    // Dots of nearly the same value stand above each other.
    ...values.map(({ ms, trial }, at) => `<a href="${escapeMarkup(linkOf(trial))}"><circle cx="${x(ms)}" cy="${(33 - 6 * (at % 5)).toFixed(0)}" r="4"><title>${escapeMarkup(`${seconds(ms)}, ${trialWords(trial)}`)}</title></circle></a>`),
    '</svg>',
    `<figcaption>${escapeMarkup(what)}, in seconds; a dot is a trial, the band is what is said</figcaption></figure>`,
  ].join('');
};

/** About eight ticks, at 1, 2 or 5 times a power of ten. */
const niceStep = (mostMs: number): number => {
  const rough = mostMs / 8;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough) ?? rough;
};
