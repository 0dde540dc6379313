import { fieldError, keyPath, pathError } from './field-error.ts';

/**
 * The own properties of a plain object that came from outside, each read exactly once. What is inherited is never read.
 * The map holds a key that is present with the value `undefined`, so absent and `undefined` can be told apart.
 *
 * @param path where the object stands, `endpoints[1]`; empty for an argument itself. Errors name `path` and the key (I6).
 * @param what what it is meant to be, with its article, for messages: `an endpoint`.
 * @param knownKeys every other key is an error that lists these; `undefined` allows any string.
 * @throws TypeError for anything but a plain object (of any realm): arrays, class instances, prototypes with keys; for
 * unknown keys and symbols; and with the thrown value as `cause` when a getter or a proxy throws.
 */
export function readObject(
  value: unknown,
  path: string,
  what: string,
  knownKeys: readonly string[] | undefined,
): ReadonlyMap<string, unknown> {
  if (!isObject(value)) throw fieldError(path, `${what} (a plain object)`, value);
  const fields = new Map<string, unknown>();
  for (const key of ownKeys(value, path, what)) {
    if (typeof key === 'symbol') throw pathError(path, `${what} has string keys only, got a symbol`);
    if (knownKeys !== undefined && !knownKeys.includes(key)) {
      throw pathError(keyPath(path, key), `unknown key; known are ${knownKeys.join(', ')}`);
    }
    fields.set(key, readKey(value, key, path));
  }
  return fields;
}

/**
 * The elements of an array that came from outside, each read exactly once; a hole is `undefined`.
 *
 * @param path where the array stands, `endpoints`. Errors name it, and the element if one is at fault: `endpoints[2]` (I6).
 * @param what what it is meant to be, for messages: `an array of endpoints`.
 * @param maxLength a longer one is refused before its elements are read.
 * @throws TypeError for anything but an array, and with the thrown value as `cause` when a getter or a proxy throws.
 */
export function readArray(value: unknown, path: string, what: string, maxLength: number): readonly unknown[] {
  const length = arrayLength(value, path);
  if (length === undefined || !isObject(value)) throw fieldError(path, what, value);
  if (length > maxLength) throw pathError(path, `expected ${what}, at most ${maxLength}, got ${length}`);
  const elements: unknown[] = [];
  for (let index = 0; index < length; index += 1) elements.push(readElement(value, index, path));
  return elements;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function ownKeys(value: object, path: string, what: string): readonly (string | symbol)[] {
  let keys: readonly (string | symbol)[] | undefined;
  try {
    if (isPlain(value)) keys = Reflect.ownKeys(value);
  } catch (cause) {
    throw unreadable(path === '' ? what : path, cause);
  }
  if (keys === undefined) throw fieldError(path, `${what} (a plain object)`, value);
  return keys;
}

/** By its prototype: none, or `Object.prototype` of some realm, which `isPrototypeOf` gives away. */
function isPlain(value: object): boolean {
  if (Array.isArray(value)) return false;
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return true;
  return (
    Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype, 'isPrototypeOf') &&
    Object.keys(prototype).length === 0
  );
}

function readKey(object: object, key: string, path: string): unknown {
  try {
    return Reflect.get(object, key);
  } catch (cause) {
    throw unreadable(keyPath(path, key), cause);
  }
}

/** Whole and not negative; `undefined` if `value` is not an array, or a proxy of one that lies about its length. */
function arrayLength(value: unknown, path: string): number | undefined {
  try {
    const length: unknown = Array.isArray(value) ? value.length : undefined;
    return typeof length === 'number' && Number.isInteger(length) && length >= 0 ? length : undefined;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function readElement(array: object, index: number, path: string): unknown {
  try {
    return Object.hasOwn(array, index) ? Reflect.get(array, index) : undefined;
  } catch (cause) {
    throw unreadable(`${path}[${index}]`, cause);
  }
}

function unreadable(path: string, cause: unknown): TypeError {
  return pathError(path, 'reading it threw; see cause', { cause });
}
