import { setTimeout as sleep } from 'node:timers/promises';
import { endpointUrl, type ServiceInstance } from '@rollcall/core';
import type { Consumer } from './consumer.ts';
import type { Attempt, FailedAttempt, RunRecord } from './run-record.ts';
import { countWords } from './word-server.ts';

/** One request every so many milliseconds, whether or not the last has been answered. */
const paceMs = 40;

/** What a caller is made of. */
export interface CallerParts {
  readonly consumer: Consumer;
  readonly record: RunRecord;
  readonly lines: readonly string[];
  /** Hears of each request that got no answer, before the next provider is asked. */
  readonly onMiss: (miss: FailedAttempt) => void;
}

/** Sends line after line to whoever is next, for as long as it is not stopped. */
export class Caller {
  readonly #consumer: Consumer;
  readonly #record: RunRecord;
  readonly #lines: readonly string[];
  readonly #onMiss: (miss: FailedAttempt) => void;
  readonly #underWay = new Set<Promise<void>>();
  #sending: Promise<void> | undefined;
  #isStopped = false;

  constructor({ consumer, record, lines, onMiss }: CallerParts) {
    this.#consumer = consumer;
    this.#record = record;
    this.#lines = lines;
    this.#onMiss = onMiss;
  }

  start(): void {
    this.#sending ??= this.#sendAll();
  }

  /** Resolves when every request has its answer. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#sending;
    await Promise.all(this.#underWay);
  }

  async #sendAll(): Promise<void> {
    for (let index = 0; !this.#isStopped; index += 1) {
      const call = this.#call(this.#lines[index % this.#lines.length] ?? '').finally(() => this.#underWay.delete(call));
      this.#underWay.add(call);
      await sleep(paceMs);
    }
  }

  /**
   * Tries one provider after another. A registry cannot know of a crash before the TTL is over, so a caller that wants no
   * gap asks the next one. Counting words twice does no harm; a request that must not be repeated needs more care.
   */
  async #call(line: string): Promise<void> {
    const { scene } = this.#record;
    const attempts: Attempt[] = [];
    this.#record.calls.push({ scene, words: countWords(line), attempts });
    const tried = new Set<string>();
    for (;;) {
      const instance = this.#consumer.next(tried);
      if (instance === undefined) return;
      const attempt = await this.#attempt(instance, line);
      attempts.push(attempt);
      if (attempt.type === 'failed') this.#onMiss(attempt);
      if (attempt.type === 'served') return;
      tried.add(attempt.provider);
    }
  }

  async #attempt(instance: ServiceInstance, line: string): Promise<Attempt> {
    const provider = instance.id;
    const sentAtMs = this.#record.now();
    try {
      return { type: 'served', provider, sentAtMs, words: await askForWords(instance, line) };
    } catch (error) {
      return { type: 'failed', provider, sentAtMs, reason: reasonOf(error) };
    }
  }
}

async function askForWords({ endpoints: [endpoint] }: ServiceInstance, line: string): Promise<number> {
  const response = await fetch(endpointUrl(endpoint), {
    method: 'POST',
    body: line,
    signal: AbortSignal.timeout(1_000),
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return Number(await response.text());
}

/** `fetch` says no more than that it failed; why is in the cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
}
