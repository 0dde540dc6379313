import type { InstancePatch } from '@rollcall/core';

/** The service that the providers of this demo provide, under one name. */
export const service: string = 'word-count';

/** What a provider's last breath tells. */
export interface Crash {
  /** What happened to it, to go after its name. */
  readonly how: string;
  /** How long before the crash the last renewal was sent that the backend acknowledged. Registering counts as one. */
  readonly renewedMsAgo: number;
}

/** What an update came to. */
export interface Updated {
  readonly keptItsLease: boolean;
}

/** Who a provider is. */
export interface Player {
  readonly name: string;
  /** Of the process that is its own; undefined if it has none. */
  readonly pid: number | undefined;
}

/**
 * One provider as the scenes see it: what can be asked of it, and nothing about how it is run. On memory each runs in this
 * process (`in-process.ts`); on a real backend each is a process of its own (`own-processes.ts`). Disposing leaves
 * nothing of it running.
 */
export interface Provider extends Player, AsyncDisposable {
  /** Changes its entry while it goes on serving. */
  update(patch: InstancePatch): Promise<Updated>;
  /** Says goodbye: deregisters, answers what is under way, closes. Nothing happens after a crash. */
  stop(): Promise<void>;
  /** Ends without a goodbye. */
  crash(): Promise<Crash>;
}

/** Starts a provider: resolves once it listens and everybody can see it. */
export type Launch = (name: string) => Promise<Provider>;
