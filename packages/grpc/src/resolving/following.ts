import { type Balancer, type CachedService, createBalancer, NoInstanceError, roundRobin } from '@rollcall/balancer';
import { reasonOf } from '@rollcall/core/driver';
import type { GrpcResolverTerms } from '../grpc-resolver-options.ts';
import { addressed, whyNoAddress } from './addresses.ts';
import type { Listener } from './listener.ts';

/** What is followed, and who is told. */
export interface FollowingParts {
  readonly service: string;
  readonly terms: GrpcResolverTerms;
  readonly listener: Listener;
}

/** A service as the cache has it. */
interface Followed {
  readonly source: CachedService;
  /** Knows who is eligible and left by the filters; nobody is picked from it. */
  readonly selection: Balancer;
  readonly unfollow: () => void;
}

/** Follows one service for one channel, from when that is first used until it is idle or closed. */
export class Following {
  readonly #parts: FollowingParts;
  readonly #end: AbortController = new AbortController();
  #followed: Followed | undefined;
  /** Whether a look is due, and whether it was asked for. */
  #due: 'no' | 'changed' | 'asked' = 'no';
  #isAwaiting = false;

  constructor(parts: FollowingParts) {
    this.#parts = parts;
  }

  /** The channel wants to know. It is told a little later: not before its call returns. */
  ask(): void {
    this.#look('asked');
  }

  /** Nothing is told any more. */
  stop(): void {
    this.#end.abort();
    this.#followed?.unfollow();
    this.#followed?.selection.close();
  }

  /** A little later, when the selection has followed the cache too. */
  #look(why: 'changed' | 'asked'): void {
    const isDue = this.#due !== 'no';
    if (this.#due !== 'asked') this.#due = why;
    if (isDue) return;
    queueMicrotask(() => {
      const due = this.#due;
      this.#due = 'no';
      if (this.#end.signal.aborted) return;
      const followed = this.#open();
      if (followed === undefined) return;
      if (followed.source.state !== 'unknown') this.#tell(followed);
      else if (due === 'asked') void this.#await(followed);
    });
  }

  #open(): Followed | undefined {
    const { service, terms, listener } = this.#parts;
    try {
      this.#followed ??= this.#follow(terms.cache.service(service));
      return this.#followed;
    } catch (error) {
      listener.tellUnknown(`The instances of ${service} cannot be looked up: ${reasonOf(error)}`);
      return undefined;
    }
  }

  #follow(source: CachedService): Followed {
    const { filters, balancing } = this.#parts.terms;
    const { onDiagnostic, clock } = balancing;
    const selection = createBalancer(source, { policy: roundRobin(), filters, onDiagnostic, clock });
    return { source, selection, unfollow: source.onChange(() => this.#look('changed')) };
  }

  #tell({ source, selection }: Followed): void {
    const { service, terms, listener } = this.#parts;
    const { candidates } = selection;
    const instances = candidates.flatMap((instance) => addressed(instance, terms.schemes) ?? []);
    if (instances.length > 0) listener.tellList(instances);
    else if (source.state === 'expired')
      listener.tellNobody(
        `There is no instance of ${service} to call: the registry has been out of reach for longer than maxStaleMs of the cache.`,
      );
    else listener.tellNobody(whyNobody(selection) ?? whyNoAddress(service, candidates, terms.schemes));
  }

  /** A cache tells by its `ready` alone that an empty set has become known. Asked once for each time that the channel asks. */
  async #await({ source }: Followed): Promise<void> {
    if (this.#isAwaiting) return;
    this.#isAwaiting = true;
    const { service, terms, listener } = this.#parts;
    const { signal } = this.#end;
    const failure = await terms.cache.ready({ services: [service], timeoutMs: terms.readyTimeoutMs, signal }).then(
      () => undefined,
      (error: unknown) => reasonOf(error),
    );
    this.#isAwaiting = false;
    if (signal.aborted) return;
    if (source.state === 'unknown') listener.tellUnknown(`Nothing is known of ${service} yet. ${failure ?? ''}`.trim());
    else this.#look('changed');
  }
}

/** Why there is nobody to choose from; nothing if there is somebody. */
function whyNobody(selection: Balancer): string | undefined {
  try {
    selection.pick();
    return undefined;
  } catch (error) {
    if (NoInstanceError.is(error)) return error.message;
    throw error;
  }
}
