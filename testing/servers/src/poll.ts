import { setTimeout as sleep } from 'node:timers/promises';

/** How long and how often to ask. */
export interface PollOptions {
  /** What is awaited, for the message when it does not come. */
  readonly what: string;
  /** Default 10,000. */
  readonly withinMs?: number;
  /** Default 20. */
  readonly everyMs?: number;
}

/** Asks again and again until the answer is something; a question that throws counts as unanswered. @returns that answer */
export async function poll<T>(
  ask: () => T | undefined | Promise<T | undefined>,
  { what, withinMs = 10_000, everyMs = 20 }: PollOptions,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    let failure: unknown;
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      failure = error;
    }
    if (performance.now() > deadline) throw new Error(`Waited ${withinMs} ms in vain: ${what}.`, { cause: failure });
    await sleep(everyMs);
  }
}
