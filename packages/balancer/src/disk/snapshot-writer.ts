import type { Clock } from '@rollcall/core';
import type { SavedService } from './saved-service.ts';
import { type SnapshotPlace, writeSnapshot } from './snapshot-file.ts';

/** Changes within this time are written together, so that a service that always changes costs one write in as long. */
const settleMs = 5_000;

/** What a writer is made with. */
export interface SnapshotWriterTerms {
  readonly place: SnapshotPlace;
  readonly clock: Clock;
  /** How often it is written even if nothing changes, so that the sets in it are known to be good still. */
  readonly refreshMs: number;
  /** What is to be written, as it is now. */
  readonly collect: () => readonly SavedService[];
  readonly failed: (error: unknown) => void;
}

/** Keeps the file up to date: a little after a change, now and then, and at the end; one write at a time. */
export class SnapshotWriter {
  readonly #terms: SnapshotWriterTerms;
  #timer: Disposable | undefined;
  #isChanged = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(terms: SnapshotWriterTerms) {
    this.#terms = terms;
    this.#schedule(terms.refreshMs);
  }

  /** Something has changed. */
  changed(): void {
    if (this.#isChanged) return;
    this.#isChanged = true;
    this.#schedule(settleMs);
  }

  /** Writes a last time. Never rejects. */
  close(): Promise<void> {
    this.#timer?.[Symbol.dispose]();
    return this.#write();
  }

  #schedule(ms: number): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = this.#terms.clock.schedule(ms, () => this.#fallDue(), { background: true });
  }

  #fallDue(): void {
    void this.#write();
    this.#schedule(this.#terms.refreshMs);
  }

  #write(): Promise<void> {
    this.#isChanged = false;
    const { place, collect, failed } = this.#terms;
    const former = this.#writing;
    this.#writing = former.then(() => writeSnapshot(place, collect())).catch(failed);
    return this.#writing;
  }
}
