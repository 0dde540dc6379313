import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

// What takes too long for every change: many random programs, on memory and on real servers.
const { projects: _, ...shared } = base.test ?? {};

export default defineConfig({
  ...base,
  test: {
    ...shared,
    maxConcurrency: 20,
    include: ['packages/*/test/long/**/*.test.ts'],
    globalSetup: ['testing/global-setup.ts'],
  },
});
