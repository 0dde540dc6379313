import { setTimeout as pause } from 'node:timers/promises';

/** Others hear of a change within a second; this is for machines that are busy. */
const withinMs = 10_000;

/** Tries until it is so. @throws Error if that takes too long, and what `isSo` throws */
export async function eventually(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const tooLate = AbortSignal.timeout(withinMs);
  while (!(await isSo())) {
    if (tooLate.aborted) throw new Error(`Not so within ${withinMs / 1_000} s: ${what}.`);
    await pause(20);
  }
}
