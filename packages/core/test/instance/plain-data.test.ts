import { runInNewContext } from 'node:vm';
import { afterEach, expect, test } from 'vitest';
import { readArray, readObject } from '../../src/instance/plain-data.ts';
import { pollute, revokedProxy, throwing } from './hostile-values.ts';
import { refusal, thrownBy } from './sample-inits.ts';

function read(value: unknown, knownKeys?: readonly string[]): ReadonlyMap<string, unknown> {
  return readObject(value, 'options', 'options', knownKeys);
}

function readThree(value: unknown): readonly unknown[] {
  return readArray(value, 'list', 'an array of things', 3);
}

afterEach(() => {
  Reflect.deleteProperty(Object.prototype, 'polluted');
  Reflect.deleteProperty(Array.prototype, '1');
});

test('I6: own keys come out as they are, absent and undefined apart', () => {
  const fields = read({ a: 1, b: undefined }, ['a', 'b', 'c']);
  expect([...fields]).toEqual([
    ['a', 1],
    ['b', undefined],
  ]);
});

test('I6: an object without a prototype, or of another realm, is plain', () => {
  expect(read(Object.assign(Object.create(null), { a: 1 })).get('a')).toBe(1);
  expect(read(runInNewContext('({ a: 1 })')).get('a')).toBe(1);
  expect(read(new Proxy({ a: 1 }, {})).get('a')).toBe(1);
});

test('I6: an own __proto__ is a key like any other', () => {
  expect(read(JSON.parse('{"__proto__":{"a":1}}')).get('__proto__')).toEqual({ a: 1 });
});

test('I6: what Object.prototype was polluted with is not read', () => {
  pollute(Object.prototype, 'polluted');
  expect([...read({ a: 1 }, ['a', 'polluted']).keys()]).toEqual(['a']);
});

test.each([
  ['undefined', undefined, 'undefined'],
  ['null', null, 'null'],
  ['a string', 'text', '"text"'],
  ['a function', (): void => {}, 'a function'],
  ['an array', [], 'an array'],
  ['an array of another realm', runInNewContext('[]'), 'an array'],
  ['an array without a prototype', Object.setPrototypeOf([], null), 'an array'],
  ['a URL', new URL('http://host'), 'an instance of URL'],
  ['a map', new Map(), 'an instance of Map'],
  ['a prototype with keys', Object.create({ a: 1 }), 'an object with a prototype of its own'],
  ['an empty prototype', Object.create(Object.create(null)), 'an object with a prototype of its own'],
  ['a function as prototype', Object.create((): void => {}), 'an object with a prototype of its own'],
  ['a polluted realm', runInNewContext('Object.prototype.x = 1; ({ a: 1 })'), 'an object'],
])('I6: %s is no plain object', (_, value, came) => {
  expect(refusal(() => read(value))).toBe(`options: expected options (a plain object), got ${came}`);
});

test('I6: an unknown key is refused by its path, with the known ones', () => {
  expect(refusal(() => read({ ttl: 1 }, ['signal', 'ttlMs']))).toBe(
    'options.ttl: unknown key; known are signal, ttlMs',
  );
  expect(refusal(() => read({ ttl: undefined }, ['ttlMs']))).toContain('options.ttl: unknown key');
  expect(refusal(() => read(Object.defineProperty({}, 'hidden', { value: 1 }), ['a']))).toContain('options.hidden');
  expect(refusal(() => read(JSON.parse('{"__proto__":1}'), ['a']))).toContain('options.__proto__: unknown key');
});

test('I6: a symbol is no key', () => {
  expect(refusal(() => read({ [Symbol('s')]: 1 }))).toBe('options: options has string keys only, got a symbol');
});

test('I6: a getter that throws is a TypeError with its path and cause', () => {
  const error = thrownBy(() =>
    read({
      a: 1,
      get b(): never {
        return throwing();
      },
    }),
  );
  expect(error).toBeInstanceOf(TypeError);
  expect(error).toMatchObject({
    message: 'options.b: reading it threw; see cause',
    cause: new RangeError('from the trap'),
  });
});

test('I6: a proxy that throws is a TypeError with its path and cause', () => {
  const cause = new RangeError('from the trap');
  expect(thrownBy(() => read(new Proxy({}, { ownKeys: throwing })))).toMatchObject({ message: /^options: /, cause });
  expect(thrownBy(() => read(new Proxy({}, { getPrototypeOf: throwing })))).toMatchObject({
    message: /^options: /,
    cause,
  });
  expect(thrownBy(() => readObject(revokedProxy({}), '', 'an instance', []))).toMatchObject({
    message: /^an instance: /,
  });
});

test('I6: each property is read once', () => {
  const reads: unknown[] = [];
  const spy = { get: (target: object, key: string | symbol): unknown => (reads.push(key), Reflect.get(target, key)) };
  read(new Proxy({ a: 1, b: 2 }, spy));
  expect(reads).toEqual(['a', 'b']);
  reads.length = 0;
  readThree(new Proxy([1, 2], spy));
  expect(reads).toEqual(['length', '0', '1']);
});

test('I6: elements come out in order, holes as undefined, whatever Array.prototype holds', () => {
  pollute(Array.prototype, '1');
  const sparse: unknown[] = [1];
  sparse.length = 3;
  expect([...readThree(sparse)]).toEqual([1, undefined, undefined]);
  expect(readThree(runInNewContext('[1]'))).toEqual([1]);
});

test.each([
  ['null', null],
  ['an array-like', { length: 1, 0: 'a' }],
  ['a set', new Set()],
  ['a string', 'abc'],
  ['a length that is none', new Proxy([], { get: () => 'x' })],
  ['a broken length', new Proxy([], { get: () => 1.5 })],
  ['a negative length', new Proxy([], { get: () => -1 })],
])('I6: %s is no array', (_, value) => {
  expect(refusal(() => readThree(value))).toMatch(/^list: expected an array of things, got /);
});

test('I6: an array over its bound is refused unread', () => {
  expect(refusal(() => readThree([1, 2, 3, 4]))).toBe('list: expected an array of things, at most 3, got 4');
  expect(refusal(() => readThree(new Proxy([], { get: () => 2 ** 53 })))).toContain('at most 3');
});

test('I6: an element that throws is named, and so is an array', () => {
  const cause = new RangeError('from the trap');
  const list = Object.defineProperty([1, 2], 1, { get: throwing });
  expect(thrownBy(() => readThree(list))).toMatchObject({ message: 'list[1]: reading it threw; see cause', cause });
  expect(thrownBy(() => readThree(new Proxy([], { get: throwing })))).toMatchObject({ message: /^list: /, cause });
  expect(refusal(() => readThree(revokedProxy([])))).toMatch(/^list: /);
});
