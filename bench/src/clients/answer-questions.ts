import type { Load } from './job.ts';

/**
 * Answers whoever has started this process as its `Child`, whose end is the end of this process too. Callers are asked to make calls; what a
 * server is asked makes no difference to it.
 */
export function answerQuestions(answer: (load: Load) => unknown): void {
  process.once('disconnect', () => process.exit());
  process.on('message', (load: Load) => void send(answer, load));
}

async function send(answer: (load: Load) => unknown, load: Load): Promise<void> {
  process.send?.(await answer(load));
}
