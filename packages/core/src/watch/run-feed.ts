import { LateSignal } from '../cancelling/late-signal.ts';
import type { Stop } from '../cancelling/stop.ts';
import { callFailure, type CallSubject, describeCall, noAnswer } from '../driver/call-failure.ts';
import type { DriverEvent, RegistryDriver } from '../driver/registry-driver.ts';
import { RegistryError } from '../errors/registry-error.ts';
import { abandonOn } from '../cancelling/abandon-on.ts';
import type { RegistryParts } from '../registry/registry-parts.ts';
import { backoffMs } from '../time/backoff.ts';
import { pause } from '../time/pause.ts';
import { Outage } from './outage.ts';
import type { ServiceView } from './service-view.ts';

/** Pauses before a watch is opened again: short enough that readers are right within 1 s of the backend's return (W4). */
const reopening = { baseMs: 50, capMs: 500 };

/** A stream that has stood for so long has proved itself: the next failure is a new one, and the pauses begin anew. */
const provenAfterMs = 5_000;

/** One service's way from the driver to its readers. */
export interface Feed {
  readonly service: string;
  readonly view: ServiceView;
  /** Aborts when nobody reads any more. */
  readonly stopped: Stop;
  /** Sees every event of the driver before it is folded. */
  readonly read: (event: DriverEvent) => void;
  /** The view has changed: whoever waits for that is told. */
  readonly publish: () => void;
}

/**
 * Feeds the readers of one service from one driver watch at a time, for as long as anybody reads (W10): opens it, folds what
 * it tells, and opens it again when it breaks (W6).
 * @returns why it cannot go on (W8); undefined when it was stopped. Never rejects.
 */
export async function runFeed(parts: RegistryParts, feed: Feed): Promise<{ readonly error: unknown } | undefined> {
  const outage = new Outage(parts, feed);
  for (let failures = 1; !feed.stopped.isAborted; failures += 1) {
    const openedAt = parts.clock.now();
    const error = await streamUntilBroken(parts, feed, outage);
    if (feed.stopped.isAborted) break;
    if (isTerminal(error, feed.view)) {
      outage.over();
      return { error };
    }
    outage.began(error);
    if (parts.clock.now() - openedAt >= provenAfterMs) failures = 1;
    using rest = pause(parts.clock, backoffMs(failures, reopening, parts.random));
    await abandonOn(feed.stopped, rest.over).catch(() => undefined);
  }
  outage.over();
  return undefined;
}

/** One stream of the driver's, from its opening to its end. @returns why it ended; never rejects */
async function streamUntilBroken(parts: RegistryParts, feed: Feed, outage: Outage): Promise<RegistryError> {
  const { driver, clock, callTimeoutMs } = parts;
  const subject: CallSubject = { action: 'watch the instances', service: feed.service };
  const stream = new LateSignal();
  const letGo = feed.stopped.onAbort(() => stream.abort(feed.stopped.reason));
  // What opens a stream is a read like any other, and bounded like one (E3).
  let opening: Disposable | undefined = clock.schedule(
    callTimeoutMs,
    () => stream.abort(noAnswer(subject, driver, callTimeoutMs)),
    { background: true },
  );
  try {
    for await (const event of driver.watch(feed.service, stream)) {
      if (stream.isAborted) break;
      feed.read(event);
      if (opening === undefined) {
        feed.view.fold(event);
      } else {
        opening[Symbol.dispose]();
        opening = undefined;
        if (event.type !== 'snapshot') throw noSnapshot(subject, driver);
        outage.ended(feed.view.open(event));
      }
      feed.publish();
    }
    throw new RegistryError(
      'REGISTRY_UNAVAILABLE',
      `Could not go on to ${describeCall(subject, driver)}: the stream ended.`,
    );
  } catch (error) {
    return callFailure(stream.isAborted ? stream.reason : error, subject, driver);
  } finally {
    opening?.[Symbol.dispose]();
    letGo();
  }
}

function noSnapshot(subject: CallSubject, driver: RegistryDriver): RegistryError {
  return new RegistryError(
    'REGISTRY_INTERNAL',
    `Could not ${describeCall(subject, driver)}: its first event is no snapshot.`,
  );
}

/** Whether nothing but an end helps (W8). An outage after the first good read never does, whatever its cause. */
function isTerminal(error: RegistryError, view: ServiceView): boolean {
  if (error.code === 'REGISTRY_FORBIDDEN') return !view.isKnown;
  return error.code !== 'REGISTRY_UNAVAILABLE';
}
