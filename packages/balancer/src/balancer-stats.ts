import type { CallResult } from './balancer.ts';
import type { NoInstanceErrorCode } from './no-instance-error.ts';

/** What a balancer has done since it was made, and whom it has now. Counts begin at 0 and never fall. */
export interface BalancerStats {
  /** How often `pick` gave an instance. */
  readonly picked: number;
  /** How often `acquire` did. Those of them that are not in `done` are under way. */
  readonly acquired: number;
  /** Acquired calls that are over, by what they said of their instance. */
  readonly done: Readonly<Record<CallResult, number>>;
  /** How often there was nobody, by the code of the error. */
  readonly refused: Readonly<Record<NoInstanceErrorCode, number>>;
  /** Everybody who is listed now, by what keeps them from being picked: all four make up the set. */
  readonly instances: {
    /** They may be picked. */
    readonly candidate: number;
    /** Left out for a while, as calls to them failed. */
    readonly ejected: number;
    /** Left out by a filter. */
    readonly filtered: number;
    /** Not `up`, or of weight 0. */
    readonly ineligible: number;
  };
}
