import { CallerSignals } from '../src/cancelling/caller-signals.ts';
import { LateSignal } from '../src/cancelling/late-signal.ts';
import type { DiagnosticEvent } from '../src/diagnostics/diagnostics.ts';
import { Diagnostics } from '../src/diagnostics/diagnostics.ts';
import { CallGate } from '../src/driver/call-gate.ts';
import { DriverCalls } from '../src/driver/driver-calls.ts';
import type { RegistryParts } from '../src/registry/registry-parts.ts';
import { Unfinished } from '../src/registry/unfinished.ts';
import { DeadlineQueue } from '../src/time/deadline-queue.ts';
import { type ManualClock, manualClock } from '../src/time/manual-clock.ts';
import { WakeLock } from '../src/time/wake-lock.ts';
import { ScriptedDriver } from './scripted-driver.ts';

/** What a registry is made of, on a scripted driver and a clock moved by hand. */
export interface TestParts extends RegistryParts {
  readonly driver: ScriptedDriver;
  readonly clock: ManualClock;
  /** What diagnostics were told, oldest first. */
  readonly told: readonly DiagnosticEvent[];
}

/** What a test may want to be otherwise. */
export interface TestTerms {
  readonly driver?: ScriptedDriver;
  readonly clock?: ManualClock;
  /** @defaultValue always 0.5 */
  readonly random?: () => number;
  /** @defaultValue 5_000 */
  readonly callTimeoutMs?: number;
  /** Calls in flight. @defaultValue 256 */
  readonly limit?: number;
}

/** The parts of one registry, as `createRegistry` puts them together. */
export function testParts(terms: TestTerms = {}): TestParts {
  const { driver = new ScriptedDriver(), clock = manualClock(), random = () => 0.5 } = terms;
  const { callTimeoutMs = 5_000, limit = 256 } = terms;
  const told: DiagnosticEvent[] = [];
  const queue = new DeadlineQueue(clock, { background: false });
  const gate = new CallGate(limit);
  return {
    driver,
    clock,
    random,
    callTimeoutMs,
    told,
    queue,
    gate,
    calls: new DriverCalls({ driver, clock, queue, gate, callTimeoutMs }),
    diagnostics: new Diagnostics((event) => told.push(event)),
    wakeLock: new WakeLock(clock),
    signals: new CallerSignals(),
    ending: new LateSignal(),
    unfinished: new Unfinished(),
  };
}
