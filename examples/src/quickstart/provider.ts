import type { InstancePatch } from '@rollcall/core';

/** The service that the providers of this demo provide, under one name. */
export const service: string = 'word-count';

/** What a provider's last breath tells. */
export interface Crash {
  /** How long before the crash the last renewal was sent that the backend acknowledged. Registering counts as one. */
  readonly renewedMsAgo: number;
}

/** What an update came to. */
export interface Updated {
  readonly keptItsLease: boolean;
}

/**
 * One provider as the scenes see it: what can be asked of it, and nothing about how it is run. Here each runs in this
 * process (`in-process.ts`); with a real backend each would be a process of its own.
 */
export interface Provider extends AsyncDisposable {
  readonly name: string;
  /** Changes its entry while it goes on serving. */
  update(patch: InstancePatch): Promise<Updated>;
  /** Says goodbye: deregisters, answers what is under way, closes. Nothing happens after a crash. Disposing stops. */
  stop(): Promise<void>;
  /** Ends without a goodbye. */
  crash(): Promise<Crash>;
}

/** Starts a provider: resolves once it listens and everybody can see it. */
export type Launch = (name: string) => Promise<Provider>;
