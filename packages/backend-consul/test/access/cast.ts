import { randomUUID } from 'node:crypto';
import { type ConsulOptions, consulBackend } from '@rollcall/backend-consul';
import { openRegistry, type Registry } from '@rollcall/core';
import { Cast as SharedCast } from '@rollcall/testing-faults';

/** Consul's declared lag (L3). */
export const lagMs = 1_000;

/** What a client is told besides the prefix, which is the cast's. */
export interface ClientTerms extends Omit<ConsulOptions, 'address' | 'prefix'> {
  /** The one address. */
  readonly endpoints: string;
  readonly callTimeoutMs?: number;
}

/** A cast on an agent of Consul, with whatever a client has to be told to be let in. */
export class Cast extends SharedCast {
  constructor() {
    super({ prefix: `${randomUUID().slice(0, 8)}-`, lagMs });
  }

  /** Consul's name of the cast's service, which needs no escapes. */
  get consulName(): string {
    return `${this.prefix}${this.service}`;
  }

  client({ endpoints: address, callTimeoutMs, ...options }: ClientTerms): Registry {
    const config = { backend: 'consul', ...options, address, prefix: this.prefix } as const;
    return this.enter((settings) => openRegistry(config, { backends: [consulBackend()], ...settings }), callTimeoutMs);
  }
}
