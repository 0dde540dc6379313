import type { DriverEvent, DriverSnapshot } from '../driver/registry-driver.ts';
import { deltaBetween } from './service-delta.ts';
import { ServiceSet } from './service-set.ts';
import type { Revision, ServiceDelta, ServiceSnapshot } from './watcher.ts';

/** What a reader has read last: all it needs to tell what is new to it. */
export interface ReadState {
  readonly revision: Revision;
  readonly instances: ServiceSnapshot['instances'];
  readonly freshness: ServiceSnapshot['freshness'];
  /** How often continuity had been lost by then. */
  readonly resyncs: number;
}

/** Stamps revisions. One for a registry, so that two sets never share one. */
export type RevisionSource = () => Revision;

/** What every reader of one service sees: the set, how fresh it is, and how it came about. */
export class ServiceView {
  readonly #nextRevision: RevisionSource;
  readonly #set = new ServiceSet();
  #revision: Revision;
  #freshness: ServiceSnapshot['freshness'] = 'live';
  #resyncs = 0;
  #isKnown = false;
  #state: ReadState | undefined;
  #lastChange: { readonly from: Revision; readonly delta: ServiceDelta } | undefined;

  constructor(nextRevision: RevisionSource) {
    this.#nextRevision = nextRevision;
    this.#revision = nextRevision();
  }

  /** Whether the set has been read at all: before, there is nothing to show (W7). */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** As it stands now: the same object until that changes, made for the first who reads it. */
  get state(): ReadState {
    this.#state ??= {
      revision: this.#revision,
      instances: this.#set.instances,
      freshness: this.#freshness,
      resyncs: this.#resyncs,
    };
    return this.#state;
  }

  /** Takes in the snapshot that opens a stream: the first read, or a resync after lost continuity (W6). @returns whether the set changed */
  open(snapshot: DriverSnapshot): boolean {
    if (this.#isKnown) this.#resyncs += 1;
    this.#isKnown = true;
    this.#freshness = 'live';
    this.#state = undefined;
    return this.fold(snapshot);
  }

  /** Takes in what the driver tells. @returns whether the set changed */
  fold(event: DriverEvent): boolean {
    const delta = this.#set.fold(event);
    if (delta === undefined) return false;
    this.#lastChange = { from: this.#revision, delta };
    this.#revision = this.#nextRevision();
    this.#state = undefined;
    return true;
  }

  /** The backend is out of reach: the set is the last one known (W6). */
  goStale(): void {
    this.#freshness = 'stale';
    this.#state = undefined;
  }

  /** The difference to what a reader has read, without a second look at the set where one change lies between (W2). */
  deltaSince({ revision, instances }: ReadState): ServiceDelta {
    if (this.#lastChange?.from === revision) return this.#lastChange.delta;
    return deltaBetween(instances, this.#set.instances);
  }
}
