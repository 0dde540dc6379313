import type { Clock, DeadlineQueue } from '@rollcall/core/driver';
import type { EtcdEndpoint } from '../options/etcd-endpoint.ts';
import { EtcdLink, type Login } from './etcd-link.ts';
import { ConnectionFailure, isForbidden, isRpcFailure } from './rpc-failure.ts';
import type { TlsMaterial } from './tls-upgrade.ts';

/** How members are reached. */
export interface DialTerms {
  /** In the order in which they are tried. */
  readonly endpoints: readonly EtcdEndpoint[];
  readonly clock: Clock;
  readonly queue: DeadlineQueue;
  /** Bound on reaching one member, in milliseconds. */
  readonly dialTimeoutMs: number;
  /** Bound on each request over the link, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** Read anew for each dialling: files may have changed. */
  readonly secrets: () => Promise<Secrets>;
  /** Ends the dialling, and leaves nothing of it, when it aborts (C3). */
  readonly ending: AbortSignal;
}

/** What is needed to be let in. */
export interface Secrets {
  readonly tls: TlsMaterial | undefined;
  readonly login: Login | undefined;
}

/** A member that has not answered for so long has the next one dialled beside it, in milliseconds: a short lease cannot wait. */
const headStartMs = 250;

/**
 * A link to the first member that answers and has a leader; if none has, to one that answers, as an election is soon over.
 * Rejects with a `ConnectionFailure` that tells what was wrong with each, or with the refusal of the login.
 */
export async function dial(terms: DialTerms): Promise<EtcdLink> {
  const secrets = await terms.secrets();
  const { ending } = terms;
  ending.throwIfAborted();
  const race = new DialRace(terms);
  const end = (): void => race.end(ending.reason);
  ending.addEventListener('abort', end, { once: true });
  try {
    for (const endpoint of terms.endpoints) {
      race.enter(new EtcdLink({ ...terms, ...secrets, endpoint }));
      if (await race.isDecidedWithin(headStartMs)) break;
    }
    return await race.winner();
  } finally {
    ending.removeEventListener('abort', end);
  }
}

/** Several members that are dialled side by side. */
class DialRace {
  readonly #terms: DialTerms;
  readonly #running = new Set<EtcdLink>();
  readonly #problems: string[] = [];
  #leaderless: EtcdLink | undefined;
  #outcome: { readonly link: EtcdLink } | { readonly error: unknown } | undefined;
  #changed: (() => void) | undefined;

  constructor(terms: DialTerms) {
    this.#terms = terms;
  }

  enter(link: EtcdLink): void {
    this.#running.add(link);
    void link
      .open(this.#terms.dialTimeoutMs)
      .then(
        (hasLeader) => this.#opened(link, hasLeader),
        (error: unknown) => this.#failed(link, error),
      )
      .then(() => this.#changed?.());
  }

  /** Waits for everyone who runs, `ms` milliseconds at most. @returns whether somebody has won meanwhile, or all are refused */
  async isDecidedWithin(ms: number): Promise<boolean> {
    const wait = { isOver: false };
    const timer = this.#terms.clock.schedule(ms, () => {
      wait.isOver = true;
      this.#changed?.();
    });
    while (this.#outcome === undefined && this.#running.size > 0 && !wait.isOver) await this.#change();
    timer[Symbol.dispose]();
    return this.#outcome !== undefined;
  }

  /** Nobody can win any more. */
  end(reason: unknown): void {
    this.#outcome ??= { error: reason };
    this.#changed?.();
  }

  /** The link that won, once that is clear. All others are closed. */
  async winner(): Promise<EtcdLink> {
    while (this.#outcome === undefined && this.#running.size > 0) await this.#change();
    const lost = new ConnectionFailure('another member was faster');
    for (const link of this.#running) link.close(lost);
    if (this.#outcome !== undefined) this.#leaderless?.close(lost);
    const outcome = this.#outcome ?? (this.#leaderless && { link: this.#leaderless });
    if (outcome === undefined) throw new ConnectionFailure(`no member could be reached. ${this.#problems.join('; ')}`);
    if ('error' in outcome) throw outcome.error;
    return outcome.link;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#changed = resolve;
    });
  }

  #opened(link: EtcdLink, hasLeader: boolean): void {
    this.#running.delete(link);
    if (this.#outcome !== undefined) link.close(new ConnectionFailure('another member was faster'));
    else if (hasLeader) this.#outcome = { link };
    else if (this.#leaderless === undefined) this.#leaderless = link;
    else link.close(new ConnectionFailure('the member has no leader'));
  }

  /** What is no failure of the connection, such as a refused login, would be the same at every member. */
  #failed(link: EtcdLink, error: unknown): void {
    this.#running.delete(link);
    link.close(new ConnectionFailure('it could not be opened', { cause: error }));
    if (isRpcFailure(error) && !isForbidden(error))
      this.#problems.push(`${link.endpoint.address}: ${inOneLine(error.details)}`);
    else this.#outcome ??= { error };
  }
}

/** What gRPC says, without the empty note and the line break of OpenSSL's that it ends with. */
function inOneLine(details: string): string {
  return details.replace(/\. Resolution note: $/, '').replaceAll(/\s+/g, ' ');
}
