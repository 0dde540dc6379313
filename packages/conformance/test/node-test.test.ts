import { spawnSync } from 'node:child_process';
import type { test as nodeTest } from 'node:test';
import process from 'node:process';
import { expect, expectTypeOf, test } from 'vitest';
import { bundled } from '../../../testing/bundled.ts';
import { conformanceCases, type TestFunction } from '../src/index.ts';

test("both vitest's test and that of node:test are test functions", () => {
  expectTypeOf(test).toExtend<TestFunction>();
  expectTypeOf<typeof nodeTest>().toExtend<TestFunction>();
});

test('node:test runs every case, awaits it, and shows the excused ones as skipped', async () => {
  const code = await bundled(new URL('./node-test.entry.ts', import.meta.url));
  const { stdout } = spawnSync(process.execPath, ['--test-reporter=tap', '--input-type=module'], {
    input: code,
    encoding: 'utf8',
  });
  const [, ran, excused] = /ran (\d+), excused (\d+)/.exec(stdout) ?? [];
  expect(Number(ran) + Number(excused)).toBe(conformanceCases.length);
  expect(Number(excused)).toBeGreaterThan(0);
  expect(stdout).toMatch(new RegExp(`^# fail ${ran}$`, 'm'));
  expect(stdout).toMatch(new RegExp(`^# skipped ${excused}$`, 'm'));
  expect(stdout).toMatch(/^not ok \d+ - L2: /m);
  expect(stdout).toContain('there is no backend');
  expect(stdout).toMatch(/^ok \d+ - R4: .+ \(excused: onConflict 'reject'\) # SKIP$/m);
});
