import type { CallerSignals } from '../cancelling/caller-signals.ts';
import type { LateSignal } from '../cancelling/late-signal.ts';
import type { Diagnostics } from '../diagnostics/diagnostics.ts';
import type { CallGate } from '../driver/call-gate.ts';
import type { DriverCalls } from '../driver/driver-calls.ts';
import type { RegistryDriver } from '../driver/registry-driver.ts';
import type { Clock } from '../time/clock.ts';
import type { DeadlineQueue } from '../time/deadline-queue.ts';
import type { WakeLock } from '../time/wake-lock.ts';
import type { Unfinished } from './unfinished.ts';

/** What everything in one registry shares. Two registries share nothing. */
export interface RegistryParts {
  readonly driver: RegistryDriver;
  readonly clock: Clock;
  readonly random: () => number;
  readonly callTimeoutMs: number;
  readonly diagnostics: Diagnostics;
  /** Every deadline of every registration; the bounds of calls stand in a queue of their own. */
  readonly queue: DeadlineQueue;
  readonly gate: CallGate;
  readonly calls: DriverCalls;
  readonly wakeLock: WakeLock;
  readonly signals: CallerSignals;
  /** Aborts with `REGISTRY_CLOSED` when the registry closes. */
  readonly ending: LateSignal;
  /** Registering and removing that is under way, also for nobody: closing waits for it (C2). */
  readonly unfinished: Unfinished;
}
