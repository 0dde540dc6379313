import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AcquiredInstance,
  type Balancer,
  type BalancerDiagnosticEvent,
  type CacheDiagnosticEvent,
  createBalancer,
  NoInstanceError,
  openServiceCache,
  roundRobin,
  type ServiceCache,
} from '@rollcall/balancer';
import { type Discovery, endpointUrl, type ServiceInstance } from '@rollcall/core';
import { service } from './provider.ts';
import type { Attempt, FailedAttempt, RunRecord } from './run-record.ts';
import { countWords } from './word-server.ts';

/** One request every so many milliseconds, whether or not the last has been answered. */
const paceMs = 40;

/** How many providers one line is sent to before it is given up. */
const mostAttempts = 3;

/** Who leaves so many requests in a row unanswered is left out for a while. */
const failures = 3;

/** What a caller is made of. */
export interface CallerParts {
  readonly discovery: Discovery;
  readonly record: RunRecord;
  readonly lines: readonly string[];
  /** Hears of each request that got no answer, before another provider is asked. */
  readonly onMiss: (miss: FailedAttempt) => void;
  /** Hears what becomes of the set of providers, and of the choice among them. */
  readonly onDiagnostic: (event: CacheDiagnosticEvent | BalancerDiagnosticEvent) => void;
}

/** Sends line after line to whoever is next, for as long as it is not stopped. */
export class Caller {
  readonly #cache: ServiceCache;
  readonly #balancer: Balancer;
  readonly #record: RunRecord;
  readonly #lines: readonly string[];
  readonly #onMiss: (miss: FailedAttempt) => void;
  readonly #underWay = new Set<Promise<void>>();
  #sending: Promise<void> | undefined;
  #isStopped = false;

  constructor({ discovery, record, lines, onMiss, onDiagnostic }: CallerParts) {
    this.#cache = openServiceCache({ discovery, services: [service], onDiagnostic });
    this.#balancer = createBalancer(this.#cache.service(service), {
      policy: roundRobin(),
      ejection: { failures },
      onDiagnostic: (event) => {
        if (event.type === 'instance-ejected') record.leftOut.push({ atMs: record.now(), provider: event.id });
        onDiagnostic(event);
      },
    });
    this.#record = record;
    this.#lines = lines;
    this.#onMiss = onMiss;
  }

  /** Resolves when it knows whom there is to call, and sends. */
  async start(): Promise<void> {
    await this.#cache.ready();
    this.#sending ??= this.#sendAll();
  }

  /** Resolves when every request has its answer. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#sending;
    await Promise.all(this.#underWay);
    this.#balancer.close();
    await this.#cache.close();
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
   * gap asks another one. Counting words twice does no harm; a request that must not be repeated needs more care.
   */
  async #call(line: string): Promise<void> {
    const { scene } = this.#record;
    const attempts: Attempt[] = [];
    this.#record.calls.push({ scene, words: countWords(line), attempts });
    const tried = new Set<string>();
    while (attempts.length < mostAttempts) {
      const chosen = this.#choose(tried);
      if (chosen === undefined) return;
      tried.add(chosen.instance.id);
      const attempt = await this.#attempt(chosen, line);
      attempts.push(attempt);
      if (attempt.type === 'served') return;
      this.#onMiss(attempt);
    }
  }

  /** Whose turn it is, if possible somebody who was not tried; undefined if there is nobody. */
  #choose(tried: ReadonlySet<string>): AcquiredInstance | undefined {
    try {
      return this.#balancer.acquire({ avoid: tried });
    } catch (error) {
      if (NoInstanceError.is(error)) return undefined;
      throw error;
    }
  }

  async #attempt(chosen: AcquiredInstance, line: string): Promise<Attempt> {
    const provider = chosen.instance.id;
    const sentAtMs = this.#record.now();
    try {
      const words = await askForWords(chosen.instance, line);
      chosen.done('success');
      return { type: 'served', provider, sentAtMs, words };
    } catch (error) {
      chosen.done('failure');
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
