import type { Registry } from '@rollcall/core';
import type { Link } from './link.ts';
import type { Launch } from '../providing/provider.ts';

/** Where the demo is played: a backend, and a way to run providers. */
export interface Venue {
  /** Lines that tell which backend it is and how providers are run, with the sentence that tells when entries expire. */
  readonly about: (expiry: string) => readonly string[];
  /** For the demo's own process, which closes it. */
  readonly registry: Registry;
  /** How that registry reaches the backend; undefined if that is not the demo's to cut. */
  readonly link: Link | undefined;
  readonly launch: Launch;
  /** Aborts, with an error that says why, when going on makes no sense. */
  readonly brokenOff: AbortSignal;
}

/** Plays the demo. */
export type Performance = (venue: Venue) => Promise<void>;
