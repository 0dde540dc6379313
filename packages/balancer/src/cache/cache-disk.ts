import type { Clock } from '@rollcall/core';
import type { SavedService } from '../disk/saved-service.ts';
import { readSnapshot } from '../disk/snapshot-file.ts';
import type { RefusalReason } from '../disk/snapshot-format.ts';
import { SnapshotWriter } from '../disk/snapshot-writer.ts';
import type { CacheDiagnostics } from './cache-diagnostics.ts';
import type { SnapshotTerms } from './service-cache-terms.ts';

/** What a disk needs of its cache. */
export interface CacheDiskTerms {
  readonly snapshot: SnapshotTerms;
  readonly clock: Clock;
  readonly wallClock: () => number;
  readonly diagnostics: CacheDiagnostics;
  /** The file has been read, or refused. */
  readonly loaded: () => void;
  /** What is known of the services that were asked for. */
  readonly collect: () => readonly SavedService[];
}

/** Files that may be somebody else's: they are left alone. */
const leftAlone: ReadonlySet<RefusalReason> = new Set(['foreign', 'version', 'scope', 'unreadable']);

/** The snapshot of a cache: read once, then kept up to date. */
export class CacheDisk {
  readonly #terms: CacheDiskTerms;
  /** What was in the file, and is young enough. */
  readonly #found = new Map<string, SavedService>();
  readonly #loading: Promise<void>;
  #writer: SnapshotWriter | undefined;
  #isLoaded = false;

  constructor(terms: CacheDiskTerms) {
    this.#terms = terms;
    this.#loading = this.#load();
  }

  /** Whether it is known what is in the file. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** What was in the file. */
  found(service: string): SavedService | undefined {
    return this.#found.get(service);
  }

  changed(): void {
    this.#writer?.changed();
  }

  /** Nobody wants the service any more. */
  forget(service: string): void {
    this.#found.delete(service);
    this.changed();
  }

  /** Writes a last time. Never rejects. */
  async close(): Promise<void> {
    await this.#loading;
    await this.#writer?.close();
  }

  /** Never rejects. */
  async #load(): Promise<void> {
    const { snapshot, clock, diagnostics, loaded } = this.#terms;
    const read = await readSnapshot(snapshot);
    if (read.is === 'refused') {
      diagnostics.report({ type: 'snapshot-refused', path: snapshot.path, reason: read.reason, error: read.error });
    } else {
      const services = read.is === 'read' ? read.services : [];
      for (const saved of services) if (this.#isYoung(saved)) this.#found.set(saved.service, saved);
      diagnostics.report({ type: 'snapshot-read', path: snapshot.path, services: this.#found.size });
    }
    if (read.is !== 'refused' || !leftAlone.has(read.reason))
      this.#writer = new SnapshotWriter({
        place: snapshot,
        clock,
        refreshMs: snapshot.maxAgeMs / 4,
        collect: () => this.#toWrite(),
        failed: (error) => diagnostics.report({ type: 'snapshot-not-written', path: snapshot.path, error }),
      });
    this.#isLoaded = true;
    loaded();
  }

  /** Services that nobody has asked for yet stay in the file, until they are too old. */
  #toWrite(): readonly SavedService[] {
    const services = new Map(this.#found);
    for (const saved of this.#terms.collect()) services.set(saved.service, saved);
    return [...services.values()].filter((saved) => this.#isYoung(saved));
  }

  #isYoung({ seenAt }: SavedService): boolean {
    return this.#terms.wallClock() - seenAt <= this.#terms.snapshot.maxAgeMs;
  }
}
