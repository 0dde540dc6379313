/** Policies that are measured, by name. */
export type PolicyName =
  | 'roundRobin'
  | 'weightedRoundRobin'
  | 'weightedRandom'
  | 'leastOutstanding'
  | 'peakEwma'
  | 'consistentHash';

/** What somebody would pick with instead. */
export type PeerName = 'moleculer round robin' | 'moleculer random' | 'undici BalancedPool' | 'grpc-js round robin';

/** What one of the two does in a loop. */
export type Contestant =
  | { readonly does: 'pick' | 'acquire'; readonly policy: PolicyName }
  /** Reads the next of a bare array. Its index is kept from one pick to the next, in a variable beside the loop, or lives in a register. */
  | { readonly does: 'bare index' | 'bare loop' }
  /** Hashes the next key, and nothing else. */
  | { readonly does: 'bare hash' }
  | { readonly does: 'peer'; readonly peer: PeerName };

/** Two loops over as many instances, in turn. */
export interface Job {
  readonly ours: Contestant;
  readonly baseline: Contestant;
  readonly instances: number;
  readonly rounds: number;
  /** Turns of each loop in a round. */
  readonly turns: number;
}

/** What a worker tells when it is done. */
export interface JobResult {
  /** In nanoseconds a turn. */
  readonly rounds: readonly { readonly ours: number; readonly baseline: number }[];
  /** What a turn of ours leaves on the heap. */
  readonly bytes: number;
}
