import { experimental, status } from '@grpc/grpc-js';
import type { GrpcResolverTerms } from '../grpc-resolver-options.ts';
import { type Addressed, Resolved } from '../resolved.ts';
import type { ChannelBalancing } from './channel-balancing.ts';

/** What was told last: whom there is to call, as the policy of the channel sees them, or why there is nobody. */
type Told =
  | { readonly is: 'list'; readonly seen: readonly unknown[] }
  | { readonly is: 'nobody'; readonly why: string };

/** Whom a listener tells, and of what. */
export interface ListenerParts {
  readonly service: string;
  readonly terms: GrpcResolverTerms;
  readonly balancing: ChannelBalancing;
  /** The channel's. */
  readonly push: experimental.ResolverListener;
}

/** Tells a channel what is new to its policy, and nothing else: round_robin throws all its children away whenever it hears of a list. */
export class Listener {
  readonly #parts: ListenerParts;
  #told: Told | undefined;

  constructor(parts: ListenerParts) {
    this.#parts = parts;
  }

  /** These can be called: at least one. */
  tellList(instances: readonly Addressed[]): void {
    const seen = instances.map((one) => this.#seen(one));
    if (this.#told?.is === 'list' && isSame(this.#told.seen, seen)) return;
    this.#told = { is: 'list', seen };
    this.#pushList(instances, '');
  }

  /** Nobody can be called, whatever was told before. */
  tellNobody(why: string): void {
    const former = this.#told;
    if (former?.is === 'nobody' && former.why === why) return;
    this.#told = { is: 'nobody', why };
    // A policy with a list keeps it when it hears of an error; pick_first without one lets calls wait when it hears of an empty list.
    if (former?.is === 'list') this.#pushList([], why);
    else this.#pushError(why);
  }

  /** It is not known who can be called. A list that was told stands. */
  tellUnknown(why: string): void {
    if (this.#told?.is !== 'list') this.tellNobody(why);
  }

  #seen({ instance, endpoint }: Addressed): unknown {
    return this.#parts.balancing.sees === 'records' ? instance : experimental.endpointToString(endpoint);
  }

  #pushList(instances: readonly Addressed[], note: string): void {
    const { service, terms, balancing, push } = this.#parts;
    const endpoints = instances.map(({ endpoint }) => endpoint);
    const attributes = { [Resolved.key]: new Resolved(service, instances, terms) };
    push(experimental.statusOrFromValue(endpoints), attributes, balancing.serviceConfig, note);
  }

  #pushError(details: string): void {
    const { balancing, push } = this.#parts;
    push(experimental.statusOrFromError({ code: status.UNAVAILABLE, details }), {}, balancing.serviceConfig, '');
  }
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index]);
}
