import type { Clock } from '@rollcall/core/driver';
import { pause } from '../agent/pauses.ts';
import type { Standing } from '../layout/standing.ts';

/** How long a read that is on its way is waited for before another goes out beside it, in milliseconds. */
const patienceMs = 50;

/** Reads what stands of these ids of a service. */
export type ReadStanding = (service: string, ids: readonly string[], signal: AbortSignal) => Promise<Standing>;

/** A read that has not gone out yet, and who waits for it. */
interface Round {
  readonly ids: Set<string>;
  readonly giveUp: AbortController;
  readonly standing: Promise<Standing>;
  waiting: number;
}

/**
 * Whoever asks while a read of the same service is on its way gets the next, with all others who do, which goes out when that is back. So each
 * read goes out after it was asked for, and a burst of registrations costs few.
 */
export class SharedReads {
  readonly #read: ReadStanding;
  readonly #clock: Clock;
  /** By service: the round that can be joined, and the read that is on its way. */
  readonly #joinable = new Map<string, Round>();
  readonly #underWay = new Map<string, Promise<unknown>>();

  constructor(read: ReadStanding, clock: Clock) {
    this.#read = read;
    this.#clock = clock;
  }

  /** What stands of an id, as the leader knows it; perhaps with others. Rejects with the reason of `signal` as soon as it aborts. */
  standing(service: string, id: string, signal: AbortSignal): Promise<Standing> {
    const joinable = this.#joinable.get(service);
    // Who is alone need not be bundled with anybody.
    if (joinable === undefined && !this.#underWay.has(service)) return this.#send(service, [id], signal);
    const round = joinable ?? this.#newRound(service);
    round.ids.add(id);
    round.waiting += 1;
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        reject(signal.reason);
        round.waiting -= 1;
        if (round.waiting === 0) this.#drop(service, round, signal.reason);
      };
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
      void round.standing.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    });
  }

  #newRound(service: string): Round {
    const ids = new Set<string>();
    const giveUp = new AbortController();
    const round = { ids, giveUp, waiting: 0, standing: this.#depart(service, ids, giveUp.signal) };
    this.#joinable.set(service, round);
    return round;
  }

  /** Nobody waits for it any more, and nobody may join it. */
  #drop(service: string, { ids, giveUp }: Round, reason: unknown): void {
    this.#close(service, ids);
    giveUp.abort(reason);
  }

  #close(service: string, ids: ReadonlySet<string>): void {
    if (this.#joinable.get(service)?.ids === ids) this.#joinable.delete(service);
  }

  async #depart(service: string, ids: ReadonlySet<string>, signal: AbortSignal): Promise<Standing> {
    await this.#untilOthersAreBack(service);
    this.#close(service, ids);
    return this.#send(service, [...ids], signal);
  }

  async #send(service: string, ids: readonly string[], signal: AbortSignal): Promise<Standing> {
    signal.throwIfAborted();
    const reading = this.#read(service, ids, signal);
    this.#underWay.set(service, reading);
    try {
      return await reading;
    } finally {
      if (this.#underWay.get(service) === reading) this.#underWay.delete(service);
    }
  }

  async #untilOthersAreBack(service: string): Promise<void> {
    const underWay = this.#underWay.get(service);
    if (underWay === undefined) return;
    const patience = new AbortController();
    await Promise.race([underWay, pause(this.#clock, patienceMs, patience.signal)]).catch(() => undefined);
    patience.abort();
  }
}
