import { expect, test } from 'vitest';
import { serviceName } from '../../src/instance/service-name.ts';
import { refusal } from './sample-inits.ts';

test.each([
  'a',
  'A',
  'a/b',
  'a%2Fb',
  ' ',
  '.',
  '..',
  '🦊',
  'é',
  'e\u0301',
  '\u00a0',
  'x'.repeat(255),
  'é'.repeat(127),
  '🦊'.repeat(63),
])('I2: %j is a name and stays as it is', (name) => {
  expect(serviceName(name, 'service')).toBe(name);
});

test.each([
  [undefined, 'expected a string, got undefined'],
  [null, 'expected a string, got null'],
  [Object('a'), 'expected a string, got an instance of String'],
  ['', 'expected at least one character, got ""'],
  ['a\u0000', String.raw`expected text without control characters, got "a\u0000"`],
  ['a\n', String.raw`expected text without control characters, got "a\n"`],
  ['\u007f', String.raw`expected text without control characters, got "\u007f"`],
  ['\u0085', String.raw`expected text without control characters, got "\u0085"`],
  ['\ud83e', String.raw`expected text without lone surrogates, got "\ud83e"`],
  ['\udd8a\ud83e', String.raw`expected text without lone surrogates, got "\udd8a\ud83e"`],
  ['x'.repeat(256), 'expected at most 255 UTF-8 bytes and not 256'],
  ['é'.repeat(128), 'expected at most 255 UTF-8 bytes and not 256'],
  ['🦊'.repeat(64), 'expected at most 255 UTF-8 bytes and not 256'],
])('I2: no name, case %#', (value, problem) => {
  expect(refusal(() => serviceName(value, 'service'))).toContain(`service: ${problem}`);
});
