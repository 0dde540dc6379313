import { expect, test } from 'vitest';
import { textHash } from '../../src/hashing/text-hash.ts';

test('the hash of a text is the same in every version, since callers of several versions choose together', () => {
  expect(['', 'a', 'user-1', '🦊'].map((text) => textHash(text) >>> 0)).toMatchInlineSnapshot(`
    [
      2872998923,
      444641715,
      2005895916,
      2460284682,
    ]
  `);
});

test('texts that differ little differ in all bits alike', () => {
  const flips = Array.from({ length: 32 }, () => 0);
  const texts = Array.from({ length: 10_000 }, (_, index) => `user-${index}`);
  for (const text of texts) {
    const difference = textHash(text) ^ textHash(`${text}0`);
    for (const bit of flips.keys()) flips[bit] = (flips[bit] ?? 0) + ((difference >>> bit) & 1);
  }
  for (const count of flips) expect(Math.abs(count - 5_000)).toBeLessThan(300);
});
