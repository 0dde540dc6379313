import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check } from '../../../testing/fc.ts';
import { originsOf } from '../src/routed-origin.ts';

const paths = (services: readonly { service: string; origin?: string }[]) =>
  services.map(({ service, origin }, index) => ({ path: `options.services[${index}]`, service, origin }));

const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });

test('a name that is taken is called where a URL with it leads', () =>
  check(
    fc.property(name, (service) => {
      const taken = attempt(() => originsOf(paths([{ service }])));
      if (taken === undefined) return;
      expect(taken[0]?.at.origin).toBe(new URL(`http://${service}/path`).origin);
    }),
    { numRuns: 1_000 },
  ));

test('no two names meet unseen', () =>
  check(
    fc.property(fc.uniqueArray(fc.oneof(name, fc.constantFrom('a', 'A', 'ａ', '%61', 'b', 'B'))), (services) => {
      const taken = attempt(() => originsOf(paths(services.map((service) => ({ service })))));
      const single = services.map((service) => attempt(() => originsOf(paths([{ service }])))?.[0]?.at.origin);
      const isClear = !single.includes(undefined) && new Set(single).size === single.length;
      expect(taken !== undefined).toBe(isClear);
    }),
  ));

test('two names that meet are both named', () => {
  expect(() => originsOf(paths([{ service: 'Orders' }, { service: 'orders' }]))).toThrow(
    new TypeError(
      'options.services[1]: "Orders" (options.services[0]) and "orders" would both be called at http://orders; give one of them an origin of its own',
    ),
  );
});

test('a service that is given twice is told as that', () => {
  expect(() => originsOf(paths([{ service: 'orders' }, { service: 'orders' }]))).toThrow(
    new TypeError('options.services[1]: "orders" is called at http://orders already: options.services[0]'),
  );
});

test.each(['a/b', 'a b', 'a:80', 'user@a', '', 'a?b', 'a#b', 'a\\b', '<a>'])('%j needs an origin', (service) => {
  expect(() => originsOf(paths([{ service }]))).toThrow(/^options\.services\[0\]: expected a name that is a host/);
  const origin = 'http://some-service:8080';
  expect(originsOf(paths([{ service, origin }]))[0]?.at).toEqual({
    origin,
    host: 'some-service:8080',
    schemes: 'http or https',
  });
});

describe('an origin', () => {
  test.each(['orders', 'ftp://orders', 'http://orders/path', 'http://u:p@orders', 'http://orders?x', ''])(
    'is not %j',
    (origin) => {
      expect(() => originsOf(paths([{ service: 'orders', origin }]))).toThrow(
        /^options\.services\[0\]\.origin: expected/,
      );
    },
  );

  test('is taken as the URL parser writes it', () => {
    const [one] = originsOf(paths([{ service: 'x', origin: 'HTTPS://Orders:443/' }]));
    expect(one?.at).toEqual({ origin: 'https://orders', host: 'orders', schemes: 'https' });
  });
});

function attempt<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
