import { expect, test } from 'vitest';
import { callFailure, describeCall, noAnswer } from '../../src/driver/call-failure.ts';
import { RegistryError } from '../../src/errors/registry-error.ts';

const place = { name: 'etcd', address: '10.0.0.1:2379' };

test.each([
  [{ action: 'list the services' }, 'list the services (etcd at 10.0.0.1:2379)'],
  [{ action: 'list the instances', service: 'orders' }, 'list the instances of "orders" (etcd at 10.0.0.1:2379)'],
  [
    { action: 'renew the lease', service: 'a "b"', id: '[::1]:80' },
    'renew the lease of "a \\"b\\"/[::1]:80" (etcd at 10.0.0.1:2379)',
  ],
])('E2: a call is told by what, of whom and where, case %#', (subject, expected) => {
  expect(describeCall(subject, place)).toBe(expected);
});

test('E2: no answer in time says so, and what to look at', () => {
  const error = noAnswer({ action: 'list the services' }, place, 4_999.6);
  expect(error.code).toBe('REGISTRY_UNAVAILABLE');
  expect(error.message).toBe(
    'Could not list the services (etcd at 10.0.0.1:2379): no answer within 5000 ms. ' +
      'Check that the backend is up and can be reached from here.',
  );
});

test("E1: a driver's own error is passed on as it is", () => {
  const error = new RegistryError('REGISTRY_FORBIDDEN', 'no');
  expect(callFailure(error, { action: 'list the services' }, place)).toBe(error);
});

test.each([new TypeError('x is not a function'), 'x is not a function'])(
  'E1: anything else that a driver throws is a bug, told with its cause, case %#',
  (cause) => {
    const error = callFailure(cause, { action: 'watch the instances', service: 'orders' }, place);
    expect(error).toBeInstanceOf(RegistryError);
    expect(error.code).toBe('REGISTRY_INTERNAL');
    expect(error.message).toBe(
      'Could not watch the instances of "orders" (etcd at 10.0.0.1:2379): x is not a function',
    );
    expect(error.cause).toBe(cause);
  },
);
