import { expect, test } from 'vitest';
import { programOf } from '../../../provider/test/processes/program.ts';

/** What a heap may differ by from one collection to the next, in bytes: a hundredth of what 600 forgotten pools would take. */
const noise = 2_000_000;

test(
  '600 instances that come and go under load leave sockets and heap as they were, and the process ends by itself',
  {
    timeout: 120_000,
  },
  async () => {
    await using program = await programOf(new URL('./churn.entry.ts', import.meta.url));
    await using running = program.start(['600']);
    const { code, lines, complaints } = await running.end();
    expect({ code, complaints }).toEqual({ code: 0, complaints: '' });
    const { before, after, answered, failed } = JSON.parse(lines[0] ?? '');
    expect(failed).toBe(0);
    expect(answered).toBeGreaterThan(20_000);
    expect(after.sockets).toBeLessThanOrEqual(before.sockets + 8);
    expect(after.heap).toBeLessThan(before.heap + noise);
  },
);
