import { RegistryError } from '@rollcall/core/driver';
import { isUnknownCheck } from '../agent/consul-failure.ts';
import { consulError, describeAttempt } from '../consul-errors.ts';
import type { ConsulStore } from '../consul-store.ts';
import { readStanding } from './catalog.ts';
import { checkId } from './register-entry.ts';
import { type HeldEntry, verdict } from './verdict.ts';

/** An entry whose check is to be renewed. */
export interface RenewableEntry extends HeldEntry {
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
const gathering = { shareOfTtl: 1 / 100, mostMs: 50 };

/** How long a round may take, as a share of the shortest TTL in it: what core gives one attempt (L4). */
const boundShareOfTtl = 1 / 6;

/** Up to so many ids are asked for by name; of more the whole service is read. */
const mostInFilter = 16;

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
      const asked = { entry, resolve, reject };
      const others = this.#gathering.get(entry.service);
      if (others !== undefined) return void others.push(asked);
      this.#gathering.set(entry.service, [asked]);
      const waitMs = Math.min(gathering.mostMs, entry.ttlMs * gathering.shareOfTtl);
      this.#store.clock.schedule(waitMs, () => this.#depart(entry.service), { background: true });
    });
  }

  #depart(service: string): void {
    const round = this.#gathering.get(service) ?? [];
    this.#gathering.delete(service);
    void this.#run(service, round);
  }

  async #run(service: string, round: readonly Asked[]): Promise<void> {
    const { clock, address } = this.#store;
    const giveUp = new AbortController();
    const boundMs = boundShareOfTtl * Math.min(...round.map(({ entry }) => entry.ttlMs));
    const late = (): void =>
      giveUp.abort(new DOMException(`no answer to a renewal within ${boundMs} ms`, 'TimeoutError'));
    const bound = clock.schedule(boundMs, late, { background: true });
    try {
      const passed = await Promise.all(round.map(({ entry }) => this.#pass(entry, giveUp.signal)));
      const ids = round.map(({ entry }) => entry.instanceId);
      const standing = await readStanding(this.#store, service, ids.length > mostInFilter ? [] : ids, giveUp.signal);
      round.forEach(({ entry, resolve, reject }, index) => {
        const problem =
          verdict(this.#store, entry, standing) ?? (passed[index] === true ? undefined : unknown(entry, address));
        if (problem === undefined) resolve();
        else reject(problem);
      });
    } catch (error) {
      for (const { entry, reject } of round)
        reject(consulError({ action: 'renew the lease of', service, id: entry.instanceId }, address, error));
    } finally {
      bound[Symbol.dispose]();
    }
  }

  /** @returns whether the agent knows the check */
  async #pass({ token }: RenewableEntry, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#store.api.pass(checkId(token), signal);
      return true;
    } catch (error) {
      if (isUnknownCheck(error)) return false;
      throw error;
    }
  }
}

/** The catalog may go on to show what the agent has lost: with nobody to let it expire. */
function unknown({ service, instanceId: id }: RenewableEntry, address: string): RegistryError {
  const attempt = describeAttempt({ action: 'renew the lease of', service, id }, address);
  return new RegistryError('LEASE_NOT_FOUND', `Could not ${attempt}: the agent does not know the check any more.`);
}
