import type { ServiceSnapshot, Watcher } from '@rollcall/core';
import { assertFollows } from '../watch-laws.ts';
import type { Instant } from './timeline.ts';

export interface ProgramReaderParts {
  readonly number: number;
  readonly watcher: Watcher;
  /** `eager` reads without pause; `slow` once each time it is told to. */
  readonly pace: 'eager' | 'slow';
  readonly opened: Instant;
  readonly onSnapshot: (reader: ProgramReader, snapshot: ServiceSnapshot, before: ServiceSnapshot | undefined) => void;
  readonly onViolation: (error: unknown) => void;
}

/** A watcher and who reads it. Every snapshot is held against the one before it as it comes (W1–W5). */
export class ProgramReader {
  readonly number: number;
  readonly service: string;
  readonly pace: 'eager' | 'slow';
  readonly opened: Instant;
  last: ServiceSnapshot | undefined;
  /** Whether the program ended it, or the registry that it belongs to. */
  isEnding = false;
  /** How the reading ended; undefined while it goes on. */
  ended: { readonly error?: unknown } | undefined;
  readonly #parts: ProgramReaderParts;
  #reads = 0;

  constructor(parts: ProgramReaderParts) {
    this.#parts = parts;
    this.number = parts.number;
    this.service = parts.watcher.service;
    this.pace = parts.pace;
    this.opened = parts.opened;
    if (parts.pace === 'eager') void this.#readOn();
  }

  /** Whether a read is pending. */
  get isReading(): boolean {
    return this.#reads > 0;
  }

  /** One `next`, unless one is pending. */
  async read(): Promise<void> {
    if (this.isReading || this.ended !== undefined) return;
    await this.#take();
  }

  /** Ends it, also while a read is pending (W9). */
  async end(): Promise<void> {
    this.isEnding = true;
    await this.#parts.watcher.return();
  }

  async #readOn(): Promise<void> {
    while (this.ended === undefined) await this.#take();
  }

  async #take(): Promise<void> {
    this.#reads += 1;
    try {
      const { done, value } = await this.#parts.watcher.next();
      if (done === true) this.ended = {};
      else this.#show(value);
    } catch (error) {
      this.ended = { error };
    } finally {
      this.#reads -= 1;
    }
  }

  #show(snapshot: ServiceSnapshot): void {
    const before = this.last;
    this.last = snapshot;
    try {
      assertFollows(before, snapshot);
      this.#parts.onSnapshot(this, snapshot, before);
    } catch (error) {
      this.#parts.onViolation(error);
    }
  }
}
