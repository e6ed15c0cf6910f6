// Makes docs/lacp-failover.md and its picture from bench/results/lacp-phases.ndjson. Usage: node bench/lacp/page.ts

import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { predictionsOf, type Situation } from '../../src/prediction/index.ts';
import { ratePairs, readResults, type LacpTrial, type RatePair } from './results.ts';

const docs = join(dirname(dirname(import.meta.dirname)), 'docs');

/** Of a Linux bond at both ends (src/prediction/lacp.ts), as in every trial's report; without a phase for any. */
const situation = ({ node, onSwitch }: RatePair, phaseMs: number | null): Situation => ({
  scenario: { bond: { mode: '802.3ad', lacpRate: node, xmitHashPolicy: 'layer2+3', miimonMs: 100 }, ports: { kind: 'lacp', rate: onSwitch }, fault: 'tx-silent', ha: 'idle', detector: 'lacp' },
  engine: 'linux', nodes: [], victim: '', darkPeers: null, totem: { tokenMs: 3125, consensusMs: 3750 }, sinceRefresh: {},
  sinceLacpdu: phaseMs === null ? null : { leastMs: phaseMs, mostMs: phaseMs },
});

const predicted = (pair: RatePair, what: 'switch expired' | 'node stopped'): string => {
  const { earliestMs, latestMs } = predictionsOf(situation(pair, null)).find((each) => each.what === what)!;
  return `${seconds(earliestMs)} to ${seconds(latestMs!)}`;
};

/** How many of the trials came as predicted from their phase. */
const cameTrue = (of: readonly LacpTrial[], what: 'switch expired' | 'node stopped'): string => {
  const known = of.flatMap((trial) => {
    const ms = what === 'node stopped' ? trial.stoppedMs : trial.expiredMs;
    const interval = predictionsOf(situation(trial, trial.phaseMs)).find((each) => each.what === what)!;
    return ms === null || trial.phaseMs === null ? [] : [ms >= interval.earliestMs && ms <= interval.latestMs!];
  });
  return `${known.filter(Boolean).length} of ${known.length}`;
};
/** Seconds: min / median / max (n) of the longest gap of UDP flows, Linux 6.12 bonding at both ends, real time, one virtual machine. */
const measuredElsewhere: Readonly<Record<string, string>> = {
  'slow-slow': '87.0 / 88.2 / 95.7 (3)', 'fast-slow': '72.7 / 73.5 / 99.7 (3)', 'slow-fast': '5.5 / 6.0 / 6.5 (3)', 'fast-fast': '8.1 / 8.5 / 9.3 (6)',
};

const name = ({ node, onSwitch }: RatePair): string => `${node}-${onSwitch}`;
const seconds = (ms: number): string => (ms / 1000).toFixed(ms < 20_000 ? 2 : 1);

