import { expect, test } from 'vitest';
import {
  type DescriptionParts,
  flag,
  group,
  optional,
  optionsDescription,
  optionsFromUrl,
  text,
} from '../../src/driver.ts';
import { refusal } from '../instance/sample-inits.ts';

test.each<[string, DescriptionParts<object, object>['fields'], string]>([
  [
    'two of its own',
    {
      tlsCa: optional(text(), ''),
      tls: group<{ ca?: string }, { ca: string | undefined }>({ ca: optional(text(), '') }, ''),
    },
    'the option tls.ca: its variable would be ROLLCALL_TLS_CA, which belongs to the option tlsCa',
  ],
  [
    'what chooses the backend',
    { backend: optional(text(), '') },
    'the option backend: its variable would be ROLLCALL_BACKEND, which belongs to what chooses the backend',
  ],
  [
    'a URL',
    { url: optional(text(), '') },
    'the option url: its variable would be ROLLCALL_URL, which belongs to what chooses the backend',
  ],
  [
    'the test servers',
    { testMode: optional(flag(), '') },
    'the option testMode: its variable would be ROLLCALL_TEST_MODE, which belongs to the test servers',
  ],
])('B1: no option shares a variable with another: %s', (_, fields, message) => {
  expect(refusal(() => optionsDescription({ url: { scheme: 'sample' }, fields }))).toBe(message);
});

test('B1: a backend without hosts refuses a URL with some', () => {
  const none = optionsDescription<object, object>({ url: { scheme: 'none' }, fields: {} });
  expect(optionsFromUrl(none, 'none://', 'config')).toEqual({});
  expect(refusal(() => optionsFromUrl(none, 'none://h?a=b', 'config'))).toBe(`2 options are wrong:
  config.hosts: expected a URL without hosts, got some
  config?a: unknown key; known are none`);
});
