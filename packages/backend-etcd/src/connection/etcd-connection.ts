import { type Clock, DeadlineQueue, RegistryError } from '@rollcall/core/driver';
import type { EtcdEndpoint } from '../options/etcd-endpoint.ts';
import { waitFor } from './abortable.ts';
import { dial, type DialTerms } from './dial.ts';
import type { EtcdLink, Token } from './etcd-link.ts';
import type { Rpc } from '../protocol/etcd-rpcs.ts';
import {
  isForbidden,
  isMemberOutOfService,
  isRpcFailure,
  isServersAnswer,
  isTokenRefused,
  NoAnswer,
  type RpcFailure,
} from './rpc-failure.ts';

/** What a connection is made of. */
export interface ConnectionTerms extends Omit<DialTerms, 'queue' | 'endpoints' | 'ending'> {
  readonly clock: Clock;
  readonly endpoints: readonly EtcdEndpoint[];
}

/** How a request went out. */
interface Sent {
  readonly sentAt: number;
  readonly token: Token;
}

/** More failures in a row than these are no accident: one of the connection, and one of the token, whose login may cost a connection. */
const spareAttempts = 2;

/**
 * A cluster, reached through one member at a time: connects when it is first needed, stays with the member while it answers,
 * and goes on to the next when it does not. What can be repeated without harm is repeated there.
 */
export class EtcdConnection {
  readonly #terms: ConnectionTerms;
  readonly #queue: DeadlineQueue;
  #endpoints: readonly EtcdEndpoint[];
  /** Where the next dialling begins. */
  #next: number;
  #link: EtcdLink | undefined;
  #dialling: Promise<EtcdLink> | undefined;
  #closed: RegistryError | undefined;
  readonly #ending = new AbortController();

  constructor(terms: ConnectionTerms) {
    this.#terms = terms;
    this.#queue = new DeadlineQueue(terms.clock, { background: true });
    this.#endpoints = terms.endpoints;
    // Clients spread over the members; nobody depends on the order.
    this.#next = Math.floor(Math.random() * terms.endpoints.length);
  }

  /** The link in use, dialled if there is none. Rejects with the reason of `signal`, or with what dialling failed with. */
  async link(signal: AbortSignal): Promise<EtcdLink> {
    const link = this.#link ?? (await waitFor(signal, this.#dial()));
    if (!link.isAuthenticated) await this.#logIn(link, signal);
    return link;
  }

  /**
   * Sends a request that may be sent twice without harm. It is repeated where the connection failed under it, where the token
   * had run out, and where a member could not serve. Rejects with the reason of `signal`, or an `RpcFailure`.
   */
  async call<Request, Response>(rpc: Rpc<Request, Response>, request: Request, signal: AbortSignal): Promise<Response> {
    for (let attemptsLeft = this.#endpoints.length + spareAttempts; ; attemptsLeft -= 1) {
      signal.throwIfAborted();
      const link = this.#link ?? (await waitFor(signal, this.#dial()));
      const sentAt = this.#terms.clock.now();
      let { token } = link;
      try {
        if (!link.isAuthenticated) await this.#logIn(link, signal);
        token = link.token;
        return await link.call(rpc, request, signal);
      } catch (error) {
        if (signal.aborted) this.#suspect(link, sentAt, signal.reason);
        if (!isRpcFailure(error) || this.#closed !== undefined || signal.aborted) throw error;
        if (!this.#mayHelpToRepeat(link, { sentAt, token }, error) || attemptsLeft <= 1) throw error;
      }
    }
  }

  /** `link` failed: nothing goes over it any more, and the next call goes to another member, or to this one anew. */
  fail(link: EtcdLink, error: Error): void {
    link.close(error);
    if (this.#link !== link) return;
    this.#link = undefined;
    this.#next += 1;
  }

  /** A stream over `link` broke: where it was the token, another is asked for, and where it was the connection, that is given up. */
  streamFailed(link: EtcdLink, token: Token, error: Error): void {
    if (isRpcFailure(error) && isTokenRefused(error)) link.forgetToken(token);
    else this.fail(link, error);
  }

  /** Nobody has heard of `link` since something was sent over it at `sentAt`, and it was waited for: it is given up. */
  suspect(link: EtcdLink, sentAt: number, why: Error): void {
    if (!link.hasHeardSince(sentAt)) this.fail(link, why);
  }

  /** Where the members are from now on. The link in use stays. */
  setEndpoints(endpoints: readonly EtcdEndpoint[]): void {
    this.#endpoints = endpoints;
    if (this.#link !== undefined) this.#next = this.#indexOf(this.#link.endpoint);
  }

  /** Ends everything that is under way, with `reason`. */
  close(reason: RegistryError): void {
    this.#closed ??= reason;
    const link = this.#link;
    this.#link = undefined;
    link?.close(reason);
    this.#ending.abort(reason);
  }

  #dial(): Promise<EtcdLink> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    this.#dialling ??= this.#dialOnce().finally(() => {
      this.#dialling = undefined;
    });
    return this.#dialling;
  }

  async #dialOnce(): Promise<EtcdLink> {
    const first = this.#next % this.#endpoints.length;
    const endpoints = [...this.#endpoints.slice(first), ...this.#endpoints.slice(0, first)];
    const link = await dial({ ...this.#terms, queue: this.#queue, endpoints, ending: this.#ending.signal });
    if (this.#closed !== undefined) {
      link.close(this.#closed);
      throw this.#closed;
    }
    this.#link = link;
    this.#next = this.#indexOf(link.endpoint);
    return link;
  }

  /** Where it stands in the list, which may be another one than it was dialled from. */
  #indexOf({ address }: EtcdEndpoint): number {
    return Math.max(
      0,
      this.#endpoints.findIndex((endpoint) => endpoint.address === address),
    );
  }

  /** A link whose login is refused is given up: the password may have changed, and is read anew for the next one. */
  async #logIn(link: EtcdLink, signal: AbortSignal): Promise<void> {
    try {
      await waitFor(signal, link.authenticated());
    } catch (error) {
      if (isRpcFailure(error) && isForbidden(error)) this.fail(link, error);
      throw error;
    }
  }

  /** A caller has given up. Only when it was for want of an answer does that say anything about the link. */
  #suspect(link: EtcdLink, sentAt: number, reason: unknown): void {
    if (RegistryError.is(reason, 'REGISTRY_UNAVAILABLE')) this.suspect(link, sentAt, reason);
  }

  #mayHelpToRepeat(link: EtcdLink, { sentAt, token }: Sent, error: RpcFailure): boolean {
    if (link.failure !== undefined) return true;
    if (isTokenRefused(error)) {
      link.forgetToken(token);
      return !link.isAuthenticated || link.token !== token;
    }
    if (isMemberOutOfService(error) && this.#endpoints.length > 1) {
      this.fail(link, error);
      return true;
    }
    if (isServersAnswer(error)) return error.details.includes('leader changed');
    // A member that answers others may have handed this one to a leader that was just dying, and lost it: only another try tells.
    if (error instanceof NoAnswer) this.suspect(link, sentAt, error);
    else this.fail(link, error);
    return true;
  }
}
