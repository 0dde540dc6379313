import type { KeyValueKeys } from './key-value-keys.ts';
import type { KeyValueConnection } from './store/key-value-connection.ts';

/** What every part of the driver works with: one connection, and where entries stand in the store. */
export interface KeyValueClient {
  readonly connection: KeyValueConnection;
  readonly keys: KeyValueKeys;
  /** Aborts when the driver is disposed: ends what goes on for nobody (C3). */
  readonly ending: AbortSignal;
}
