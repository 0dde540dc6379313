import { checkKeys, fieldError } from '@rollcall/core/driver';
import { checkInteger, checkNumber } from '../option-checks.ts';

/** How many attempts beyond the first ones may be made, so that a service that is down does not get several times the load. */
export interface RetryBudgetOptions {
  /** Retries for each call of the last ten seconds. @defaultValue 0.2 */
  readonly ratio?: number | undefined;
  /** Beside them, so many retries for each of the ten seconds: for those who call seldom. @defaultValue 10 */
  readonly minPerSecond?: number | undefined;
}

/** When a call is tried again, on another instance. Unknown keys are refused with a `TypeError`. */
export interface RetryOptions {
  /** The most attempts of one call, the first one included, a whole number from 1. @defaultValue 3 */
  readonly maxAttempts?: number | undefined;
  /**
   * Methods that do no more when they are done twice. Any other is tried again only if nothing was sent. A request that says
   * `idempotent` itself, as undici lets it, is taken at its word. @defaultValue GET, HEAD, OPTIONS, TRACE, PUT and DELETE
   */
  readonly methods?: readonly string[] | undefined;
  /** How many retries there may be among many calls to one service. @defaultValue {} */
  readonly budget?: RetryBudgetOptions | undefined;
}

/** The same, checked, with its defaults. */
export interface RetryTerms {
  readonly maxAttempts: number;
  readonly methods: ReadonlySet<string>;
  readonly budget: BudgetTerms;
}

/** The budget, checked. */
export interface BudgetTerms {
  readonly ratio: number;
  readonly minPerSecond: number;
}

const idempotentMethods: readonly string[] = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'];

/** @param path how errors name the options @throws TypeError that names the key, what was expected and what came */
export function retryTerms(path: string, options: RetryOptions): RetryTerms {
  checkKeys(path, options, ['maxAttempts', 'methods', 'budget']);
  const { maxAttempts = 3, methods = idempotentMethods, budget = {} } = options;
  checkKeys(`${path}.budget`, budget, ['ratio', 'minPerSecond']);
  return {
    maxAttempts: checkInteger(`${path}.maxAttempts`, maxAttempts, { from: 1, to: 100 }),
    methods: methodsOf(`${path}.methods`, methods),
    budget: {
      ratio: checkNumber(`${path}.budget.ratio`, budget.ratio ?? 0.2, { from: 0, to: 100 }),
      minPerSecond: checkNumber(`${path}.budget.minPerSecond`, budget.minPerSecond ?? 10, { from: 0, to: 1_000_000 }),
    },
  };
}

function methodsOf(path: string, methods: unknown): ReadonlySet<string> {
  if (!Array.isArray(methods)) throw fieldError(path, 'an array of methods', methods);
  const known = new Set<string>();
  for (const [index, method] of methods.entries()) {
    if (typeof method !== 'string' || !/^[A-Z][A-Z-]*$/.test(method))
      throw fieldError(`${path}[${index}]`, 'a method in upper case, such as "GET"', method);
    known.add(method);
  }
  return known;
}
