import { fieldError, pathError } from '../instance/field-error.ts';

/** @throws TypeError unless what stands at `path` is an object with no keys but these (I6) */
export function checkKeys(path: string, given: unknown, known: readonly string[]): void {
  if (!isObject(given)) throw fieldError(path, 'an object', given);
  const stranger = Object.keys(given).find((key) => !known.includes(key));
  if (stranger !== undefined) throw pathError(`${path}.${stranger}`, `unknown key; known are ${known.join(', ')}`);
}

/** @throws TypeError unless what stands at `path` is a function or left out (I6) */
export function checkFunction(path: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') throw fieldError(path, 'a function', value);
}

/** Whether it is an object with this method: by what it can do, so that those of another copy of a package pass. */
export function hasMethod(value: unknown, method: string): boolean {
  return isObject(value) && typeof Reflect.get(value, method) === 'function';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
