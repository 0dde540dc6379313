import { pause } from './abortable.ts';
import type { KeyValueClient } from './key-value-client.ts';
import { remove } from './scripts.ts';

/** The first pause between two attempts, in milliseconds; each later one doubles it, up to a third of the time to live. */
const firstPauseMs = 100;

/**
 * R2: removes what nobody wants any more, by its exact text, until that is answered. After its time to live it is gone by itself.
 * @throws what ended the driver, which leaves the rest to the time to live
 */
export async function removeUnwanted(client: KeyValueClient, key: string, value: string, ttlMs: number): Promise<void> {
  const { connection } = client;
  const { clock } = connection;
  const goneBy = clock.now() + ttlMs;
  // C3: a signal of its own. Node warns when more than ten listeners are on one, and many removals may be under way.
  const ending = AbortSignal.any([client.ending]);
  for (let pauseMs = firstPauseMs; clock.now() < goneBy; pauseMs = Math.min(2 * pauseMs, ttlMs / 3)) {
    try {
      await connection.eval(remove([value], key));
      return;
    } catch {
      await pause(clock, pauseMs, ending);
    }
  }
}
