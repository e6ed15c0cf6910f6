// End-to-end tests: each on virtual labs of its own, one at a time, so that no test disturbs another's timing.
export default {
  files: ['test/e2e/*.test.ts'],
  extensions: ['ts'],
  concurrency: 1,
  serial: true,
  timeout: '10m',
};
