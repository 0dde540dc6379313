import type { ServiceInstance } from '@rollcall/core';

/** One service as it stands on disk. */
export interface SavedService {
  readonly service: string;
  /** When the registry last showed it so, in milliseconds since 1970. */
  readonly seenAt: number;
  /** Sorted by `id`, frozen. */
  readonly instances: readonly ServiceInstance[];
}
