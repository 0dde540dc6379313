import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import { isoInstant } from '../../src/instance/iso-instant.ts';
import { refusal, thrownBy } from './sample-inits.ts';

test.each([
  '2024-02-29T00:00:00Z',
  '2000-02-29T00:00:00Z',
  '2025-12-31T23:59:59.999999999Z',
  '2025-01-31T00:00Z',
  '2025-04-30T12:00:00+05:30',
  '2025-04-30T12:00-23:59',
  '0000-01-01T00:00:00-00:00',
])('I4: %s is an instant and stays as it is', (text) => {
  expect(isoInstant(text, 'buildTime')).toBe(text);
});

test.each([
  '',
  '2024-02-30T00:00:00Z',
  '2023-02-29T00:00:00Z',
  '1900-02-29T00:00:00Z',
  '2025-04-31T00:00:00Z',
  '2025-13-01T00:00:00Z',
  '2025-00-01T00:00:00Z',
  '2025-01-00T00:00:00Z',
  '2025-01-01T24:00:00Z',
  '2025-01-01T00:60:00Z',
  '2025-01-01T00:00:60Z',
  '2025-01-01T00:00:00+24:00',
  '2025-01-01T00:00:00+01:60',
  '2025-01-01T00:00:00+0100',
  '2025-01-01T00:00:00+01',
  '2025-01-01T00:00:00.Z',
  '2025-01-01T00:00:00,5Z',
  '2025-01-01T00:00.5Z',
  '2025-01-01T00:00:00',
  '2025-01-01T00:00:00z',
  '2025-01-01 00:00:00Z',
  '2025-01-01',
  '20250101T000000Z',
  '+002025-01-01T00:00:00Z',
  '2025-01-01T00:00:00Z\n',
  ' 2025-01-01T00:00:00Z',
  '٢٠٢٥-01-01T00:00:00Z',
])('I4: %j is no instant', (text) => {
  expect(refusal(() => isoInstant(text, 'buildTime'))).toMatch(
    /^buildTime: expected an ISO 8601 instant such as .*, got "/,
  );
});

test.each([undefined, null, 0, new Date(0)])('I4: no instant but a string, case %#', (value) => {
  expect(refusal(() => isoInstant(value, 'startTime'))).toMatch(/^startTime: expected an ISO 8601 instant/);
});

test('I4: a day is an instant exactly when the calendar has it', () =>
  check(
    fc.property(
      fc.integer({ min: 1, max: 9999 }),
      fc.integer({ min: 0, max: 13 }),
      fc.integer({ min: 27, max: 32 }),
      (year, month, day) => {
        const date = [year.toString().padStart(4, '0'), month.toString().padStart(2, '0'), day].join('-');
        const midnight = new Date(0);
        midnight.setUTCFullYear(year, month - 1, day);
        const exists = midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day;
        const text = `${date}T00:00:00Z`;
        expect(thrownBy(() => isoInstant(text, 't')) === undefined).toBe(exists);
      },
    ),
    { numRuns: 1000 },
  ));
