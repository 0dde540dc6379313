import {
  consistentHash,
  leastOutstanding,
  peakEwma,
  type Policy,
  roundRobin,
  weightedRandom,
  weightedRoundRobin,
} from '@rollcall/balancer';
import type { PolicyName } from './job.ts';

/** A policy with its defaults, by name. */
export const policies: Readonly<Record<PolicyName, () => Policy>> = {
  roundRobin,
  weightedRoundRobin,
  weightedRandom,
  leastOutstanding,
  peakEwma,
  consistentHash,
};
