import { expect, test, vi } from 'vitest';
import { type DiagnosticEvent, Diagnostics } from '../../src/diagnostics/diagnostics.ts';

const event: DiagnosticEvent = { type: 'callback-failed', error: new Error('why') };

test('E4: the sink gets the event', () => {
  const sink = vi.fn<(event: DiagnosticEvent) => void>();
  new Diagnostics(sink).report(event);
  expect(sink).toHaveBeenCalledExactlyOnceWith(event);
});

test('E4: without a sink nothing happens', () => {
  expect(() => new Diagnostics(undefined).report(event)).not.toThrow();
});

test('E4: a sink that throws, or rejects, throws into nobody', async () => {
  const sink = vi.fn<(event: DiagnosticEvent) => void>(() => {
    throw new Error('a broken sink');
  });
  const diagnostics = new Diagnostics(sink);
  diagnostics.report(event);
  diagnostics.report(event);
  expect(sink).toHaveBeenCalledTimes(2);
  // oxlint-disable-next-line typescript/no-misused-promises -- which users do all the same
  new Diagnostics(async () => Promise.reject(new Error('a broken async sink'))).report(event);
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
});
