import { type Clock, systemClock } from '@rollcall/core';
import { checkFunction, fieldError, hasMethod } from '@rollcall/core/driver';
import type { BalancerDiagnosticEvent } from './balancer-diagnostics.ts';
import { type EjectionOptions, type EjectionTerms, ejectionTerms } from './ejection.ts';
import type { Filter } from './filters/filter.ts';
import { checkOptionKeys } from './option-checks.ts';
import type { Policy } from './policies/policy.ts';
import { type SlowStartOptions, type SlowStartTerms, slowStartTerms } from './slow-start.ts';

/** How a balancer chooses. Unknown keys are refused with a `TypeError`. */
export interface BalancerOptions {
  /** How one of the candidates is chosen, such as `roundRobin()`. */
  readonly policy: Policy;
  /** Who may be chosen, of those that are eligible: each has what the ones before it have left. @defaultValue [] */
  readonly filters?: readonly Filter[] | undefined;
  /**
   * A new instance gets its share little by little: one that becomes eligible after the balancer was made, or comes back from ejection.
   * Needs a policy that follows weights. @defaultValue none: the whole share at once
   */
  readonly slowStart?: SlowStartOptions | undefined;
  /** Leaves out for a while an instance to which acquired calls fail. @defaultValue none: nobody is left out */
  readonly ejection?: EjectionOptions | undefined;
  /** What happens in the background. What it throws is dropped. @defaultValue none */
  readonly onDiagnostic?: ((event: BalancerDiagnosticEvent) => void) | undefined;
  /** What all its times follow. @defaultValue systemClock */
  readonly clock?: Clock | undefined;
  /** Where its own random numbers start, in [0, 1). With `() => 0` turns begin with the first instance. @defaultValue Math.random */
  readonly random?: (() => number) | undefined;
}

/** The same, checked, with its defaults. */
export interface BalancerTerms {
  readonly policy: Policy;
  readonly filters: readonly Filter[];
  readonly slowStart: SlowStartTerms | undefined;
  readonly ejection: EjectionTerms | undefined;
  readonly onDiagnostic: BalancerOptions['onDiagnostic'];
  readonly clock: Clock;
  readonly random: () => number;
}

const keys: readonly (keyof BalancerOptions)[] = [
  'policy',
  'filters',
  'slowStart',
  'ejection',
  'onDiagnostic',
  'clock',
  'random',
];

/** @throws TypeError that names the key, what was expected and what came */
export function balancerTerms(options: BalancerOptions): BalancerTerms {
  checkOptionKeys('createBalancer', options, keys);
  const {
    policy,
    filters = [],
    slowStart,
    ejection,
    onDiagnostic,
    clock = systemClock,
    random = Math.random,
  } = options;
  if (!hasMethod(policy, 'createPicker')) throw fieldError('options.policy', 'a policy, such as roundRobin()', policy);
  if (!hasMethod(clock, 'schedule')) throw fieldError('options.clock', 'a Clock', clock);
  if (!Array.isArray(filters)) throw fieldError('options.filters', 'an array of filters', filters);
  for (const [index, filter] of filters.entries())
    if (typeof filter !== 'function') throw fieldError(`options.filters[${index}]`, 'a function', filter);
  checkFunction('options.onDiagnostic', onDiagnostic);
  checkFunction('options.random', random);
  if (slowStart !== undefined && policy.weights === 'ignored')
    throw new TypeError(
      `options.slowStart: ${policy.name}() gives equal shares whatever the weights; choose a policy that follows them, such as weightedRoundRobin()`,
    );
  return {
    policy,
    filters: [...filters],
    slowStart: slowStart === undefined ? undefined : slowStartTerms(slowStart),
    ejection: ejection === undefined ? undefined : ejectionTerms(ejection),
    onDiagnostic,
    clock,
    random,
  };
}
