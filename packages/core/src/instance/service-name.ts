import { fieldError } from './field-error.ts';
import { hasControlCharacter, hasLoneSurrogate, utf8Length } from './unicode.ts';

/** The longest `service` and `id`, in UTF-8 bytes (I2). */
export const maxNameBytes: number = 255;

/** What nearly every name is made of, so that one look is enough. */
const plainName = /^[\w.:-]{1,255}$/;

/**
 * `value` as it is, if it may be a `service` or an `id`: 1–255 UTF-8 bytes of any Unicode without control characters
 * or lone surrogates (I2). Nothing is folded, normalised or trimmed (I1).
 * @throws TypeError that names `path` (I6)
 */
export function serviceName(value: unknown, path: string): string {
  if (typeof value !== 'string') throw fieldError(path, 'a string', value);
  if (plainName.test(value)) return value;
  if (value === '') throw fieldError(path, 'at least one character', value);
  if (hasLoneSurrogate(value)) throw fieldError(path, 'text without lone surrogates', value);
  if (hasControlCharacter(value)) throw fieldError(path, 'text without control characters', value);
  const bytes = utf8Length(value);
  if (bytes > maxNameBytes) throw fieldError(path, `at most ${maxNameBytes} UTF-8 bytes and not ${bytes}`, value);
  return value;
}
