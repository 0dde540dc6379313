/** Whether a body can be sent twice: one that is read while it is sent cannot. */
export function isReplayable(body: unknown): boolean {
  return (
    body === undefined ||
    body === null ||
    typeof body === 'string' ||
    ArrayBuffer.isView(body) ||
    body instanceof ArrayBuffer ||
    body instanceof Blob ||
    body instanceof FormData
  );
}

/** Whether it was the body that failed: the caller's own stream. */
export function hasFailedWith(body: unknown, error: unknown): boolean {
  return typeof body === 'object' && body !== null && 'errored' in body && body.errored === error;
}
