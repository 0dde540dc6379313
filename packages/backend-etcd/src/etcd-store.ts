import type { Clock } from '@rollcall/core/driver';
import type { EtcdConnection } from './connection/etcd-connection.ts';
import type { EtcdKeys } from './etcd-keys.ts';

/** What every part of a driver works with: one cluster, and where entries stand in it. */
export interface EtcdStore {
  readonly connection: EtcdConnection;
  readonly keys: EtcdKeys;
  readonly clock: Clock;
  /** For messages, without credentials. */
  readonly address: string;
}
