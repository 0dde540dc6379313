import { randomUUID } from 'node:crypto';
import { etcdBackend, type EtcdOptions } from '@rollcall/backend-etcd';
import { openRegistry, type Registry } from '@rollcall/core';
import { Cast as SharedCast } from '@rollcall/testing-faults';
import { vi } from 'vitest';
import { lagMs } from '../faults/scene.ts';

/** What a client is told besides the prefix, which is the cast's. */
export interface ClientTerms extends Omit<EtcdOptions, 'prefix'> {
  readonly callTimeoutMs?: number;
}

/** A cast on etcd. */
export class Cast extends SharedCast {
  constructor(prefix: string = `/rollcall-${randomUUID()}`) {
    super({ prefix, lagMs });
  }

  /** A client that tries its endpoints in the order in which they are written. */
  client({ callTimeoutMs, ...options }: ClientTerms): Registry {
    // A client begins with any of its endpoints. Core has to keep its own source of jitter.
    const { random } = Math;
    const first = vi.spyOn(Math, 'random').mockReturnValue(0);
    try {
      return this.enter(
        (settings) =>
          openRegistry(
            { backend: 'etcd', prefix: this.prefix, ...options },
            { backends: [etcdBackend()], random, ...settings },
          ),
        callTimeoutMs,
      );
    } finally {
      first.mockRestore();
    }
  }
}

/** `endpoints`, from this one on. */
export function beginningWith(endpoints: readonly string[], first: string): readonly string[] {
  const at = endpoints.indexOf(first);
  return [...endpoints.slice(at), ...endpoints.slice(0, at)];
}
