import { consulBackend } from '@rollcall/backend-consul';
import { createRegistry, type Registry, type RegistryOptions, systemClock } from '@rollcall/core';

/** Consul's declared lag (L3). */
export const lagMs = 1_000;

/** The driver's bound on connecting. */
export const dialMs = 2_000;

/** The driver's bound on the wait for an answer, and for each next part of it. */
export const requestMs = 3_000;

/** undici looks at the clock twice a second only: its bounds may come so much later. */
export const coarseMs = 1_000;

/** Where a registry is, and how long its polls wait. */
export interface ConsulPlace {
  /** Such as `127.0.0.1:1234`. */
  readonly endpoint: string;
  readonly prefix: string;
  /** Default: the driver's own. */
  readonly waitMs?: number;
}

/** A registry at one agent, with the driver's own bounds. */
export function consulRegistry({ endpoint, prefix, waitMs }: ConsulPlace, options: RegistryOptions): Registry {
  const backend = consulBackend();
  const config = { address: endpoint, prefix, waitMs };
  return createRegistry(backend.open(backend.parse(config), { clock: systemClock }), options);
}
