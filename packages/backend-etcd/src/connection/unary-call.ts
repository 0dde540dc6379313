import type { ClientUnaryCall } from '@grpc/grpc-js';
import type { Sleeper } from '@rollcall/core/driver';
import { ConnectionFailure } from './rpc-failure.ts';

interface Settling<Response> {
  readonly resolve: (response: Response) => void;
  readonly reject: (reason: unknown) => void;
  readonly signal: AbortSignal | undefined;
  /** What it fails with when its bound passes. */
  readonly late: () => Error;
  /** Called once, as soon as it is settled, however that came. */
  readonly over: () => void;
}

/** One request and its answer. It is its own place in the queue of deadlines. */
export class UnaryCall<Response> implements Sleeper {
  dueAt: number = Infinity;
  queuedAt: number = Infinity;
  readonly #settling: Settling<Response>;
  #call: ClientUnaryCall | undefined;
  #isOver = false;
  readonly #abort = (): void => this.end(this.#settling.signal?.reason);

  constructor(settling: Settling<Response>) {
    this.#settling = settling;
    settling.signal?.addEventListener('abort', this.#abort, { once: true });
  }

  /** It is under way. */
  sent(call: ClientUnaryCall): void {
    this.#call = call;
    if (this.#settling.signal?.aborted === true) this.#abort();
  }

  answered(error: Error | null, response: Response | undefined): void {
    if (!this.#finish()) return;
    if (error !== null) this.#settling.reject(error);
    else if (response === undefined) this.#settling.reject(new ConnectionFailure('the answer was empty'));
    else this.#settling.resolve(response);
  }

  /** The bound has passed. */
  wake(): void {
    this.end(this.#settling.late());
  }

  /** Nobody waits for the answer any more. */
  end(reason: unknown): void {
    if (!this.#finish()) return;
    this.#settling.reject(reason);
    this.#call?.cancel();
  }

  /** @returns whether it was not over before */
  #finish(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#settling.signal?.removeEventListener('abort', this.#abort);
    this.#settling.over();
    return true;
  }
}
