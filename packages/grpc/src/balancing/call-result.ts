import { status } from '@grpc/grpc-js';
import type { CallResult } from '@rollcall/balancer';

/** No answer, or an error of the server's own. */
const failures: ReadonlySet<status> = new Set([
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.RESOURCE_EXHAUSTED,
  status.INTERNAL,
  status.UNKNOWN,
  status.DATA_LOSS,
]);

/** What the end of a call says about its instance. Whoever is told NOT_FOUND, or has cancelled, learns nothing about it. */
export function callResult(code: status): CallResult {
  if (code === status.OK) return 'success';
  return failures.has(code) ? 'failure' : 'ignored';
}
