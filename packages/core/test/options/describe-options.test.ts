import { expect, test } from 'vitest';
import { describeOptions } from '../../src/driver.ts';
import { sample } from './sample-options.ts';

test('B1: the table of the docs follows from the description', () => {
  const rows = describeOptions(sample, 'APP_');
  expect(rows.map((row) => Object.values(row).join(' | '))).toEqual([
    'hosts | (hosts) | APP_HOSTS | list of host | a,b | Where it is.',
    'root | (path) | APP_ROOT | path | /Root | What it begins with.',
    'zone | zone | APP_ZONE | text | required | Where this is.',
    'retries | retries | APP_RETRIES | integer, -1 to 9 | none | How often.',
    'callTimeoutMs | callTimeoutMs | APP_CALL_TIMEOUT_MS | milliseconds, 10 to 60000, or 0 for none | 500 | How long.',
    "mode | mode | APP_MODE | 'fast' or 'safe' | safe | How.",
    'isQuiet | isQuiet | APP_IS_QUIET | true or false | false | Whether it says nothing.',
    'token | token | APP_TOKEN | secret | none | Who asks.',
    'tls | tls | APP_TLS | true, false or its options | none | Whether nobody listens.',
    'tls.ca | tls.ca | APP_TLS_CA | PEM | none | Whom it trusts.',
    'tls.cert | tls.cert | APP_TLS_CERT | PEM | none | Who asks.',
    'tls.minVersion | tls.minVersion | APP_TLS_MIN_VERSION | integer, 1 to 3 | 2 | Of TLS 1.',
  ]);
});
