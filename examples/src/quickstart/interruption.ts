import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The user, or whoever else may, has asked the process to end. */
export class Interruption extends Error {
  /** As shells have it. */
  readonly exitCode: number;

  constructor(signal: (typeof signals)[number]) {
    super(`Interrupted (${signal}).`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/**
 * Tells of each request to end, Ctrl-C among them, which then no longer ends the process by itself. More than one may come
 * for one Ctrl-C: a terminal signals every process, and npm passes on what it gets.
 */
export function onInterruption(hear: (interruption: Interruption) => void): Disposable {
  const listeners = signals.map((signal) => ({ signal, listener: (): void => hear(new Interruption(signal)) }));
  for (const { signal, listener } of listeners) process.on(signal, listener);
  return {
    [Symbol.dispose]() {
      for (const { signal, listener } of listeners) process.off(signal, listener);
    },
  };
}
