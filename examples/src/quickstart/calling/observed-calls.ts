import { AsyncLocalStorage } from 'node:async_hooks';
import type { RecordedCall } from './recorded-call.ts';

/** The observer of both clients. They ask it in the async context of whoever calls, and so it knows which line an attempt belongs to. */
export class ObservedCalls {
  readonly #current = new AsyncLocalStorage<RecordedCall>();

  /** What is called within `calling` belongs to `call`. */
  during<Result>(call: RecordedCall, calling: () => Result): Result {
    return this.#current.run(call, calling);
  }

  callStarted(): RecordedCall | undefined {
    return this.#current.getStore();
  }
}
