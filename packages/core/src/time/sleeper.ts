/** Something that wants to be woken at an instant. The queue owns these two fields; others only read them. */
export interface Sleeper {
  /** When it is to be woken, on the queue's clock; `Infinity` while it is not. */
  dueAt: number;
  /** When it stands in the queue, never later than `dueAt`; `Infinity` while it does not. */
  queuedAt: number;
  /** Called once at `dueAt` or later, with the present instant. */
  wake(now: number): void;
}
