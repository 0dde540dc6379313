import { LateSignal } from '../cancelling/late-signal.ts';
import type { Stop } from '../cancelling/stop.ts';
import type { DriverEvent } from '../driver/registry-driver.ts';
import type { RegistryParts } from '../registry/registry-parts.ts';
import type { Feed } from './feed.ts';
import { runFeed } from './run-feed.ts';
import type { MalformedLog } from './malformed-log.ts';
import { type RevisionSource, ServiceView } from './service-view.ts';
import type { SnapshotReader, SnapshotSource } from './snapshot-reader.ts';

/** What all feeds of a registry share. */
export interface FeedTerms {
  readonly parts: RegistryParts;
  readonly malformed: MalformedLog;
  readonly nextRevision: RevisionSource;
  /** The feed of `service` is over: whoever reads next opens another. */
  readonly over: (service: string, feed: ServiceFeed) => void;
}

/** One service as one driver watch tells it, for however many readers, from the first to the last (W10). */
export class ServiceFeed implements Feed, SnapshotSource {
  readonly service: string;
  readonly view: ServiceView;
  readonly #terms: FeedTerms;
  readonly #readers = new Set<SnapshotReader>();
  /** Those with a read that waits, or had one at the last change: the only ones a change has to look at. */
  readonly #waiting = new Set<SnapshotReader>();
  readonly #stopped = new LateSignal();

  constructor(service: string, terms: FeedTerms) {
    this.service = service;
    this.#terms = terms;
    this.view = new ServiceView(terms.nextRevision);
    void this.#run();
  }

  get stopped(): Stop {
    return this.#stopped;
  }

  join(reader: SnapshotReader): void {
    this.#readers.add(reader);
  }

  wait(reader: SnapshotReader): void {
    this.#waiting.add(reader);
  }

  leave(reader: SnapshotReader): void {
    this.#waiting.delete(reader);
    this.#readers.delete(reader);
    if (this.#readers.size === 0) this.#stop('nobody reads any more');
  }

  /** Ends every reader normally (W8). */
  close(): void {
    for (const reader of this.#readers) reader.close();
  }

  read(event: DriverEvent): void {
    this.#terms.malformed.note(this.service, event);
  }

  publish(): void {
    for (const reader of this.#waiting) if (!reader.offer()) this.#waiting.delete(reader);
  }

  async #run(): Promise<void> {
    const failure = await runFeed(this.#terms.parts, this);
    if (failure === undefined) return;
    this.#stop('the watch has failed');
    for (const reader of this.#readers) reader.fail(failure.error);
  }

  #stop(why: string): void {
    if (this.#stopped.isAborted) return;
    this.#stopped.abort(new DOMException(why, 'AbortError'));
    this.#terms.over(this.service, this);
  }
}
