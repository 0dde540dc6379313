import type { Clock } from './clock.ts';

/** A pause under way. Disposing it lets go of its timer; whoever awaits `over` must then not care any more. */
export interface Pause extends Disposable {
  readonly over: Promise<void>;
}

/** Waits `ms` milliseconds in the background: a pause alone keeps no process alive (C4). */
export function pause(clock: Clock, ms: number): Pause {
  let timer: Disposable | undefined;
  const over = new Promise<void>((resolve) => {
    timer = clock.schedule(ms, resolve, { background: true });
  });
  return { over, [Symbol.dispose]: () => timer?.[Symbol.dispose]() };
}
