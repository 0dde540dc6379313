import { setMaxListeners } from 'node:events';
import { RegistryError } from '@rollcall/core/driver';
import type { StoredAt } from '../agent/consul-api.ts';
import { ConsulFailure, isUnknownCheck } from '../agent/consul-failure.ts';
import { assertGone } from '../agent/visibility.ts';
import { consulError, describeAttempt } from '../consul-errors.ts';
import type { ConsulStore } from '../consul-store.ts';
import { readStanding } from './catalog.ts';
import { checkId } from './lease-check.ts';
import { expired, type HeldEntry, verdict } from './verdict.ts';

/** An entry whose check is to be renewed. */
export interface RenewableEntry extends HeldEntry, StoredAt {
  /** From then on nobody believes in it any more, and its check must not pass again (L3, L5). On the store's clock. */
  readonly aliveUntil: number;
  readonly token: string;
  readonly ttlMs: number;
}

/** A renewal that was asked for. */
interface Asked {
  readonly entry: RenewableEntry;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** How long a renewal waits for others of its service to share a read with, as a share of its TTL and in milliseconds at most. */
const gathering = { shareOfTtl: 1 / 50, mostMs: 50 };

/** How long a round may take, as a share of the shortest TTL in it: what core gives one attempt (L4). */
const boundShareOfTtl = 1 / 6;

/**
 * Renews leases. An agent answers `pass` by itself, whatever the catalog says: so those of one service that fall due together share one read
 * of it, which tells whether the entries stand, pass, and count (L6).
 */
export class Renewals {
  readonly #store: ConsulStore;
  /** By service. */
  readonly #gathering = new Map<string, Asked[]>();

  constructor(store: ConsulStore) {
    this.#store = store;
  }

  /** @throws RegistryError as `DriverLease.renew` */
  renew(entry: RenewableEntry): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#store.clock.now() >= entry.aliveUntil) {
        reject(expired(entry, this.#store.address));
        return;
      }
      const asked = { entry, resolve, reject };
      const others = this.#gathering.get(entry.service);
      if (others !== undefined) return void others.push(asked);
      this.#gathering.set(entry.service, [asked]);
      const waitMs = Math.min(gathering.mostMs, entry.ttlMs * gathering.shareOfTtl);
      this.#store.clock.schedule(waitMs, () => this.#depart(entry.service), { background: true });
    });
  }

  #depart(service: string): void {
    const round: Asked[] = [];
    // An agent lets a check that has run out pass again: whose time ended while the round was gathered stays out.
    for (const asked of this.#gathering.get(service) ?? []) {
      if (this.#store.clock.now() < asked.entry.aliveUntil) round.push(asked);
      else asked.reject(expired(asked.entry, this.#store.address));
    }
    this.#gathering.delete(service);
    if (round.length > 0) void this.#run(service, round);
  }

  async #run(service: string, round: readonly Asked[]): Promise<void> {
    const { clock } = this.#store;
    const giveUp = new AbortController();
    // All passes of the round listen to it.
    setMaxListeners(0, giveUp.signal);
    const boundMs = boundShareOfTtl * Math.min(...round.map(({ entry }) => entry.ttlMs));
    const late = (): void => giveUp.abort(new ConsulFailure(`no answer to a renewal within ${Math.round(boundMs)} ms`));
    const bound = clock.schedule(boundMs, late, { background: true });
    try {
      const problems = await this.#problems(
        service,
        round.map(({ entry }) => entry),
        giveUp.signal,
      );
      for (const { entry, resolve, reject } of round) {
        const problem = problems.get(entry);
        if (problem === undefined) resolve();
        else reject(problem);
      }
    } catch (error) {
      for (const { entry, reject } of round) reject(this.#failure(entry, error));
    } finally {
      bound[Symbol.dispose]();
    }
  }

  /** What is to be told of each entry; of those that are renewed nothing. Rejects where nothing can be told of any. */
  async #problems(
    service: string,
    entries: readonly RenewableEntry[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<RenewableEntry, unknown>> {
    const unpassed = new Map<RenewableEntry, unknown>();
    await Promise.all(
      entries.map((entry) => this.#pass(entry, signal).catch((error: unknown) => unpassed.set(entry, error))),
    );
    const ids = entries.map(({ instanceId }) => instanceId);
    const standing = await readStanding(this.#store, service, ids, signal);
    const unseen = entries.filter(({ serviceId }) => !standing.present.has(serviceId));
    if (unseen.length > 0) await assertGone(this.#store.api, unseen, signal);
    return new Map(
      entries.flatMap((entry) => {
        const problem: unknown = verdict(this.#store, 'renew the lease of', entry, standing) ?? unpassed.get(entry);
        return problem === undefined ? [] : [[entry, problem]];
      }),
    );
  }

  /** Rejects with what to tell the owner. */
  async #pass(entry: RenewableEntry, signal: AbortSignal): Promise<void> {
    try {
      await this.#store.api.pass(checkId(entry.token), signal);
    } catch (error) {
      throw isUnknownCheck(error) ? unknown(entry, this.#store.address) : this.#failure(entry, error);
    }
  }

  #failure({ service, instanceId: id }: RenewableEntry, error: unknown): unknown {
    return consulError({ action: 'renew the lease of', service, id }, this.#store.address, error);
  }
}

/** The catalog may go on to show what the agent has lost: with nobody to let it expire. */
function unknown({ service, instanceId: id }: RenewableEntry, address: string): RegistryError {
  const attempt = describeAttempt({ action: 'renew the lease of', service, id }, address);
  return new RegistryError('LEASE_NOT_FOUND', `Could not ${attempt}: the agent does not know the check any more.`);
}
