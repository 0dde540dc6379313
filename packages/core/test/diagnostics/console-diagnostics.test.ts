import { expect, test, vi } from 'vitest';
import { consoleDiagnostics } from '../../src/diagnostics/console-diagnostics.ts';
import type { DiagnosticEvent } from '../../src/diagnostics/diagnostics.ts';

const of = { service: 'shop/orders', id: '10.0.0.1:80' };
const error = new Error('no answer');

/** A line for each type of event. A type that is missing here does not compile. */
const lines: {
  readonly [Type in DiagnosticEvent['type']]: readonly [Extract<DiagnosticEvent, { type: Type }>, string];
} = {
  'renewal-failed': [
    { type: 'renewal-failed', ...of, error },
    'shop/orders/10.0.0.1:80: a renewal failed, trying again: no answer',
  ],
  'registration-lost': [
    { type: 'registration-lost', ...of, cause: error },
    'shop/orders/10.0.0.1:80: the registration is lost: no answer',
  ],
  'reregistration-failed': [
    { type: 'reregistration-failed', ...of, attempt: 3, error },
    'shop/orders/10.0.0.1:80: attempt 3 to register again failed: no answer',
  ],
  'deregistration-failed': [
    { type: 'deregistration-failed', ...of, error },
    'shop/orders/10.0.0.1:80: could not be deregistered, its TTL will end it: no answer',
  ],
  reregistered: [
    { type: 'reregistered', ...of, attempts: 4, gapMs: 1_234.5 },
    'shop/orders/10.0.0.1:80: registered again after 4 attempts and 1235 ms',
  ],
  'watch-interrupted': [
    { type: 'watch-interrupted', service: of.service, error: 'a string' },
    'shop/orders: the watch is interrupted, the last known set stands: a string',
  ],
  'watch-resumed': [
    { type: 'watch-resumed', service: of.service, resync: true, gapMs: 99.6 },
    'shop/orders: the watch is back after 100 ms, and the set had changed',
  ],
  'malformed-record': [
    { type: 'malformed-record', service: of.service, key: '/orders/x', error },
    'shop/orders: the record at /orders/x cannot be read and is left out: no answer',
  ],
  'callback-failed': [{ type: 'callback-failed', error }, 'a callback of yours threw: no answer'],
};

function written(event: DiagnosticEvent): { readonly info: unknown[][]; readonly warn: unknown[][] } {
  const info = vi.spyOn(console, 'info').mockReturnValue();
  const warn = vi.spyOn(console, 'warn').mockReturnValue();
  consoleDiagnostics()(event);
  return { info: info.mock.calls, warn: warn.mock.calls };
}

const mends: ReadonlySet<DiagnosticEvent['type']> = new Set(['reregistered', 'watch-resumed']);

test.each(Object.values(lines))('E4: one line for $type', (event, line) => {
  const expected = [[`rollcall: ${line}`]];
  const isGood = mends.has(event.type);
  expect(written(event)).toEqual({ info: isGood ? expected : [], warn: isGood ? [] : expected });
});

test('E4: a watch that is back with the same set says so', () => {
  const { info } = written({ type: 'watch-resumed', service: 'orders', resync: false, gapMs: 2_000 });
  expect(info).toEqual([['rollcall: orders: the watch is back after 2000 ms, and nothing had changed']]);
});

test('E2: an event is one line, whatever stands in names and messages', () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue();
  consoleDiagnostics()({ type: 'callback-failed', error: new Error('two\r\nlines\u001b[31m') });
  expect(warn.mock.calls).toEqual([['rollcall: a callback of yours threw: two lines [31m']]);
});
