import { reasonOf } from '@rollcall/core/driver';
import { type FailedAttempt, ServiceCallError, type ServiceCallErrorCode } from './service-call-error.ts';

/** A call of which nothing came. */
export interface FailedCall {
  readonly service: string;
  readonly method: string;
  readonly origin: string;
  readonly path: string;
  readonly attempts: readonly FailedAttempt[];
}

/** @param last the attempt that ended it, and how far its answer came */
export function failedCall(call: FailedCall, last: 'no answer' | 'broken answer'): ServiceCallError {
  const { service, method, origin, path, attempts } = call;
  const code = codeOf(attempts, last);
  const tries = attempts.map(({ id, url, status, error }) => `${id} at ${url}: ${howItFailed(status, error)}`);
  const count = attempts.length === 1 ? 'once' : `${attempts.length} times`;
  return new ServiceCallError(
    { code, service, attempts },
    `${method} ${origin}${path.replace(/\?.*$/s, '')} failed: ${service} was tried ${count}: ${tries.join('; ')}. ${advice[code]}`,
    { cause: attempts.at(-1)?.error },
  );
}

const advice: Readonly<Record<ServiceCallErrorCode, string>> = {
  CALL_NOT_SENT: 'Nothing was sent, and the call can be made again.',
  CALL_UNANSWERED: 'It may have been carried out: look before you repeat what must not happen twice.',
  CALL_ANSWER_BROKEN: 'It may have been carried out, and a part of the answer was read.',
};

function codeOf(attempts: readonly FailedAttempt[], last: 'no answer' | 'broken answer'): ServiceCallErrorCode {
  if (last === 'broken answer') return 'CALL_ANSWER_BROKEN';
  return attempts.some(({ sent }) => sent) ? 'CALL_UNANSWERED' : 'CALL_NOT_SENT';
}

function howItFailed(status: number | undefined, error: unknown): string {
  if (error === undefined) return `it answered ${status}`;
  return status === undefined ? reasonOf(error) : `its answer ${status} broke off: ${reasonOf(error)}`;
}
