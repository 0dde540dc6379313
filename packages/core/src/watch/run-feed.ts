import { LateSignal } from '../cancelling/late-signal.ts';
import { callFailure, type CallSubject, describeCall, noAnswer } from '../driver/call-failure.ts';
import type { DriverEvent, DriverSnapshot, RegistryDriver } from '../driver/registry-driver.ts';
import { RegistryError } from '../errors/registry-error.ts';
import { abandonOn } from '../cancelling/abandon-on.ts';
import type { RegistryParts } from '../registry/registry-parts.ts';
import { backoffMs } from '../time/backoff.ts';
import { pause } from '../time/pause.ts';
import { Outage } from './outage.ts';
import type { Feed } from './feed.ts';
import type { ServiceView } from './service-view.ts';

/** Pauses before a watch is opened again: short enough that readers are right within 1 s of the backend's return (W4). */
const reopening = { baseMs: 50, capMs: 500 };

/** A stream that has stood for so long has proved itself: the next failure is a new one, and the pauses begin anew. */
const provenAfterMs = 5_000;

/**
 * Feeds the readers of one service from one driver watch at a time, for as long as anybody reads (W10): opens it, folds what
 * it tells, and opens it again when it breaks (W6).
 * @returns why it cannot go on (W8); undefined when it was stopped. Never rejects.
 */
export async function runFeed(parts: RegistryParts, feed: Feed): Promise<{ readonly error: unknown } | undefined> {
  const outage = new Outage(parts, feed);
  for (let failures = 1; !feed.stopped.isAborted; failures += 1) {
    const { error, stoodMs } = await streamUntilBroken(parts, feed, outage);
    if (feed.stopped.isAborted) break;
    if (isTerminal(error, feed.view)) {
      outage.over();
      return { error };
    }
    outage.began(error);
    if (stoodMs >= provenAfterMs) failures = 1;
    using rest = pause(parts.clock, backoffMs(failures, reopening, parts.random));
    await abandonOn(feed.stopped, rest.over).catch(() => undefined);
  }
  outage.over();
  return undefined;
}

/** How a stream ended, and how long it had stood since its first snapshot. */
interface Broken {
  readonly error: RegistryError;
  readonly stoodMs: number;
}

/** One stream of the driver's, from its opening to its end. Never rejects. */
async function streamUntilBroken(parts: RegistryParts, feed: Feed, outage: Outage): Promise<Broken> {
  const { driver, clock } = parts;
  const subject: CallSubject = { action: 'watch the instances', service: feed.service };
  const stream = new LateSignal();
  const letGo = feed.stopped.onAbort(() => stream.abort(feed.stopped.reason));
  let events: AsyncIterator<DriverEvent> | undefined;
  let openedAt = Infinity;
  try {
    events = driver.watch(feed.service, stream)[Symbol.asyncIterator]();
    const first = await opened(parts, subject, stream, events);
    openedAt = clock.now();
    feed.read(first);
    outage.ended(feed.view.open(first));
    feed.publish();
    for (let next = await events.next(); next.done !== true && !stream.isAborted; next = await events.next()) {
      feed.read(next.value);
      if (feed.view.fold(next.value)) feed.publish();
    }
    throw streamEnded(subject, driver);
  } catch (error) {
    const cause = callFailure(stream.isAborted ? stream.reason : error, subject, driver);
    return { error: cause, stoodMs: clock.now() - openedAt };
  } finally {
    letGo();
    // However it ended, nothing of it may go on. A driver that does not let go is not waited for.
    stream.abort(new DOMException('the stream is over', 'AbortError'));
    void settled(events?.return?.());
  }
}

/** The snapshot that opens a stream. It is a read like any other, and bounded like one (E3), whatever the driver makes of its signal. */
async function opened(
  { driver, clock, callTimeoutMs }: RegistryParts,
  subject: CallSubject,
  stream: LateSignal,
  events: AsyncIterator<DriverEvent>,
): Promise<DriverSnapshot> {
  const timer = clock.schedule(callTimeoutMs, () => stream.abort(noAnswer(subject, driver, callTimeoutMs)), {
    background: true,
  });
  try {
    const { done, value } = await abandonOn(stream, events.next());
    if (done === true) throw streamEnded(subject, driver);
    if (value.type !== 'snapshot') throw noSnapshot(subject, driver);
    return value;
  } finally {
    timer[Symbol.dispose]();
  }
}

async function settled(ending: Promise<unknown> | undefined): Promise<void> {
  await ending?.catch(() => undefined);
}

function streamEnded(subject: CallSubject, driver: RegistryDriver): RegistryError {
  return new RegistryError(
    'REGISTRY_UNAVAILABLE',
    `Could not go on to ${describeCall(subject, driver)}: the stream ended.`,
  );
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
