import type { DriverSnapshot, MalformedRecord, ServiceInstance } from '@rollcall/core/driver';
import type { ConsulEntry, ConsulLayout, ConsulRow } from '../layout/consul-entry.ts';
import { standingIn } from '../layout/standing.ts';

interface ReadInstance {
  readonly modifyIndex: number;
  readonly instance: ServiceInstance;
}

/** Turns answers about one service into snapshots. A row that did not change is the same instance again, not a new one. */
export class ServiceReader {
  readonly #layout: ConsulLayout;
  readonly #service: string;
  #read: ReadonlyMap<string, ReadInstance> = new Map<string, ReadInstance>();

  constructor(layout: ConsulLayout, service: string) {
    this.#layout = layout;
    this.#service = service;
  }

  snapshotOf(rows: readonly ConsulRow[]): DriverSnapshot {
    const { newest, malformed: unreadable } = standingIn(this.#layout, this.#service, rows);
    const read = new Map<string, ReadInstance>();
    const malformed: MalformedRecord[] = [...unreadable];
    for (const entry of newest.values()) {
      if (!entry.isPassing) continue;
      try {
        read.set(entry.serviceId, this.#instance(entry));
      } catch (error) {
        malformed.push({ key: `${entry.row.Service.Service}/${entry.serviceId}`, id: entry.id, error });
      }
    }
    this.#read = read;
    const instances = Array.from(read.values(), ({ instance }) => instance);
    return { type: 'snapshot', instances, ...(malformed.length > 0 && { malformed }) };
  }

  #instance(entry: ConsulEntry): ReadInstance {
    const modifyIndex = entry.row.Service.ModifyIndex;
    const former = this.#read.get(entry.serviceId);
    return former?.modifyIndex === modifyIndex ? former : { modifyIndex, instance: this.#layout.instance(entry) };
  }
}
