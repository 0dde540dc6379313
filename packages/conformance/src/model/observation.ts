import type { ServiceInstance } from '@rollcall/core';
import type { Instant } from './timeline.ts';

/** What somebody was shown of one service: the set as it stood at one moment, some time from `from` to `to`. */
export interface Observation {
  /** As a sentence begins: `client 2 listed`, `reader 3 of client 1 was given`. */
  readonly who: string;
  readonly service: string;
  readonly instances: readonly ServiceInstance[];
  readonly from: Instant;
  readonly to: Instant;
  /** Which clause is at stake if a watch shows it: W1 for what it shows first, W4 after that. Unless told, it is a list. */
  readonly watch?: 'W1' | 'W4' | undefined;
}
