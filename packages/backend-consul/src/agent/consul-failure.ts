/** A request that came to nothing: refused by Consul, with its status and words, or lost on the way. */
export class ConsulFailure extends Error {
  /** Of the answer; undefined when there was none, or not a whole one. */
  readonly status: number | undefined;

  constructor(message: string, terms: { readonly status?: number; readonly cause?: unknown } = {}) {
    super(message, { cause: terms.cause });
    this.status = terms.status;
  }

  override get name(): string {
    return 'ConsulFailure';
  }
}

/** An answer that lacks what is there, for lack of rights: Consul answers 200 to that, and leaves out. */
export function hidden(reason: string): ConsulFailure {
  return new ConsulFailure(reason, { status: 403 });
}

/** Whether Consul refused for lack of rights, or knows no such token. */
export function isForbidden(error: unknown): boolean {
  return error instanceof ConsulFailure && (error.status === 403 || error.status === 401);
}

/** Whether the agent does not know the check: it has restarted without its data, or the service was taken from it. */
export function isUnknownCheck(error: unknown): boolean {
  if (!(error instanceof ConsulFailure)) return false;
  return (
    error.status === 404 || (error.status === 500 && /does not have associated TTL|Unknown check/i.test(error.message))
  );
}
