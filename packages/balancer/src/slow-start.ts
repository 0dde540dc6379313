import { checkNumber, checkOptionKeys } from './option-checks.ts';

/** How an instance gets its share when it is new. Unknown keys are refused with a `TypeError`. */
export interface SlowStartOptions {
  /** How long it takes to get its whole share, in milliseconds, above 0. */
  readonly windowMs: number;
  /** The part of its share with which it begins, above 0, at most 1. @defaultValue 0.1 */
  readonly initialShare?: number | undefined;
}

/** The same, checked, with its defaults. */
export interface SlowStartTerms {
  readonly windowMs: number;
  readonly initialShare: number;
}

/** In how many steps a share grows: each is a change for the policy. */
const steps = 10;

/** @throws TypeError that names the key, what was expected and what came */
export function slowStartTerms(options: SlowStartOptions): SlowStartTerms {
  checkOptionKeys('createBalancer: slowStart', options, ['windowMs', 'initialShare']);
  return {
    windowMs: checkNumber('options.slowStart.windowMs', options.windowMs, { above: 0 }),
    initialShare: checkNumber('options.slowStart.initialShare', options.initialShare ?? 0.1, { above: 0, to: 1 }),
  };
}

/** How long a step lasts, in milliseconds. */
export function stepMs({ windowMs }: SlowStartTerms): number {
  return windowMs / steps;
}

/** The part of its weight that an instance has which has been eligible for `ageMs`: it grows in even steps, and stays 1. */
export function shareAt(ageMs: number, terms: SlowStartTerms): number {
  const { windowMs, initialShare } = terms;
  if (ageMs >= windowMs) return 1;
  // A timer that fires a fraction of a millisecond early has still reached its step.
  const step = Math.floor((ageMs + 1) / stepMs(terms));
  return Math.min(1, initialShare + ((1 - initialShare) * step) / steps);
}
