import { parentPort, workerData } from 'node:worker_threads';
import type { Job, JobResult } from './job.ts';
import { type Loop, loopOf } from './loops.ts';

/** Few enough that their garbage is not collected while it is counted. */
const turnsForBytes = 100_000;
const roundsForBytes = 5;

const job: Job = workerData;
// A port has no origin: what is meant is a window.
// oxlint-disable-next-line unicorn/require-post-message-target-origin
parentPort?.postMessage(contest(job));

function contest({ ours, baseline, instances, rounds, turns }: Job): JobResult {
  const [our, bare] = [loopOf(ours, instances), loopOf(baseline, instances)];
  for (let warm = 0; warm < 3; warm += 1) {
    our(turns);
    bare(turns);
  }
  const measured = Array.from({ length: rounds }, (_, round) => {
    const oursFirst = round % 2 === 0 ? nsEach(our, turns) : undefined;
    const theirs = nsEach(bare, turns);
    return { ours: oursFirst ?? nsEach(our, turns), baseline: theirs };
  });
  const bytes = Array.from({ length: roundsForBytes }, () => bytesEach(our));
  return { rounds: measured, bytes: Math.round(Math.min(...bytes)) };
}

function nsEach(loop: Loop, turns: number): number {
  const startedAt = performance.now();
  loop(turns);
  return ((performance.now() - startedAt) / turns) * 1e6;
}

function bytesEach(loop: Loop): number {
  const before = process.memoryUsage().heapUsed;
  loop(turnsForBytes);
  return Math.max(0, process.memoryUsage().heapUsed - before) / turnsForBytes;
}
