import { createRegistry, systemClock } from '@rollcall/core';
import { freePort, poll } from '@rollcall/testing-servers';
import { expect, test } from 'vitest';
import { etcdBackend } from '../../src/index.ts';

test('R2, C3: however many attempts wait to be taken back, none of them warns of a leak', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on('warning', note);
  const backend = etcdBackend();
  const driver = backend.open(backend.parse({ endpoints: `127.0.0.1:${await freePort()}` }), { clock: systemClock });
  const registry = createRegistry(driver);
  const attempts = Array.from({ length: 30 }, (_, index) =>
    registry.register({ service: 'orders', id: `i${index}`, endpoints: ['http://10.0.0.1:80'] }, { ttlMs: 2_000 }),
  );
  const results = await Promise.allSettled(attempts);
  expect(results.every(({ status }) => status === 'rejected')).toBe(true);
  const rejectedAt = performance.now();
  await poll(() => performance.now() - rejectedAt > 500 || undefined, { what: 'several attempts to take them back' });
  await registry.close();
  process.off('warning', note);
  expect(warnings).toEqual([]);
});
