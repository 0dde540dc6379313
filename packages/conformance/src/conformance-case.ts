import type { BackendCapabilities } from '@rollcall/core/driver';
import type { Stage } from './stage.ts';

/** A clause of docs/semantics.md, by its name that never changes. */
export type Clause = `${'I' | 'R' | 'L' | 'D' | 'W' | 'E' | 'C' | 'T' | 'B'}${number}`;

/** A capability without which a case has no meaning. The only excuse there is. */
export interface Need {
  /** As the report tells it: `onConflict 'reject'`. */
  readonly label: string;
  /** Whether a backend that declares these capabilities has it. */
  readonly isMet: (capabilities: BackendCapabilities) => boolean;
}

/** One promise, acted out on a fresh world: data, for any test runner. */
export interface ConformanceCase {
  /** The clause that it proves. */
  readonly clause: Clause;
  /** What is promised, as a sentence that holds: `an entry whose owner fell silent leaves every watch by T + lag`. */
  readonly title: string;
  /** The report of another registry's users that this case answers: `go-kratos/kratos#3310`. */
  readonly answers?: string | undefined;
  /** What a backend must be able to do for it. @defaultValue nothing */
  readonly needs?: Need | undefined;
  /** Acts it out. Rejects when the promise is broken. `runCase` makes the stage and ends it. */
  readonly run: (stage: Stage) => Promise<void>;
}

/** Rejecting a newcomer atomically (R4). */
export const needsReject: Need = {
  label: "onConflict 'reject'",
  isMet: (capabilities) => capabilities.conflict.includes('reject'),
};

/** Fencing that holds for writes that cross within one round trip (R4). */
export const needsAtomicFencing: Need = {
  label: 'atomic fencing',
  isMet: (capabilities) => capabilities.fencing === 'atomic',
};
