import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check } from '../../../testing/fc.ts';
import { checkedAuthority, hostOf, readTarget, writeTarget } from '../src/target.ts';

describe('a target', () => {
  test('is written with three slashes, or with an authority between them', () => {
    expect(writeTarget({ authority: '', service: 'orders' })).toBe('rollcall:///orders');
    expect(writeTarget({ authority: 'prod', service: 'orders' })).toBe('rollcall://prod/orders');
  });

  test('names any service', async () => {
    const service = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => text.isWellFormed());
    await check(
      fc.property(service, (name) => {
        const [, authority = '', path = ''] =
          /^rollcall:\/\/([^/]*)\/(.+)$/.exec(writeTarget({ authority: 'a', service: name })) ?? [];
        expect(readTarget({ scheme: 'rollcall', authority, path })).toEqual({ authority: 'a', service: name });
      }),
    );
  });

  test('may leave the slashes out', () => {
    expect(readTarget({ scheme: 'rollcall', path: 'orders' })).toEqual({ authority: '', service: 'orders' });
  });

  test('with two slashes is refused, with what to write', () => {
    expect(() => readTarget({ scheme: 'rollcall', path: '//orders' })).toThrow(
      new TypeError('The target rollcall://orders names no service: write rollcall:///orders, with three slashes.'),
    );
  });

  test('that is not percent-encoded is refused', () => {
    expect(() => readTarget({ scheme: 'rollcall', authority: '', path: '100%' })).toThrow('rollcall:100%');
  });

  test.each(['a/b', 'a b', 7, null])('has no authority such as %j', (authority) => {
    expect(() => checkedAuthority(authority)).toThrow('options.authority: expected');
  });
});

describe('the host that stands for a service', () => {
  test.each(['orders', 'Orders.v2-b', 'a_b', 'shop.orders'])('is its name: %s', (service) => {
    expect(hostOf(service)).toBe(service);
  });

  test.each([
    ['orders v2', 'service-orders-20v2'],
    ['orders.1.2', 'service-orders-1-2'],
    ['123', 'service-123'],
    ['orders:80', 'service-orders-3A80'],
  ])('is a host also where the name is none: %s', (service, host) => {
    expect(hostOf(service)).toBe(host);
  });

  test('can be part of a URL, whatever the name', async () => {
    const service = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => text.isWellFormed());
    await check(
      fc.property(service, (name) => {
        expect(URL.canParse(`http://${hostOf(name)}`)).toBe(true);
      }),
    );
  });
});
