import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Whole deliveries run in one process each, with many threads; side by side they would only wait for each other. */
const chain = 'test/chain/**/*.test.ts';

export default defineConfig({
  test: {
    // Properties have a fixed seed; a file that has none does not pay for it.
    alias: [{ find: /^fast-check$/, replacement: fileURLToPath(new URL('./test/fast-check.ts', import.meta.url)) }],
    // Where everything is tried, properties are tried a hundred times.
    testTimeout: process.env.FAIRLEAD_SLOW ? 600_000 : 30_000,
    hookTimeout: 120_000,
    // Files share workers. An answer that a test left unread is cut off when its server ends, perhaps in another file's time.
    onUnhandledError: (error) => !(error.message === 'aborted' && 'code' in error && error.code === 'ECONNRESET'),
    // Much of it waits for git and for sockets, so one worker more than two cores is not too many.
    maxWorkers: 3,
    // Continuous integration counts what ran.
    reporters: process.env.CI ? ['default', ['json', { outputFile: '.cache/tests.json' }]] : ['default'],
    projects: [
      // Files share the modules of their worker: to read them anew for each file would take a quarter of the time.
      { extends: true, test: { name: 'parts', include: ['test/**/*.test.ts'], exclude: [chain], isolate: false } },
      { extends: true, test: { name: 'chain', include: [chain], fileParallelism: false, sequence: { groupOrder: 1 } } },
    ],
  },
});
