import { spawnSync } from 'node:child_process';
import type { test as nodeTest } from 'node:test';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build, defaultServerConditions } from 'vite';
import { expect, expectTypeOf, test } from 'vitest';
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

/** The module at `entry` and all that it imports but Node itself, as JavaScript: Node 20 reads no types. */
async function bundled(entry: URL): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    ssr: { noExternal: true, resolve: { conditions: ['@rollcall/source', ...defaultServerConditions] } },
    build: { ssr: fileURLToPath(entry), write: false, minify: false },
  });
  const outputs = [result].flat().flatMap((one) => ('output' in one ? one.output : []));
  const chunk = outputs.find((output) => output.type === 'chunk');
  if (chunk === undefined) throw new Error('Nothing was built.');
  return chunk.code;
}
