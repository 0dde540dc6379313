import type { BalancerStats } from './balancer-stats.ts';
import type { NoInstanceErrorCode } from './no-instance-error.ts';

/** Counts calls. Plain numbers, so that a call pays for additions, and whoever reads them pays for the rest. */
export class CallTally {
  picked = 0;
  acquired = 0;
  succeeded = 0;
  failed = 0;
  ignored = 0;
  readonly refused: Record<NoInstanceErrorCode, number> = {
    NONE_LISTED: 0,
    NONE_ELIGIBLE: 0,
    NONE_SELECTED: 0,
    BALANCER_CLOSED: 0,
  };

  get counts(): Pick<BalancerStats, 'picked' | 'acquired' | 'done' | 'refused'> {
    const { picked, acquired, succeeded, failed, ignored, refused } = this;
    return { picked, acquired, done: { success: succeeded, failure: failed, ignored }, refused: { ...refused } };
  }
}
