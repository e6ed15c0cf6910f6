// Every accident at every effect of a trial: all of the processors for minutes, so alone, and not beside tests that watch a real clock.
export default {
  files: ['test/simulated/*.test.ts'],
  extensions: ['ts'],
  concurrency: 2,
  timeout: '10m',
};
