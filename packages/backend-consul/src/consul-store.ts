import type { Clock } from '@rollcall/core/driver';
import type { ConsulApi, EntriesTerms } from './agent/consul-api.ts';
import type { ConsulLayout } from './layout/consul-entry.ts';
import type { SharedReads } from './leasing/shared-reads.ts';

/** What every part of a driver works with: one agent, and where entries stand in Consul. */
export interface ConsulStore {
  readonly api: ConsulApi;
  readonly layout: ConsulLayout;
  /** What stands, for whoever writes. */
  readonly reads: SharedReads;
  readonly clock: Clock;
  /** For messages, without credentials. */
  readonly address: string;
  /** How long Consul keeps a service whose check has turned critical, in milliseconds. */
  readonly deregisterAfterMs: number;
  /** How long a poll may wait, in milliseconds. */
  readonly waitMs: number;
  /** Who answers lists and watches. */
  readonly readsFrom: EntriesTerms['from'];
}
