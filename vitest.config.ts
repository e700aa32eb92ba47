import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Whole deliveries run in one process each, with many threads; side by side they would only wait for each other. */
const chain = 'test/chain/**/*.test.ts';

export default defineConfig({
  test: {
    // Properties have a fixed seed; a file that has none does not pay for it.
    alias: [{ find: /^fast-check$/, replacement: fileURLToPath(new URL('./test/fast-check.ts', import.meta.url)) }],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // Much of it waits for git and for sockets, so one worker more than two cores is not too many.
    maxWorkers: 3,
    // Continuous integration counts what ran.
    reporters: process.env.CI ? ['default', ['json', { outputFile: '.cache/tests.json' }]] : ['default'],
    projects: [
      { extends: true, test: { name: 'parts', include: ['test/**/*.test.ts'], exclude: [chain] } },
      { extends: true, test: { name: 'chain', include: [chain], fileParallelism: false, sequence: { groupOrder: 1 } } },
    ],
  },
});
