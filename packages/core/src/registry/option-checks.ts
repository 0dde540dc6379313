import { fieldError } from '../instance/field-error.ts';
import { readObject } from '../instance/plain-data.ts';

/** The options of one call, checked key by key (I6). */
export type Options = ReadonlyMap<string, unknown>;

/** The own keys of an options object; none for `undefined`. @throws TypeError that names an unknown key */
export function readOptions(options: unknown, keys: readonly string[]): Options {
  return options === undefined ? new Map() : readObject(options, 'options', 'options', keys);
}

/** @throws TypeError unless `options.signal` is an AbortSignal or left out */
export function signalOption(options: Options): AbortSignal | undefined {
  const value = options.get('signal');
  if (value === undefined || isAbortSignal(value)) return value;
  throw fieldError('options.signal', 'an AbortSignal', value);
}

/** By what it can do, so that signals of other realms and of polyfills pass. */
function isAbortSignal(value: unknown): value is AbortSignal {
  return typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value;
}

/** One of a few words. The first is the default. @throws TypeError that lists them */
export function wordOption<Word extends string>(
  options: Options,
  key: string,
  words: readonly [Word, ...Word[]],
): Word {
  const value = options.get(key);
  if (value === undefined) return words[0];
  const word = words.find((one) => one === value);
  if (word === undefined) throw fieldError(`options.${key}`, words.map((one) => `'${one}'`).join(' or '), value);
  return word;
}

/** Milliseconds above 0. @throws TypeError unless it is a positive finite number or left out */
export function millisecondsOption(options: Options, key: string, byDefault: number): number {
  const value = options.get(key);
  if (value === undefined) return byDefault;
  if (typeof value === 'number' && value > 0 && Number.isFinite(value)) return value;
  throw fieldError(`options.${key}`, 'a finite number of milliseconds above 0', value);
}

/** @throws TypeError unless it is a function or left out. What it takes and returns, the caller's types have said: it cannot be seen. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller names the function's type
export function functionOption<F extends (...parameters: never[]) => unknown>(
  options: Options,
  key: string,
): F | undefined {
  const value = options.get(key);
  if (value === undefined || isFunction<F>(value)) return value;
  throw fieldError(`options.${key}`, 'a function', value);
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as above
function isFunction<F>(value: unknown): value is F {
  return typeof value === 'function';
}
