/** How a timer is scheduled. */
export interface ScheduleOptions {
  /** A timer that alone does not keep the process alive (C4). @defaultValue false */
  readonly background?: boolean | undefined;
}

/** Monotonic milliseconds and one-shot timers. Injected everywhere; nothing else in the library reads time (T1). */
export interface Clock {
  /**
   * Monotonic milliseconds from an arbitrary origin: only differences mean something (T3). The origin may differ between
   * processes, and that of `systemClock` does: an instant of it must not be stored where another process reads it.
   */
  now(): number;
  /**
   * Calls `callback` once, `ms` milliseconds from now or a little later. Disposing the result calls it off.
   * A timer may fire a fraction of a millisecond early by `now()`: who needs the exact instant looks again.
   */
  schedule(ms: number, callback: () => void, options?: ScheduleOptions): Disposable;
}
