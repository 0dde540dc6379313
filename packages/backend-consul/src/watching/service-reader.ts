import type { DriverSnapshot, MalformedRecord, ServiceInstance } from '@rollcall/core/driver';
import type { StoredAt } from '../agent/consul-api.ts';
import { type ConsulEntry, type ConsulLayout, type ConsulRow, isPassing } from '../layout/consul-entry.ts';
import { standingIn } from '../layout/standing.ts';

/** What was read of one service. */
export interface ServiceRead {
  readonly snapshot: DriverSnapshot;
  /** Entries that were shown last, and are not there any more. */
  readonly vanished: readonly StoredAt[];
}

/** An entry that was read before; its instance, if anybody could see it. */
interface KnownEntry {
  readonly modifyIndex: number;
  readonly entry: ConsulEntry;
  instance: ServiceInstance | undefined;
}

/** Turns answers about one service into snapshots. A row that did not change is the same instance again, not a new one. */
export class ServiceReader {
  readonly #layout: ConsulLayout;
  readonly #service: string;
  /** By Consul's service ID. */
  #known: ReadonlyMap<string, KnownEntry> = new Map<string, KnownEntry>();
  #lastShown: readonly StoredAt[];

  /** @param lastShown what a reader before it had shown */
  constructor(layout: ConsulLayout, service: string, lastShown: readonly StoredAt[] = []) {
    this.#layout = layout;
    this.#service = service;
    this.#lastShown = lastShown;
  }

  /** The entries of the last read that was shown. */
  get lastShown(): readonly StoredAt[] {
    return this.#lastShown;
  }

  /** What was read last is believed. */
  shown(): void {
    this.#lastShown = Array.from(this.#known.values(), ({ entry: { node, serviceId } }) => ({ node, serviceId }));
  }

  read(rows: readonly ConsulRow[]): ServiceRead {
    const known = new Map<string, KnownEntry>();
    const entryOf = (row: ConsulRow): ConsulEntry => {
      const one = this.#known.get(row.Service.ID);
      const again = one?.modifyIndex === row.Service.ModifyIndex ? one : undefined;
      const next = again === undefined ? newlyKnown(this.#layout.entry(row), row) : asItPasses(again, row);
      known.set(row.Service.ID, next);
      return next.entry;
    };
    const { newest, malformed: unreadable } = standingIn(this.#layout, this.#service, rows, entryOf);
    const malformed: MalformedRecord[] = [...unreadable];
    const instances: ServiceInstance[] = [];
    for (const entry of newest.values()) {
      const one = known.get(entry.serviceId);
      if (!entry.isPassing || one === undefined) continue;
      try {
        instances.push((one.instance ??= this.#layout.instance(entry)));
      } catch (error) {
        malformed.push({ key: `${entry.row.Service.Service}/${entry.serviceId}`, id: entry.id, error });
      }
    }
    const present = new Set(rows.map(({ Service }) => Service.ID));
    const vanished = this.#lastShown.filter(({ serviceId }) => !present.has(serviceId));
    this.#known = known;
    return { snapshot: { type: 'snapshot', instances, ...(malformed.length > 0 && { malformed }) }, vanished };
  }
}

function newlyKnown(entry: ConsulEntry, { Service }: ConsulRow): KnownEntry {
  return { modifyIndex: Service.ModifyIndex, entry, instance: undefined };
}

function asItPasses(known: KnownEntry, row: ConsulRow): KnownEntry {
  const passes = isPassing(row);
  return known.entry.isPassing === passes ? known : { ...known, entry: { ...known.entry, isPassing: passes } };
}
