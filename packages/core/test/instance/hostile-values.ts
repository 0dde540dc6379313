import fc from 'fast-check';

/** Every one of these throws when it is looked at in the wrong way, or is something else than it seems. */
export const hostileValues: readonly (readonly [name: string, value: unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['a boolean', true],
  ['NaN', Number.NaN],
  ['-0', -0],
  ['a bigint', 10n],
  ['a symbol', Symbol('s')],
  ['a function', (): void => {}],
  ['an empty string', ''],
  ['a lone surrogate', '\ud800'],
  ['an array', []],
  ['a sparse array', Array.from({ length: 2 }).fill(1, 1, 2)],
  ['a date', new Date(0)],
  ['a URL', new URL('grpc://10.0.0.1:80')],
  ['a boxed string', Object('text')],
  ['an object without a prototype', Object.create(null)],
  ['an object with a prototype of its own', Object.create({ service: 'a' })],
  ['an object with a function as prototype', Object.create((): void => {})],
  ['an object whose prototype has none', Object.create(Object.create(null))],
  ['an object whose conversions throw', { toString: throwing, valueOf: throwing, [Symbol.toPrimitive]: throwing }],
  ['an object whose constructor throws', Object.create(Object.defineProperty({}, 'constructor', { get: throwing }))],
  ['a getter that throws', Object.defineProperty({}, 'service', { enumerable: true, get: throwing })],
  ['a revoked proxy', revokedProxy({})],
  ['a revoked proxy of an array', revokedProxy([])],
  ['a proxy whose traps throw', new Proxy({}, { get: throwing, ownKeys: throwing, getPrototypeOf: throwing })],
  ['a proxy whose getters throw', new Proxy({ service: 'a', endpoints: [] }, { get: throwing })],
  ['an array proxy without a length', new Proxy([1], { get: (target, key) => (key === 'length' ? 'x' : target[0]) })],
  ['an array proxy whose getters throw', new Proxy([1], { get: throwing })],
];

/** As a careless library does: every object (or array) seems to have `key`. Undo it with `Reflect.deleteProperty`. */
export function pollute(prototype: object, key: string): void {
  Object.defineProperty(prototype, key, { value: 'evil', enumerable: true, configurable: true, writable: true });
}

export function throwing(): never {
  throw new RangeError('from the trap');
}

export function revokedProxy(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

/** One of the values above, or anything that fast-check makes: in a wrapper, since fast-check looks at what it hands out. */
export const anyHostile: fc.Arbitrary<{ readonly value: unknown }> = fc.oneof(
  fc.constantFrom(...hostileValues.map(([, value]) => ({ value }))),
  fc
    .anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true, withDate: true })
    .map((value) => ({ value })),
);
