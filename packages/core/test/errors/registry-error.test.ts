import { expect, expectTypeOf, test, vi } from 'vitest';
import { RegistryError, type RegistryErrorCode } from '../../src/errors/registry-error.ts';

/** Whether each may be tried again. A code that is missing here does not compile. */
const retryable: Readonly<Record<RegistryErrorCode, boolean>> = {
  REGISTRY_UNAVAILABLE: true,
  REGISTRY_FORBIDDEN: false,
  REGISTRY_UNSUPPORTED: false,
  REGISTRY_CLOSED: false,
  REGISTRY_INTERNAL: false,
  INSTANCE_ALREADY_REGISTERED: false,
  INSTANCE_MALFORMED: false,
  LEASE_NOT_FOUND: false,
  LEASE_SUPERSEDED: false,
};
const codes = Object.keys(retryable) as RegistryErrorCode[];

test.each(codes)('E1: %s tells whether the same call may succeed later', (code) => {
  expect(new RegistryError(code, 'why').retryable).toBe(retryable[code]);
});

test('E2: it is an Error like any other, with code, message and cause', () => {
  const cause = new Error('deeper');
  const error = new RegistryError('REGISTRY_FORBIDDEN', 'why', { cause });
  expect(error).toBeInstanceOf(Error);
  expect(error).toBeInstanceOf(RegistryError);
  expect([error.name, error.message, error.code]).toEqual(['RegistryError', 'why', 'REGISTRY_FORBIDDEN']);
  expect(error.cause).toBe(cause);
  expect('cause' in new RegistryError('REGISTRY_FORBIDDEN', 'why')).toBe(false);
  expect(String(error)).toBe('RegistryError: why');
  expect(error.stack).toMatch(/^RegistryError: why\n +at /);
});

test('E1: is() tells a RegistryError, of one code if it is asked for', () => {
  for (const code of codes) {
    const error = new RegistryError(code, 'why');
    expect(RegistryError.is(error)).toBe(true);
    expect(codes.filter((one) => RegistryError.is(error, one))).toEqual([code]);
  }
});

const brand = Symbol.for('@rollcall/core.RegistryError');

test.each([
  undefined,
  null,
  'REGISTRY_CLOSED',
  0,
  brand,
  new Error('why'),
  { code: 'REGISTRY_CLOSED' },
  Object.assign(new Error('why'), { name: 'RegistryError', code: 'REGISTRY_CLOSED' }),
])('E1: is() tells what is none, case %#', (other) => {
  expect(RegistryError.is(other)).toBe(false);
  expect(RegistryError.is(other, 'REGISTRY_CLOSED')).toBe(false);
});

test('E1: is() knows the errors of another copy of the package', async () => {
  vi.resetModules();
  const { RegistryError: Other } = await import('../../src/errors/registry-error.ts');
  const error: unknown = new Other('LEASE_NOT_FOUND', 'why');
  expect(error).not.toBeInstanceOf(RegistryError);
  expect(RegistryError.is(error, 'LEASE_NOT_FOUND')).toBe(true);
  expect(RegistryError.is(error, 'LEASE_SUPERSEDED')).toBe(false);
  const lookalike = { [brand]: true };
  expect([RegistryError.is(lookalike), RegistryError.is(lookalike, 'LEASE_NOT_FOUND')]).toEqual([true, false]);
});

test('E1: the brand does not show', () => {
  expect(Object.keys(new RegistryError('REGISTRY_CLOSED', 'why')).toSorted()).toEqual(['code', 'retryable']);
});

test('E1: is() narrows, and codes are a closed set', () => {
  const error: unknown = new RegistryError('REGISTRY_CLOSED', 'why');
  if (!RegistryError.is(error)) throw new Error('unreachable');
  expectTypeOf(error).toEqualTypeOf<RegistryError>();
  expectTypeOf(error.code).toEqualTypeOf<RegistryErrorCode>();
  // @ts-expect-error -- no such code
  expect(RegistryError.is(error, 'REGISTRY_GONE')).toBe(false);
});
