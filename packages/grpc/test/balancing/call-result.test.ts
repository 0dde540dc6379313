import { status } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { callResult } from '../../src/balancing/call-result.ts';

test.each([
  [status.OK, 'success'],
  [status.CANCELLED, 'ignored'],
  [status.UNKNOWN, 'failure'],
  [status.INVALID_ARGUMENT, 'ignored'],
  [status.DEADLINE_EXCEEDED, 'failure'],
  [status.NOT_FOUND, 'ignored'],
  [status.ALREADY_EXISTS, 'ignored'],
  [status.PERMISSION_DENIED, 'ignored'],
  [status.RESOURCE_EXHAUSTED, 'failure'],
  [status.FAILED_PRECONDITION, 'ignored'],
  [status.ABORTED, 'ignored'],
  [status.OUT_OF_RANGE, 'ignored'],
  [status.UNIMPLEMENTED, 'ignored'],
  [status.INTERNAL, 'failure'],
  [status.UNAVAILABLE, 'failure'],
  [status.DATA_LOSS, 'failure'],
  [status.UNAUTHENTICATED, 'ignored'],
])('code %i is a %s', (code, result) => {
  expect(callResult(code)).toBe(result);
});
