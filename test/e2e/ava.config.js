// End-to-end tests: each on virtual labs of its own. Three files at once, as two cores bear three labs; one test at a time in each.
export default {
  files: ['test/e2e/*.test.ts'],
  extensions: ['ts'],
  concurrency: 3,
  timeout: '15m',
};
