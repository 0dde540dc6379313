import { fieldError } from '../instance/field-error.ts';
import { hasControlCharacter, hasLoneSurrogate } from '../instance/unicode.ts';
import type { ValueKind } from './value-kind.ts';

/** Text of at least one character, without control characters and lone surrogates. Nothing is trimmed. */
export function text(): ValueKind<string, string> {
  return { type: 'text', isSecret: false, check: checkedText, fromText: (written) => written };
}

/** What `parsed` and `listOf` need to know. */
export interface ParsedTerms<Value> {
  /** For tables and messages, without an article: `host:port`. */
  readonly type: string;
  /** The value of a text that `text()` would allow. @throws TypeError that begins with `path` and shows no credentials (I6, E2) */
  parse(text: string, path: string): Value;
}

/** Text that the backend itself reads. */
export function parsed<Value>(terms: ParsedTerms<Value>): ValueKind<string, Value> {
  return {
    type: terms.type,
    isSecret: false,
    check: (value, path) => terms.parse(checkedText(value, path), path),
    fromText: (written) => written,
  };
}

/** One of a few words, as they are written. */
export function choice<const Word extends string>(words: readonly [Word, ...Word[]]): ValueKind<Word, Word> {
  const type = words.map((word) => `'${word}'`).join(' or ');
  return {
    type,
    isSecret: false,
    check(value, path) {
      const word = words.find((one) => one === value);
      if (word === undefined) throw fieldError(path, type, value);
      return word;
    },
    fromText: (written) => written,
  };
}

function checkedText(value: unknown, path: string): string {
  if (typeof value !== 'string') throw fieldError(path, 'a string', value);
  if (value === '') throw fieldError(path, 'at least one character', value);
  if (hasLoneSurrogate(value)) throw fieldError(path, 'text without lone surrogates', value);
  if (hasControlCharacter(value)) throw fieldError(path, 'text without control characters', value);
  return value;
}
