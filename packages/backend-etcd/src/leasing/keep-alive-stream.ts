import type { EtcdLink, Duplex } from '../connection/etcd-link.ts';
import type { LeaseKeepAliveResponse, LeaseRequest } from '../protocol/etcd-messages.ts';
import { leaseKeepAliveRpc } from '../protocol/etcd-rpcs.ts';
import { ConnectionFailure } from '../connection/rpc-failure.ts';

/** Several leases whose keepalives were sent together. */
interface Beat {
  readonly alive: boolean[];
  missing: number;
  readonly resolve: (alive: readonly boolean[]) => void;
  readonly reject: (error: Error) => void;
}

/** An answer that is due. The server answers in the order in which it was asked, once for each. */
interface DueAnswer {
  readonly id: number;
  readonly beat: Beat;
}

/** The one stream that keeps the leases of a registry alive, for as long as its link stands. */
export class KeepAliveStream {
  readonly link: EtcdLink;
  readonly #failed: (error: Error) => void;
  readonly #stream: Duplex<LeaseRequest, LeaseKeepAliveResponse>;
  #due: DueAnswer[] = [];
  #answered = 0;
  #broken: Error | undefined;

  /** @param failed called once when it breaks */
  constructor(link: EtcdLink, failed: (error: Error) => void) {
    this.link = link;
    this.#failed = failed;
    this.#stream = link.stream(leaseKeepAliveRpc);
    this.#stream
      .on('data', (answer: LeaseKeepAliveResponse) => this.#take(answer))
      .on('error', (error) => this.#break(link.failure ?? error))
      .on('end', () => this.#break(link.failure ?? new ConnectionFailure('the keepalive stream ended')));
  }

  get isBroken(): boolean {
    return this.#broken !== undefined;
  }

  /** Renews each of `ids`. @returns which of them live, in the same order; rejects when the stream breaks */
  beat(ids: readonly number[]): Promise<readonly boolean[]> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    return new Promise((resolve, reject) => {
      const beat: Beat = { alive: [], missing: ids.length, resolve, reject };
      for (const id of ids) {
        this.#due.push({ id, beat });
        this.#stream.write({ id });
      }
    });
  }

  #take({ id, ttl }: LeaseKeepAliveResponse): void {
    const due = this.#due[this.#answered];
    if (due === undefined || due.id !== id.toNumber())
      return this.#break(new ConnectionFailure('the keepalive stream answered out of order'));
    this.#forgetAnswered();
    const { beat } = due;
    beat.alive.push(ttl.toNumber() > 0);
    beat.missing -= 1;
    if (beat.missing === 0) beat.resolve(beat.alive);
  }

  /** The queue moves up once half of it is answered, so that an answer costs the same however many are due. */
  #forgetAnswered(): void {
    this.#answered += 1;
    if (this.#answered * 2 < this.#due.length) return;
    this.#due = this.#due.slice(this.#answered);
    this.#answered = 0;
  }

  #break(error: Error): void {
    if (this.#broken !== undefined) return;
    this.#broken = error;
    for (const { beat } of this.#due) beat.reject(error);
    this.#due = [];
    this.#answered = 0;
    this.#stream.cancel();
    this.#failed(error);
  }
}
