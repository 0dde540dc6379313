import { beforeAll, expect, test } from 'vitest';
import { buildDemo, DemoProcess } from './demo-process.ts';
import { expectServedOverBoth } from './served-over-both.ts';

beforeAll(buildDemo, 60_000);

test(
  'the demo on memory keeps all promises over HTTP and gRPC, and leaves nothing behind',
  { timeout: 40_000 },
  async () => {
    await using demo = await DemoProcess.start([], {});
    const { exitCode, output } = await demo.end();
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: expect.stringContaining('All 8 promises held') });
    expectServedOverBoth(output);
    expect(await demo.leftovers([])).toEqual([]);
  },
);
