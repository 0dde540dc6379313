import type { Clock, DriverSnapshot } from '@rollcall/core/driver';
import { abortable, within } from './abortable.ts';
import { Doorbell } from './doorbell.ts';
import type { KeyValueClient } from './key-value-client.ts';
import { readEntries } from './read-entries.ts';
import { ConnectionError } from './store/connection-error.ts';

/** W7: so long nothing need be heard before the store is asked, and so long an answer may take: together less than 20 s. */
const quietMs = 8_000;
const answerMs = 8_000;

const noAnswer = (): Error => new ConnectionError('lost', `no answer within ${answerMs} ms`);

/**
 * The set of a service at the beginning, and again whenever something below its prefix has changed. A notification names a key
 * and no moment, so it only says that it is time to read; what is read is one moment, and never goes back (W2, W3).
 */
export async function* watchService(
  client: KeyValueClient,
  service: string,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<DriverSnapshot, never> {
  const prefix = client.keys.service(service);
  const bell = new Doorbell();
  // W1: first listen, then read. The other way round, what happens in between is told to nobody (W4).
  // W9: `using` takes the subscription back, however the watch ends.
  using subscription = client.connection.subscribe(prefix, bell);
  await abortable(signal, subscription.confirmed);
  for (;;) {
    const reading = within(clock, answerMs, readEntries(client, prefix), noAnswer);
    yield await abortable(signal, reading);
    await bell.heard(clock, quietMs, signal);
  }
}
