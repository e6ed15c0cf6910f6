// The cost of a virtual second against the number of nodes, as a picture.

import type { NodeCost } from './costs.ts';

const [width, height, left, top] = [560, 280, 60, 24];

/** Each trial a point, in processor seconds for each second of the lab's; and the line on which a node costs the same whatever their number. */
export const picture = (costs: readonly NodeCost[]): string => {
  const points = costs.flatMap(({ nodes, processorS, virtualS }) => virtualS === null ? [] : [{ nodes, cost: processorS / virtualS }]);
  const most = Math.max(0.5, ...points.map(({ cost }) => cost)) * 1.1;
  const x = (nodes: number): string => (left + nodes / 34 * width).toFixed(1);
  const y = (cost: number): string => (top + height - cost / most * height).toFixed(1);
  const grid = Array.from({ length: 6 }, (_, n) => `<line x1="${left}" x2="${left + width}" y1="${y(most * n / 5)}" y2="${y(most * n / 5)}" stroke="#ddd"/><text x="${left - 6}" y="${y(most * n / 5)}" dy="4" text-anchor="end">${(most * n / 5).toFixed(2)}</text>`);
  const axis = [3, 8, 16, 24, 32].map((nodes) => `<text x="${x(nodes)}" y="${top + height + 18}" text-anchor="middle">${nodes}</text>`);
  const first = points.filter(({ nodes }) => nodes === 3);
  const each = first.length === 0 ? null : first.reduce((sum, { cost }) => sum + cost, 0) / first.length / 3;
  const line = each === null ? '' : `<line x1="${x(0)}" y1="${y(0)}" x2="${x(Math.min(34, most / each))}" y2="${y(Math.min(34, most / each) * each)}" stroke="#888" stroke-dasharray="5 4"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 350" font-family="sans-serif" font-size="12">
<rect width="640" height="350" fill="white"/>
${[...grid, ...axis, line, ...points.map(({ nodes, cost }) => `<circle cx="${x(nodes)}" cy="${y(cost)}" r="4" fill="#1f6f8b"/>`)].join('\n')}
<text x="340" y="340" text-anchor="middle">nodes; upwards: seconds of processor for a second of the lab's; dashed: as many times a node of three</text>
</svg>
`;
};
