// End-to-end tests: each on virtual labs of its own. Three files at once, as two cores bear three labs; one test at a time in each.

import { spawnSync } from 'node:child_process';

/** How long this machine takes to start a program, in ms: the median of some. */
const startMs = () => {
  const times = Array.from({ length: 15 }, () => {
    const sinceMs = performance.now();
    spawnSync('true');
    return performance.now() - sinceMs;
  });
  return times.sort((a, b) => a - b)[7];
};

/** 1 to 2 ms are usual. A virtual machine whose host keeps its page tables takes 10, and there each lab wants the machine for itself: three starved each other. */
const isSlow = startMs() > 5;

export default {
  files: ['test/e2e/*.test.ts'],
  extensions: ['ts'],
  concurrency: isSlow ? 1 : 3,
  timeout: '15m',
};
