import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BalancerDiagnosticEvent,
  type BalancerOptions,
  type CacheDiagnosticEvent,
  openServiceCache,
  roundRobin,
  type ServiceCache,
} from '@rollcall/balancer';
import type { Discovery } from '@rollcall/core';
import { BrokenAnswerError } from './broken-answer-error.ts';
import { countWords } from '../providing/count-words.ts';
import { openGrpcClient } from './grpc-client.ts';
import { openHttpClient } from './http-client.ts';
import { ObservedCalls } from './observed-calls.ts';
import type { Protocol } from './protocols.ts';
import { service } from '../providing/provider.ts';
import { RecordedCall, reasonOf } from './recorded-call.ts';
import type { Call, CallEnding, RunRecord } from '../staging/run-record.ts';
import type { WordClient } from './word-client.ts';

/** One line every so many milliseconds, whether or not the last has been answered. */
export const paceMs = 20;

/** Who leaves so many requests in a row unanswered is left out for a while. */
const failures = 2;

/** What a caller is made of. */
export interface CallerParts {
  readonly discovery: Discovery;
  readonly record: RunRecord;
  readonly lines: readonly string[];
  /** Hears of each line that has its answer, or has got none. */
  readonly onCallEnd: (call: Call) => void;
  /** Hears what becomes of the set of providers. */
  readonly onCacheEvent: (event: CacheDiagnosticEvent) => void;
  /** Hears what becomes of the choice among them. */
  readonly onChoiceEvent: (event: BalancerDiagnosticEvent, protocol: Protocol) => void;
}

/** Sends line after line to the service, by turns over HTTP and gRPC, for as long as it is not stopped. */
export class Caller {
  readonly #parts: CallerParts;
  readonly #cache: ServiceCache;
  readonly #observed = new ObservedCalls();
  readonly #clients: readonly [WordClient, WordClient];
  readonly #underWay = new Set<Promise<void>>();
  #sending: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;

  constructor(parts: CallerParts) {
    const { discovery, onCacheEvent } = parts;
    this.#parts = parts;
    this.#cache = openServiceCache({ discovery, services: [service], onDiagnostic: onCacheEvent });
    const given = { cache: this.#cache, observer: this.#observed };
    this.#clients = [
      openHttpClient({ ...given, balancing: this.#balancing('HTTP') }),
      openGrpcClient({ ...given, balancing: this.#balancing('gRPC') }),
    ];
  }

  /** Resolves when it knows whom there is to call, and sends. */
  async start(): Promise<void> {
    await this.#cache.ready();
    this.#sending ??= this.#sendAll();
  }

  /** Resolves when every line has its answer. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  #balancing(protocol: Protocol): BalancerOptions {
    const { record, onChoiceEvent } = this.#parts;
    return {
      policy: roundRobin(),
      ejection: { failures },
      onDiagnostic: (event) => {
        if (event.type === 'instance-ejected')
          record.leftOut.push({ atMs: record.now(), provider: event.id, protocol });
        onChoiceEvent(event, protocol);
      },
    };
  }

  async #sendAll(): Promise<void> {
    const { lines } = this.#parts;
    for (let index = 0; this.#stopped === undefined; index += 1) {
      const client = this.#clients[index % 2 === 0 ? 0 : 1];
      const call = this.#call(client, lines[index % lines.length] ?? '').finally(() => this.#underWay.delete(call));
      this.#underWay.add(call);
      await sleep(paceMs);
    }
  }

  async #call(client: WordClient, line: string): Promise<void> {
    const { record, onCallEnd } = this.#parts;
    const call = new RecordedCall(record, client.protocol, countWords(line));
    record.calls.push(call);
    call.ending = await this.#endingOf(call, () => client.count(line));
    onCallEnd(call);
  }

  /** What the clients do not try again is an answer that broke off. Counting words twice does no harm. */
  async #endingOf(call: RecordedCall, ask: () => Promise<number>): Promise<CallEnding> {
    const asked = (): Promise<number> => this.#observed.during(call, ask);
    try {
      const words = await asked().catch((error: unknown) => {
        if (error instanceof BrokenAnswerError) return asked();
        throw error;
      });
      return { type: 'answered', words };
    } catch (error) {
      return { type: 'lost', reason: reasonOf(error) };
    }
  }

  async #stop(): Promise<void> {
    await this.#sending;
    await Promise.all(this.#underWay);
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.#cache.close();
  }
}
