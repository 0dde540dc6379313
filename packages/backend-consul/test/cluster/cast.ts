import { randomUUID } from 'node:crypto';
import type { Registry } from '@rollcall/core';
import { Cast as SharedCast } from '@rollcall/testing-faults';
import { type ConsulPlace, consulRegistry, lagMs } from '../faults/consul-registry.ts';

/** What a client is told besides the prefix, which is the cast's. */
interface ClientTerms extends Omit<ConsulPlace, 'endpoint' | 'prefix'> {
  readonly endpoints: string;
  readonly callTimeoutMs?: number;
}

/** A cast on Consul. */
export class Cast extends SharedCast {
  constructor() {
    super({ prefix: `${randomUUID().slice(0, 8)}-`, lagMs });
  }

  /** Consul's name of the cast's service, which needs no escapes. */
  get consulName(): string {
    return `${this.prefix}${this.service}`;
  }

  /** A client of the agent at this endpoint. */
  client({ endpoints: endpoint, callTimeoutMs, ...place }: ClientTerms): Registry {
    return this.enter((options) => consulRegistry({ ...place, endpoint, prefix: this.prefix }, options), callTimeoutMs);
  }
}
