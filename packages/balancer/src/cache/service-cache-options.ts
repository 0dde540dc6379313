import type { Clock, Discovery, Environment } from '@rollcall/core';
import type { ProtectionOptions } from '../protection/protection-terms.ts';
import type { CacheDiagnosticEvent } from './cache-diagnostics.ts';

/** A file in which the last known sets stand, so that a process can start while the registry is out of reach. */
export interface SnapshotOptions {
  /** The file; its folder must exist. Processes that share it follow the same registry, and the last one that writes wins. */
  readonly path: string;
  /** What the sets belong to, such as `prod`: a file of another scope is refused. @defaultValue '' */
  readonly scope?: string | undefined;
  /** Sets that the registry showed longer ago are not served, in milliseconds by the wall clock. @defaultValue 86_400_000 */
  readonly maxAgeMs?: number | undefined;
  /** How long the registry has to answer first, in milliseconds. @defaultValue 1_000 */
  readonly afterMs?: number | undefined;
}

/** Services that go elsewhere than the registry says, for local development. One that is overridden is not watched. */
export interface OverridesOptions {
  /**
   * A JSON file with a key for each service: `{"orders":"localhost:8080"}`. Read again when it changes; none is none. Keep it out of
   * version control.
   */
  readonly file?: string | undefined;
  /** Variables such as `process.env`: `SERVICE_OVERRIDES` holds the same JSON, and wins over the file. */
  readonly environment?: Environment | undefined;
}

/** Options of a cache. Unknown keys are refused with a `TypeError`. */
export interface ServiceCacheOptions {
  /** Where the sets come from: a registry. It stays yours to close. May be left out where overrides are given, which then are all. */
  readonly discovery?: Discovery | undefined;
  /** Services that are watched from the start; others are from when they are first asked for. @defaultValue [] */
  readonly services?: readonly string[] | undefined;
  /** How long a set is served while the registry is out of reach, in milliseconds. @defaultValue without end */
  readonly maxStaleMs?: number | undefined;
  /** What happens when many instances are missed at once: see `ProtectionOptions`. `'off'` believes everything. @defaultValue {} */
  readonly protection?: 'off' | ProtectionOptions | undefined;
  /** A file for the last known sets. @defaultValue none */
  readonly snapshot?: SnapshotOptions | undefined;
  /** Services that go elsewhere. @defaultValue none */
  readonly overrides?: OverridesOptions | undefined;
  /** What happened in the background. What it throws stops nothing. */
  readonly onDiagnostic?: ((event: CacheDiagnosticEvent) => unknown) | undefined;
  /** What all bounds follow: the registry's. @defaultValue systemClock */
  readonly clock?: Clock | undefined;
  /** Milliseconds since 1970, for the age of the snapshot alone. @defaultValue Date.now */
  readonly wallClock?: (() => number) | undefined;
}
