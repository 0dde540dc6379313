import { defaultServerConditions } from 'vite';
import { configDefaults, defineConfig } from 'vitest/config';

const withServers = [
  'packages/backend-etcd/test/**/*.test.ts',
  'packages/backend-consul/test/**/*.test.ts',
  'packages/balancer/test/servers/**/*.test.ts',
  'packages/inversify/test/processes/**/*.test.ts',
  'packages/provider/test/processes/**/*.test.ts',
  'packages/undici/test/servers/**/*.test.ts',
  'packages/grpc/test/servers/**/*.test.ts',
  'testing/servers/test/**/*.test.ts',
  'examples/test/**/*.test.ts',
];

/** Three servers each, which elect another leader when they get no turn: nothing else is to run meanwhile. */
const withClusters = ['packages/*/test/cluster/**/*.test.ts', 'testing/servers/test/*-cluster.test.ts'];

/** Packs, installs and runs what is published: needs the registry that npm uses. */
const packed = ['testing/packages/**/*.test.ts'];

/** Run by `npm run test:long` alone: see vitest.long.config.ts. */
const long = ['packages/*/test/long/**'];

const onServers = {
  // Runs only when one of these files does: no other test waits for a server.
  globalSetup: ['testing/global-setup.ts'],
  setupFiles: ['testing/drivers-loaded.ts'],
};

/** Node knows no `module`: a package's build for bundlers may be one that Node cannot load. */
const asNodeHasThem = defaultServerConditions.filter((condition) => condition !== 'module');

export default defineConfig({
  // Tests import packages by name and get src/, not dist/: no build stands between an edit and its test.
  // What stands here replaces vite's own list, hence the spread.
  ssr: { resolve: { conditions: ['@rollcall/source', ...asNodeHasThem] } },
  test: {
    reporters: ['default', './testing/reporter.ts'],
    // Two cores: two files at a time, each in a process of its own, the tests of one file in turn.
    pool: 'forks',
    maxWorkers: 2,
    // Tests that are marked concurrent wait for servers' leases most of the time.
    maxConcurrency: 12,
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
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            'packages/*/test/**/*.test.ts',
            'examples/src/**/*.test.ts',
            'bench/test/**/*.test.ts',
            'testing/**/*.test.ts',
          ],
          exclude: [...configDefaults.exclude, ...withServers, ...packed, ...long],
          // First, by itself: what computes takes the cores from tests that watch the time.
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'packages',
          include: packed,
          // Compilers take the cores too.
          sequence: { groupOrder: 3 },
          testTimeout: 70_000,
          hookTimeout: 240_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'servers',
          include: withServers,
          exclude: [...configDefaults.exclude, ...withClusters, ...long],
          sequence: { groupOrder: 1 },
          ...onServers,
        },
      },
      {
        extends: true,
        test: {
          name: 'clusters',
          include: withClusters,
          exclude: [...configDefaults.exclude, ...long],
          sequence: { groupOrder: 2 },
          maxWorkers: 1,
          ...onServers,
        },
      },
    ],
  },
});
