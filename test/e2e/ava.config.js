// End-to-end tests: each on virtual labs of its own. Two files at once, for a trial mostly waits; one test at a time in each.
export default {
  files: ['test/e2e/*.test.ts'],
  extensions: ['ts'],
  concurrency: 2,
  timeout: '15m',
};
