import type { Stop } from '../cancelling/stop.ts';
import type { WakeLock } from '../time/wake-lock.ts';
import { freezeDelta, isEmpty, noDelta } from './service-delta.ts';
import type { ReadState, ServiceView } from './service-view.ts';
import type { ServiceDelta, ServiceSnapshot, Watcher } from './watcher.ts';

type Read = IteratorResult<ServiceSnapshot, undefined>;

/** Where a reader reads: the feed of its service. */
export interface SnapshotSource {
  readonly view: ServiceView;
  /** `reader` waits for something new: it is offered the next change. */
  wait(reader: SnapshotReader): void;
  leave(reader: SnapshotReader): void;
}

/** What a reader is made with. */
export interface ReaderTerms {
  readonly service: string;
  /** Joins the feed of the service: not before the first read (W1). There is none once the registry has closed. */
  readonly join: (reader: SnapshotReader) => SnapshotSource | undefined;
  readonly wakeLock: WakeLock;
  /** The caller's: when it aborts, the reader ends (C1). */
  readonly stop: Stop | undefined;
}

/** How a reader ended: for good, or with an error that every read from then on rejects with. */
type End = { readonly error?: unknown };

interface PendingRead {
  readonly resolve: (read: Read) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * One reader of one service. It keeps what it has read last; what is new to it is told by comparing that with the view when
 * it reads. So a slow reader costs one slot, whatever happens meanwhile (W3), and sees nothing twice (W5).
 */
export class SnapshotReader implements Watcher {
  readonly #terms: ReaderTerms;
  readonly #pending: PendingRead[] = [];
  /** Takes back what is held on the caller's signal. */
  #letGo: (() => void) | undefined;
  #source: SnapshotSource | undefined;
  #read: ReadState | undefined;
  #end: End | undefined;

  constructor(terms: ReaderTerms) {
    this.#terms = terms;
    const { stop } = terms;
    if (stop?.isAborted === true) this.fail(stop.reason);
    else this.#letGo = stop?.onAbort(() => this.fail(stop.reason));
  }

  get service(): string {
    return this.#terms.service;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Read> {
    if (this.#end !== undefined) return afterEnd(this.#end);
    const source = (this.#source ??= this.#terms.join(this));
    if (source === undefined) return this.return();
    const snapshot = this.#pending.length === 0 ? this.#take(source) : undefined;
    if (snapshot !== undefined) return Promise.resolve({ done: false, value: snapshot });
    if (this.#pending.length === 0) this.#terms.wakeLock.acquire();
    return new Promise((resolve, reject) => {
      this.#pending.push({ resolve, reject });
      source.wait(this);
    });
  }

  return(): Promise<Read> {
    this.#finish({});
    return Promise.resolve({ done: true, value: undefined });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** The view may hold something new to this reader. @returns whether it has waited */
  offer(): boolean {
    const first = this.#pending[0];
    if (first === undefined || this.#source === undefined) return false;
    const snapshot = this.#take(this.#source);
    if (snapshot === undefined) return true;
    this.#pending.shift();
    first.resolve({ done: false, value: snapshot });
    if (this.#pending.length === 0) this.#terms.wakeLock.release();
    return true;
  }

  /** The registry closes: the reader ends like an iteration that has run out (W8). */
  close(): void {
    this.#finish({});
  }

  /** It cannot go on: every read rejects with `error` (W8). */
  fail(error: unknown): void {
    this.#finish({ error });
  }

  #finish(end: End): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#letGo?.();
    this.#source?.leave(this);
    this.#source = undefined;
    this.#read = undefined;
    const pending = this.#pending.splice(0);
    if (pending.length > 0) this.#terms.wakeLock.release();
    for (const { resolve, reject } of pending) {
      if ('error' in end) reject(end.error);
      else resolve({ done: true, value: undefined });
    }
  }

  /** What is new to this reader; undefined if nothing is. */
  #take({ view }: SnapshotSource): ServiceSnapshot | undefined {
    if (!view.isKnown) return undefined;
    const { state } = view;
    const former = this.#read;
    if (state === former) return undefined;
    this.#read = state;
    if (former === undefined) return this.#snapshot(state, allAdded(state), 'initial');
    const delta = former.revision === state.revision ? noDelta : view.deltaSince(former);
    if (!isEmpty(delta)) return this.#snapshot(state, delta, former.resyncs === state.resyncs ? 'change' : 'resync');
    return former.freshness === state.freshness ? undefined : this.#snapshot(state, noDelta, 'freshness');
  }

  #snapshot(state: ReadState, delta: ServiceDelta, reason: ServiceSnapshot['reason']): ServiceSnapshot {
    const { revision, instances, freshness } = state;
    return Object.freeze({ service: this.#terms.service, revision, instances, delta, freshness, reason });
  }
}

function allAdded({ instances }: ReadState): ServiceDelta {
  return freezeDelta({ added: instances, updated: [], removed: [] });
}

function afterEnd(end: End): Promise<Read> {
  return 'error' in end ? Promise.reject(end.error) : Promise.resolve({ done: true, value: undefined });
}