const quantile = (sorted: readonly number[], share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;

const spread = (values: readonly (number | null)[]): string => {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  return sorted.length === 0 ? 'not seen' : `${[0, 0.5, 1].map((share) => seconds(quantile(sorted, share))).join(' / ')} (${sorted.length})`;
};

/** Median and width of what is left when the phase is added: the time from the last LACPDU. */
const sinceLacpdu = (trials: readonly LacpTrial[]): string => {
  const sums = trials.flatMap(({ expiredMs, phaseMs }) => expiredMs === null || phaseMs === null ? [] : [expiredMs + phaseMs]).sort((a, b) => a - b);
  return sums.length === 0 ? 'not seen' : `${seconds(quantile(sums, 0.5))} (${seconds(sums[0]!)} to ${seconds(sums.at(-1)!)})`;
};

/** At fast-fast the node's own time-out comes 6 s after EXPIRED; what stops before half of that heard of DEFAULTED, at 3 s. */
const atOnce = (trials: readonly LacpTrial[]): string => {
  const told = trials.filter(({ expiredMs, stoppedMs }) => expiredMs !== null && stoppedMs !== null && stoppedMs - expiredMs < 4500);
  return `${told.length} of ${trials.length} here`;
};

const table = (rows: readonly (readonly string[])[]): string => rows.map((row, at) => `| ${row.join(' | ')} |${at === 0 ? `\n|${' --- |'.repeat(row.length)}` : ''}`).join('\n');

const colors: Readonly<Record<string, string>> = { 'slow-slow': '#1f6f8b', 'fast-slow': '#8b1f5c', 'slow-fast': '#3b7a2a', 'fast-fast': '#b35c00' };

/** One panel: each trial a point, its phase from left to right, its failover from bottom to top. */
const panel = (pairs: readonly RatePair[], trials: readonly LacpTrial[], { x, periodMs, mostMs }: { readonly x: number; readonly periodMs: number; readonly mostMs: number }): string => {
  const [width, height, top] = [360, 260, 40];
  const at = (phaseMs: number, ms: number): { readonly cx: string; readonly cy: string } => ({ cx: (x + phaseMs / periodMs * width).toFixed(1), cy: (top + height - ms / mostMs * height).toFixed(1) });
  const grid = Array.from({ length: 6 }, (_, n) => {
    const { cy } = at(0, mostMs * n / 5);
    return `<line x1="${x}" x2="${x + width}" y1="${cy}" y2="${cy}" stroke="#ddd"/><text x="${x - 6}" y="${cy}" dy="4" text-anchor="end">${(mostMs * n / 5000).toFixed(0)}</text>`;
  });
  const points = pairs.flatMap((pair) => trials.filter((trial) => name(trial) === name(pair)).flatMap(({ phaseMs, expiredMs, stoppedMs }) => phaseMs === null ? [] : [
    ...expiredMs === null ? [] : [`<circle cx="${at(phaseMs, expiredMs).cx}" cy="${at(phaseMs, expiredMs).cy}" r="2" fill="none" stroke="${colors[name(pair)]!}"/>`],
    ...stoppedMs === null ? [] : [`<circle cx="${at(phaseMs, stoppedMs).cx}" cy="${at(phaseMs, stoppedMs).cy}" r="2.2" fill="${colors[name(pair)]!}"/>`],
  ]));
  const legend = pairs.map((pair, n) => `<circle cx="${x + 8 + 110 * n}" cy="${top - 14}" r="4" fill="${colors[name(pair)]!}"/><text x="${x + 16 + 110 * n}" y="${top - 10}">${name(pair)}</text>`);
  const axis = [0, 0.5, 1].map((share) => `<text x="${x + share * width}" y="${top + height + 16}" text-anchor="middle">${(share * periodMs / 1000).toFixed(1)} s</text>`);
  return [...grid, ...axis, ...legend, ...points].join('\n');
};

const picture = (trials: readonly LacpTrial[]): string => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 350" font-family="sans-serif" font-size="12">
<rect width="860" height="350" fill="white"/>
${panel(ratePairs.filter(({ onSwitch }) => onSwitch === 'slow'), trials, { x: 50, periodMs: 33_000, mostMs: 130_000 })}
${panel(ratePairs.filter(({ onSwitch }) => onSwitch === 'fast'), trials, { x: 480, periodMs: 1100, mostMs: 15_000 })}
<text x="430" y="340" text-anchor="middle">from the last LACPDU to the fault; upwards: seconds from the fault, open: the switch expired, full: the node stopped sending on the slave</text>
</svg>
`;

const trials = readResults().filter(({ valid }) => valid);
const all = readResults();
const of = (pair: RatePair): readonly LacpTrial[] => trials.filter((trial) => name(trial) === name(pair));
const kernels = [...new Set(trials.map(({ kernel, corosync }) => `${kernel.split(' (')[0]!}, corosync ${corosync}`))];

writeFileSync(join(docs, 'lacp-failover.svg'), picture(trials));
writeFileSync(join(docs, 'lacp-failover.md'), `# How long LACP needs to miss a silent slave

Made by \`node bench/lacp/page.ts\` from \`bench/results/lacp-phases.ndjson\`, which
\`node bench/lacp/trials.ts\` adds to: ${trials.length} valid trials of ${all.length}, on timewarp
labs of three nodes (${kernels.join('; ')}). Linux bonding is at both ends. One slave of a node
stops sending while its carrier stays; the fault comes at phases spread over the time
between two LACPDUs of that slave. HA is idle, for a reset would hide the end.

![each trial by its phase](lacp-failover.svg)

Seconds from the fault, min / median / max (n).

${table([
  ['rates node-switch', 'the switch expired', 'predicted', 'the node stopped sending there', 'predicted', 'measured elsewhere, real time', 'longest without delivery', 'longest out of quorum'],
  ...ratePairs.map((pair) => [name(pair), spread(of(pair).map(({ expiredMs }) => expiredMs)), predicted(pair, 'switch expired'), spread(of(pair).map(({ stoppedMs }) => stoppedMs)), predicted(pair, 'node stopped'), measuredElsewhere[name(pair)]!,
    spread(of(pair).map(({ deliveryOutageMs }) => deliveryOutageMs)), spread(of(pair).map(({ outOfQuorumMs }) => outOfQuorumMs))]),
])}

The phase is what spreads the switch's time: added to it, the time from the last LACPDU
to EXPIRED is nearly one number, the time-out of the one who listens.

${table([['rates node-switch', 'from the last LACPDU to EXPIRED, median (range)', 'the switch expired as predicted from the phase', 'the node stopped so'], ...ratePairs.map((pair) => [name(pair), sinceLacpdu(of(pair)), cameTrue(of(pair), 'switch expired'), cameTrue(of(pair), 'node stopped')])])}

What the prediction takes into account, and what to make of it:

- **Time-outs are a little longer than 3 and 90 s, periods than 1 and 30.** Linux counts runs of a
  machine that comes back after 100 ms and up to a jiffy more (drivers/net/bonding/bond_3ad.c,
  AD_TIMER_INTERVAL), so with HZ at 100, as in this kernel, all is up to a tenth longer; and the node
  sees the switch's state in its next LACPDU, and the agent looks ten times a second.
- **The node stops later than 3 s after EXPIRED.** By the standard the switch announces at
  DEFAULTED that it is out of sync (then the node stops after 5.1 to 6.2 s, or 63 to 93). A Linux bond that plays the switch selects anew before its mux
  machine runs (ad_port_selection_logic), so that LACPDU is never sent, or waits for the
  next periodic one; then the node waits for its own time-out. At fast-fast that is 3 s more;
  at slow-fast the next LACPDU of the switch comes first, for a port that is EXPIRED sends fast ones (ad_rx_machine).
- **One node in ten hears of DEFAULTED all the same, at fast rates.** In the run in which it is DEFAULTED the switch forgets that
  its partner wanted fast LACPDUs, and sends none for 30 s, unless one falls due in this very run (ad_periodic_machine). Timers are
  whole runs, and the time-outs whole periods: so one does where the node's last LACPDU came in the run after one of the switch's.
  It was so in ${atOnce(of({ node: 'fast', onSwitch: 'fast' }))}. Where the ends' LACPDUs are known reports predict which it will be. How they lie to
  each other follows from when each end began, and drifts with its clocks; on timewarp labs, whose clocks do not, the seed says it (docs/timewarp.md).
- **One node in 300 would hear of it 33 s later, at slow rates:** where its last LACPDU came in the second run after one of the switch's, a fast one
  falls due just before DEFAULTED, and the next is a slow one. Both ends' timers begin within a run or two of each other, so that it is
  more often while a bond is new; none of the trials here was so. Reports predict that, too.
- **The "3 seconds" of fast LACP are when the switch notices.** The node goes on sending into the
  dead slave until it is told, or notices itself: the column in the middle counts for corosync.
- The prediction is that of every report (src/prediction/lacp.ts), for any phase.
  The other measurement is of flows between two bonds of Linux 6.12 in real time, few trials each.
- Strata lie in the nominal period of 1 or 30 s; the last tenth of the real one is not sampled.
`);
process.stdout.write(`docs/lacp-failover.md: ${trials.length} trials\n`);
