import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { ratioOf, type Ratio } from '../frame/ratio.ts';
import { mean } from '../frame/spread.ts';
import { roundsOf, type RowTerms } from '../frame/suite.ts';
import type { Contestant, Job, JobResult } from './job.ts';

/** What came of two loops. */
export interface Contested {
  readonly ratio: Ratio;
  /** What a turn of ours leaves on the heap. */
  readonly bytes: number;
}

/** Two loops in a thread of their own: code that is compiled for one policy is not slowed down by others that ran before it. */
export async function contest(
  ours: Contestant,
  baseline: Contestant,
  { instances, terms }: { readonly instances: number; readonly terms: RowTerms },
): Promise<Contested> {
  const turns = terms.quick ? 200_000 : 1_000_000;
  const job: Job = {
    ours,
    baseline,
    instances,
    rounds: roundsOf(terms, 25),
    turns: Math.round(turns / dearness(baseline)),
  };
  const worker = new Worker(new URL('./contest-worker.js', import.meta.url), { workerData: job });
  const [message] = await once(worker, 'message');
  const result: JobResult = message;
  await worker.terminate();
  const rounds = result.rounds.map((round) => ({ ours: [round.ours], baseline: [round.baseline] }));
  return { ratio: ratioOf(rounds, mean), bytes: result.bytes };
}

/** What takes a thousand times as long is done less often. */
function dearness(baseline: Contestant): number {
  return baseline.does === 'peer' && baseline.peer === 'undici BalancedPool' ? 500 : 1;
}
