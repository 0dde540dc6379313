import type { ServiceInstance } from '@rollcall/core';
import type { BalancerStats } from './balancer-stats.ts';

/** What a call brings along for whoever chooses. */
export interface PickContext {
  /** What the call is about, such as a user or a document: calls with one key belong together. @defaultValue none */
  readonly key?: string | undefined;
  /** The headers of the call, under names in lower case. @defaultValue none */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>> | undefined;
  /** Ids that this call has tried already: they are chosen only where there is nobody else. For a retry. @defaultValue none */
  readonly avoid?: ReadonlySet<string> | undefined;
}

/**
 * What a call says about its instance. `failure`: it did not answer, or with an error of its own (5xx, UNAVAILABLE).
 * `ignored`: nothing, as when the caller gave up, or asked for what does not exist.
 */
export type CallResult = 'success' | 'failure' | 'ignored';

/** An instance that a call is under way to. Disposing it is `done('ignored')`, so that `using` forgets none. */
export interface AcquiredInstance extends Disposable {
  /** Whom to call. */
  readonly instance: ServiceInstance;
  /** The call is over. Only the first time counts. @param result what it says about the instance */
  done(result: CallResult): void;
}

/** Chooses an instance of one service for each call. */
export interface Balancer extends Disposable {
  /** The service. */
  readonly service: string;
  /** Whom it chooses among now, sorted by id: `up`, of a weight above 0, left by the filters, and not ejected. Frozen. */
  readonly candidates: readonly ServiceInstance[];
  /** What it has done so far, and whom it has now: for whoever watches it. Made anew by each read; picks only count. */
  readonly stats: BalancerStats;
  /**
   * An instance for one call of which the balancer hears no more. Synchronous, and allocates nothing.
   * @throws NoInstanceError when there is none, with the reason; TypeError if the policy needs what `context` does not have
   */
  pick(context?: PickContext): ServiceInstance;
  /**
   * The same, for policies that learn: the call counts as under way until `done`, whose result feeds the policy and the ejection.
   * @throws as `pick`
   */
  acquire(context?: PickContext): AcquiredInstance;
  /** Follows its source no more; each later pick throws. What is under way may still be told to be done. */
  close(): void;
}
