import { type DriverCallOptions, type DriverLease, RegistryError, type ServiceInstance } from '@rollcall/core/driver';
import { assertGone } from '../agent/visibility.ts';
import { consulError } from '../consul-errors.ts';
import type { ConsulStore } from '../consul-store.ts';
import { type ConsulEntry, isSameRecord } from '../layout/consul-entry.ts';
import type { Standing } from '../layout/standing.ts';
import { waitFor } from './catalog.ts';
import { checkOf } from './lease-check.ts';
import type { WrittenEntry } from './register-entry.ts';
import type { RenewableEntry, Renewals } from './renewals.ts';
import { verdict } from './verdict.ts';

/** One lease: a service of Consul's that is nobody else's, with its check. */
export class ConsulLease implements DriverLease, RenewableEntry {
  readonly service: string;
  readonly instanceId: string;
  readonly #store: ConsulStore;
  readonly #renewals: Renewals;
  readonly #entry: WrittenEntry;
  /** How often the entry was written, or may have been. */
  #writes = 1;
  /** The newest that anybody asked to be written. */
  #instance: ServiceInstance;
  /** What was written last, and what may have been written since. */
  #written: ReadonlySet<ServiceInstance>;
  /** Writes follow one another: an older one must not overtake a newer. */
  #writing: Promise<unknown> = Promise.resolve();
  /** The token's, by which the agent tells the catalog of the entry. */
  #tokenVersion: number;
  #aliveUntil: number;

  constructor(store: ConsulStore, renewals: Renewals, instance: ServiceInstance, entry: WrittenEntry) {
    const { service, id } = instance;
    this.#instance = instance;
    this.#written = new Set([instance]);
    this.#tokenVersion = entry.tokenVersion;
    this.#store = store;
    this.#renewals = renewals;
    this.#entry = entry;
    this.service = service;
    this.instanceId = id;
    this.#aliveUntil = entry.writtenAt + entry.ttlMs;
  }

  get id(): string {
    return this.token;
  }

  get ttlMs(): number {
    return this.#entry.ttlMs;
  }

  get serviceId(): string {
    return this.#entry.serviceId;
  }

  get aliveUntil(): number {
    return this.#aliveUntil;
  }

  get node(): string {
    return this.#entry.node;
  }

  get token(): string {
    return this.#entry.key.token;
  }

  get owner(): string {
    return this.#entry.key.owner;
  }

  isWritten(entry: ConsulEntry): boolean {
    const { layout } = this.#store;
    return Array.from(this.#written, (instance) => layout.registration(instance, this.#entry.key)).some((record) =>
      isSameRecord(entry, record),
    );
  }

  /** Bounded by the round that it shares, so that no signal has to be made for it. */
  async renew(options: DriverCallOptions): Promise<void> {
    const { clock } = this.#store;
    const askedAt = clock.now();
    try {
      await this.#renewals.renew(this);
    } catch (error) {
      await this.#withdrawIfSuperseded(error, options);
      throw error;
    }
    this.#aliveUntil = askedAt + this.ttlMs;
    if (this.#isUnderOldToken) await this.update(this.#instance, options);
  }

  async update(instance: ServiceInstance, options: DriverCallOptions): Promise<void> {
    this.#instance = instance;
    const write = this.#writing.then(() => this.#write(options));
    this.#writing = write.catch(() => undefined);
    await write;
  }

  /** Whether the agent could not tell the catalog any more that the entry is over. */
  get #isUnderOldToken(): boolean {
    return this.#tokenVersion !== this.#store.api.tokenVersion;
  }

  /**
   * Registers the service again under its own ID and check. A check that is there keeps its status; where it was removed the new one
   * is critical, so that an update that comes too late shows nobody anything, and is taken back.
   */
  async #write({ signal }: DriverCallOptions): Promise<void> {
    const instance = this.#instance;
    const { key, ttlMs } = this.#entry;
    const { api, layout } = this.#store;
    const { tokenVersion } = api;
    const registration = layout.registration(instance, key);
    try {
      await this.#assertHeld(await this.#standing(signal), signal);
      this.#writes += 1;
      const check = checkOf(this.#store, key, { ttlMs, status: 'critical', write: this.#writes });
      this.#written = new Set([...this.#written, instance]);
      await api.register(registration, check, signal);
      const written = (standing: Standing): Standing | undefined => {
        const own = standing.all.get(this.serviceId);
        return own !== undefined && isSameRecord(own, registration) ? standing : undefined;
      };
      const standing = await waitFor(this.#store, instance, written, signal);
      this.#written = new Set([instance]);
      this.#tokenVersion = tokenVersion;
      if (standing.all.get(this.serviceId)?.isPassing !== true) await api.deregister(this.serviceId, signal);
      await this.#assertHeld(standing, signal);
    } catch (error) {
      await this.#withdrawIfSuperseded(error, { signal });
      throw this.#failure('update', error);
    }
  }

  async revoke({ signal }: DriverCallOptions): Promise<void> {
    try {
      await this.#store.api.deregister(this.serviceId, signal);
      if (this.#isUnderOldToken) await this.#store.api.deregisterFromCatalog(this, signal);
      const gone = ({ all }: Standing): true | undefined =>
        all.get(this.serviceId)?.isPassing === true ? undefined : true;
      await waitFor(this.#store, { service: this.service, id: this.instanceId }, gone, signal);
    } catch (error) {
      throw this.#failure('deregister', error);
    }
  }

  #standing(signal: AbortSignal): Promise<Standing> {
    return this.#store.reads.standing(this.service, this.instanceId, signal);
  }

  /** Rejects with what to tell the owner of an entry that is not theirs any more (L6, R3). */
  async #assertHeld(standing: Standing, signal: AbortSignal): Promise<void> {
    if (!standing.present.has(this.serviceId)) await assertGone(this.#store.api, [this], signal);
    const problem: RegistryError | undefined = verdict(this.#store, 'update', this, standing);
    if (problem !== undefined) throw problem;
  }

  /**
   * What an owner who has been superseded leaves at an agent of their own would show again once the newcomer has gone (R3). It is
   * nobody's then: where this is not answered, it goes with its check.
   */
  async #withdrawIfSuperseded(error: unknown, options: DriverCallOptions): Promise<void> {
    if (!RegistryError.is(error, 'LEASE_SUPERSEDED')) return;
    try {
      await this.revoke(options);
    } catch {
      // What is told is that it was superseded.
    }
  }

  #failure(action: string, error: unknown): unknown {
    return consulError({ action, service: this.service, id: this.instanceId }, this.#store.address, error);
  }
}
