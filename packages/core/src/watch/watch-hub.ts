import type { Stop } from '../cancelling/stop.ts';
import type { RegistryParts } from '../registry/registry-parts.ts';
import { MalformedLog } from './malformed-log.ts';
import { type FeedTerms, ServiceFeed } from './service-feed.ts';
import { SnapshotReader } from './snapshot-reader.ts';
import type { Revision } from './watcher.ts';

/** All readers of one registry: one feed for each service that is read, from its first reader to its last (W10). */
export class WatchHub {
  readonly malformed: MalformedLog;
  readonly #parts: RegistryParts;
  readonly #feeds = new Map<string, ServiceFeed>();
  readonly #feedTerms: FeedTerms;
  #isClosed = false;
  #revisions = 0;

  constructor(parts: RegistryParts) {
    this.#parts = parts;
    this.malformed = new MalformedLog(parts.diagnostics);
    this.#feedTerms = {
      parts,
      malformed: this.malformed,
      nextRevision: () => revisionOf(++this.#revisions),
      over: (service, feed) => {
        if (this.#feeds.get(service) === feed) this.#feeds.delete(service);
      },
    };
  }

  /** A reader that opens nothing before its first read (W1). */
  reader(service: string, stop: Stop | undefined): SnapshotReader {
    return new SnapshotReader({
      service,
      stop,
      wakeLock: this.#parts.wakeLock,
      join: (reader) => this.#join(service, reader),
    });
  }

  /** Ends every reader normally (W8). */
  close(): void {
    this.#isClosed = true;
    for (const feed of this.#feeds.values()) feed.close();
  }

  #join(service: string, reader: SnapshotReader): ServiceFeed | undefined {
    if (this.#isClosed) return undefined;
    const feed = this.#feeds.get(service) ?? new ServiceFeed(service, this.#feedTerms);
    this.#feeds.set(service, feed);
    feed.join(reader);
    return feed;
  }
}

/** The only place where a string becomes a revision. */
function revisionOf(count: number): Revision {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a brand can be given in no other way
  return count.toString(36) as Revision;
}
