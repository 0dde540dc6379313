import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Tests import packages by name and get src/, not dist/: no build stands between an edit and its test.
  // What stands here replaces vite's own list, hence the spread.
  ssr: { resolve: { conditions: ['@rollcall/source', ...defaultServerConditions] } },
  test: {
    reporters: ['default', './testing/reporter.ts'],
    // Two cores: two files at a time, each in a process of its own, the tests of one file in turn.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 30_000,
    restoreMocks: true,
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts'],
      reporter: ['text', 'html'],
      thresholds: {
        'packages/core/src/**': { lines: 95, branches: 95 },
        'packages/backend-memory/src/**': { lines: 95, branches: 95 },
      },
    },
    include: ['packages/*/test/**/*.test.ts', 'examples/src/**/*.test.ts', 'testing/**/*.test.ts'],
  },
});
