import type { CallResult } from '@rollcall/balancer';
import type { ServiceInstance } from '@rollcall/core';
import type { Protocol } from './protocols.ts';
import type { Attempt, Call, CallEnding, RunRecord } from '../staging/run-record.ts';

/** What `@rollcall/undici` and `@rollcall/grpc` both tell of an attempt that has ended. */
interface AttemptEnd {
  readonly result: CallResult;
  /** Of HTTP a number, of gRPC a name. */
  readonly status: number | string | undefined;
  /** HTTP alone has one. */
  readonly error?: unknown;
}

/** One line on its way, as the clients tell of it. */
export class RecordedCall implements Call {
  readonly scene: string;
  readonly protocol: Protocol;
  readonly words: number;
  readonly attempts: Attempt[] = [];
  ending: CallEnding | undefined;
  readonly #record: RunRecord;
  /** Of the attempt that is under way: they follow one another. */
  #sentAtMs = 0;

  constructor(record: RunRecord, protocol: Protocol, words: number) {
    this.#record = record;
    this.scene = record.scene;
    this.protocol = protocol;
    this.words = words;
  }

  attemptStarted(): undefined {
    this.#sentAtMs = this.#record.now();
  }

  attemptEnded(
    { instance }: { readonly instance: ServiceInstance },
    { result, status, error = status }: AttemptEnd,
  ): void {
    // grpc-js may choose somebody and then not send.
    if (error === undefined) return;
    const sent = { protocol: this.protocol, provider: instance.id, sentAtMs: this.#sentAtMs };
    this.attempts.push(
      result === 'success' ? { type: 'served', ...sent } : { type: 'failed', ...sent, reason: reasonOf(error) },
    );
  }
}

/** A code, where there is one, says more than most messages. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
