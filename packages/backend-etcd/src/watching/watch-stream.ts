import { status } from '@grpc/grpc-js';
import type { Duplex, EtcdLink } from '../connection/etcd-link.ts';
import type { WatchEvent, WatchRequest, WatchResponse } from '../protocol/etcd-messages.ts';
import { watchRpc } from '../protocol/etcd-rpcs.ts';
import { ConnectionFailure, type RpcFailure } from '../connection/rpc-failure.ts';
import type { KeyRange } from '../etcd-keys.ts';
import { HistoryLost } from './history-lost.ts';

/** Who is told what happens in a range. */
export interface WatchListener {
  /** Everything of one step or of several, whole, in order. */
  happened(events: readonly WatchEvent[]): void;
  /** Nothing more comes. */
  ended(error: Error): void;
}

/** From where on a range is watched. */
export interface WatchFrom {
  readonly range: KeyRange;
  readonly revision: number;
  /** Whose revision that is. */
  readonly clusterId: number;
}

interface OpenWatch {
  readonly from: WatchFrom;
  readonly listener: WatchListener;
  /** Of a step that comes in several messages. */
  fragments: WatchEvent[];
}

/** The one stream that carries all watches of a registry, for as long as its link stands. */
export class WatchStream {
  readonly link: EtcdLink;
  readonly #failed: (error: Error) => void;
  readonly #stream: Duplex<WatchRequest, WatchResponse>;
  readonly #watches = new Map<number, OpenWatch>();
  /** Those that the server has not confirmed yet. It does so in the order in which it was asked, and not always by their ID. */
  #unconfirmed: number[] = [];
  #lastId = 0;
  #broken: Error | undefined;
  #isRetired = false;

  /** @param failed called once when it breaks */
  constructor(link: EtcdLink, failed: (error: Error) => void) {
    this.link = link;
    this.#failed = failed;
    this.#stream = link.stream(watchRpc);
    this.#stream
      .on('data', (response: WatchResponse) => this.#take(response))
      .on('error', (error) => this.#break(link.failure ?? error))
      .on('end', () => this.#break(link.failure ?? new ConnectionFailure('the watch stream ended')));
  }

  get isBroken(): boolean {
    return this.#broken !== undefined;
  }

  /** Watches a range from a revision on. @returns what ends it */
  open(from: WatchFrom, listener: WatchListener): () => void {
    if (this.#broken !== undefined) {
      listener.ended(this.#broken);
      return () => undefined;
    }
    this.#lastId += 1;
    const watchId = this.#lastId;
    const { range, revision } = from;
    this.#watches.set(watchId, { from, listener, fragments: [] });
    this.#unconfirmed.push(watchId);
    this.#stream.write({ create: { ...range, startRevision: revision, watchId, fragment: true } });
    return () => {
      if (this.#watches.delete(watchId) && this.#broken === undefined) this.#stream.write({ cancel: { watchId } });
      this.#endIfUnused();
    };
  }

  /** It gets no more watches, and ends with the last one. */
  retire(): void {
    this.#isRetired = true;
    this.#endIfUnused();
  }

  #endIfUnused(): void {
    if (!this.#isRetired || this.#watches.size > 0 || this.#broken !== undefined) return;
    // Its end is nobody's failure.
    this.#broken = new ConnectionFailure('the watch stream was replaced');
    this.#stream.cancel();
  }

  #take(response: WatchResponse): void {
    const watchId = response.created ? this.#unconfirmed.shift() : response.watchId.toNumber();
    const watch = watchId === undefined ? undefined : this.#watches.get(watchId);
    if (watchId === undefined || watch === undefined) return; // cancelled here while this was under way
    const end = endOf(response) ?? breachOf(watch.from, response);
    if (end !== undefined) {
      this.#watches.delete(watchId);
      watch.listener.ended(end);
      return this.#endIfUnused();
    }
    if (response.fragment || watch.fragments.length > 0) watch.fragments.push(...response.events);
    if (response.fragment) return;
    const events = watch.fragments.length > 0 ? watch.fragments : response.events;
    watch.fragments = [];
    if (events.length > 0) watch.listener.happened(events);
  }

  #break(error: Error): void {
    if (this.#broken !== undefined) return;
    this.#broken = error;
    const watches = [...this.#watches.values()];
    this.#watches.clear();
    this.#stream.cancel();
    this.#failed(error);
    for (const { listener } of watches) listener.ended(error);
  }
}

/** Why the server ends a watch, if it does. */
function endOf({ canceled, cancelReason, compactRevision }: WatchResponse): Error | undefined {
  if (!canceled) return undefined;
  if (compactRevision.toNumber() > 0)
    return new HistoryLost(`the history before revision ${compactRevision.toNumber()} was compacted`);
  if (cancelReason.includes('permission denied')) return new WatchRefused(cancelReason);
  return new ConnectionFailure(`the server ended the watch: ${cancelReason || 'it gave no reason'}`);
}

/** Whether what answers cannot be what was read before: another cluster, or one that was set back. */
function breachOf({ clusterId, revision }: WatchFrom, { header, created }: WatchResponse): Error | undefined {
  if (header.clusterId.toNumber() !== clusterId) return new HistoryLost('another cluster answers');
  if (created && header.revision.toNumber() < revision - 1) return new HistoryLost('the revision went back');
  return undefined;
}

class WatchRefused extends Error implements RpcFailure {
  readonly code: number = status.PERMISSION_DENIED;
  readonly details: string;

  constructor(details: string) {
    super(details);
    this.details = details;
  }

  override get name(): string {
    return 'WatchRefused';
  }
}
