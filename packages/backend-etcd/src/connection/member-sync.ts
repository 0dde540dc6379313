import type { Clock } from '@rollcall/core/driver';
import { type EtcdEndpoint, parseEtcdEndpoint } from '../options/etcd-endpoint.ts';
import type { EtcdConnection } from './etcd-connection.ts';
import { memberListRpc } from '../protocol/etcd-rpcs.ts';

interface SyncTerms {
  /** As configured: they stay the last resort, should what members say of themselves be of no use from here. */
  readonly endpoints: readonly EtcdEndpoint[];
  readonly syncIntervalMs: number;
}

/** Asks the cluster from time to time where its members are, so that a client outlives the members it was configured with. */
export class MemberSync implements Disposable {
  readonly #connection: EtcdConnection;
  readonly #clock: Clock;
  readonly #terms: SyncTerms;
  readonly #ending = new AbortController();
  #timer: Disposable | undefined;

  constructor(connection: EtcdConnection, clock: Clock, terms: SyncTerms) {
    this.#connection = connection;
    this.#clock = clock;
    this.#terms = terms;
  }

  /** Begins, with the first use of the connection; later calls change nothing. */
  start(): void {
    if (this.#timer === undefined && !this.#ending.signal.aborted) this.#rest();
  }

  [Symbol.dispose](): void {
    this.#ending.abort(new DOMException('the client is closed', 'AbortError'));
    this.#timer?.[Symbol.dispose]();
  }

  #rest(): void {
    this.#timer = this.#clock.schedule(this.#terms.syncIntervalMs, () => void this.#sync(), { background: true });
  }

  async #sync(): Promise<void> {
    const { signal } = this.#ending;
    try {
      const { members } = await this.#connection.call(memberListRpc, {}, signal);
      const urls = members.filter(({ isLearner }) => !isLearner).flatMap(({ clientUrls }) => clientUrls);
      this.#connection.setEndpoints(withLastResort(urls, this.#terms.endpoints));
    } catch {
      // The members that were known stay; calls say what is wrong with them.
    }
    if (!signal.aborted) this.#rest();
  }
}

/** What members say of themselves, as far as it can be used with the configured security, then what was configured. */
function withLastResort(urls: readonly string[], configured: readonly EtcdEndpoint[]): readonly EtcdEndpoint[] {
  const isSecure = configured.some(({ secure }) => secure);
  const told = urls.flatMap((url) => endpointOf(url) ?? []).filter(({ secure }) => secure === isSecure);
  const known = new Set(told.map(({ address }) => address));
  return [...told, ...configured.filter(({ address }) => !known.has(address))];
}

function endpointOf(url: string): EtcdEndpoint | undefined {
  try {
    return parseEtcdEndpoint(url, 'a client URL of a member');
  } catch {
    return undefined; // another kind of URL, such as a Unix socket's
  }
}
