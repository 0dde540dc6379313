import { argv } from 'node:process';
import { bounded } from '../workload/bounded.ts';
import { answerQuestions } from './answer-questions.ts';
import { grpcCalls } from './grpc-calls.ts';
import { httpCalls } from './http-calls.ts';
import type { Job, Load, Took } from './job.ts';

const job: Job = JSON.parse(argv[2] ?? '{}');
// They last as long as this process.
const calls = job.protocol === 'http' ? await httpCalls(job) : await grpcCalls(job);
const call = (): Promise<void> => calls.make();

answerQuestions(async (load: Load): Promise<Took> => {
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  await bounded(load.calls, load.inFlight, call);
  const ms = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { ms, cpuMs: (user + system) / 1_000 };
});
