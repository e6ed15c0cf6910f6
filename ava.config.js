// Unit tests: pure, no lab, seconds. The end-to-end tests have a configuration of their own, test/e2e/ava.config.js.
export default {
  files: ['test/**/*.test.ts', '!test/e2e/**', '!test/simulated/**'],
  extensions: ['ts'],
  concurrency: 2,
  timeout: '2m',
};
