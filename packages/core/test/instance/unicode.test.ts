import fc from 'fast-check';
import { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { hasControlCharacter, hasLoneSurrogate, utf8Length } from '../../src/instance/unicode.ts';

/** Text that may hold lone surrogates. */
const anyUnits = fc.string({
  unit: fc.oneof(
    fc.integer({ min: 0, max: 0xff_ff }).map((unit) => String.fromCharCode(unit)),
    fc.integer({ min: 0xd8_00, max: 0xdf_ff }).map((unit) => String.fromCharCode(unit)),
    fc.constantFrom('a', 'é', '€', '🦊'),
  ),
});

test('I2: the length in UTF-8 is what an encoder writes, lone surrogates included', () =>
  check(
    fc.property(anyUnits, (text) => {
      expect(utf8Length(text)).toBe(Buffer.byteLength(text, 'utf8'));
    }),
  ));

test('I4: a lone surrogate is found exactly where UTF-8 would lose it', () =>
  check(
    fc.property(anyUnits, (text) => {
      expect(hasLoneSurrogate(text)).toBe(Buffer.from(text, 'utf8').toString('utf8') !== text);
    }),
  ));

test('I2: control characters are U+0000–001F and U+007F–009F and no others', () => {
  const units = Array.from({ length: 0x1_00_00 }, (_, unit) => unit);
  expect(units.filter((unit) => hasControlCharacter(`a${String.fromCharCode(unit)}`))).toEqual(
    units.filter((unit) => unit <= 0x1f || (unit >= 0x7f && unit <= 0x9f)),
  );
});
