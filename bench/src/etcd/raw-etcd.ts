import { randomBytes } from 'node:crypto';
import { Etcd3, type IOptions, type KVClient, type LeaseClient, type WatchClient } from 'etcd3';

type FaultPolicy = NonNullable<NonNullable<IOptions['faultHandling']>['global']>;

/** Calls once, and does nothing else: etcd3's own would retry, and open circuits. */
class NoPolicy implements FaultPolicy {
  declare readonly _altReturn: never;
  readonly onSuccess: FaultPolicy['onSuccess'] = () => ({ dispose: () => undefined });
  readonly onFailure: FaultPolicy['onFailure'] = () => ({ dispose: () => undefined });
  readonly #context = { signal: new AbortController().signal };

  async execute<T>(call: (context: { signal: AbortSignal }) => PromiseLike<T> | T): Promise<T> {
    return call(this.#context);
  }
}

/** What can be done to etcd by hand. */
export interface RawEtcd extends Disposable {
  readonly kv: KVClient;
  readonly leases: LeaseClient;
  readonly watches: WatchClient;
}

let connections = 0;

/** etcd3's clients without anything on top, over one connection that no other client shares. End streams before disposing. */
export function rawEtcd(endpoint: string): RawEtcd {
  connections += 1;
  const noPolicy = new NoPolicy();
  const client = new Etcd3({
    hosts: endpoint,
    faultHandling: { host: () => noPolicy, global: noPolicy },
    grpcOptions: {
      // Channels share a connection if all their options are alike.
      'grpc.primary_user_agent': `bench-${connections}`,
      'grpc.max_receive_message_length': -1,
    },
  });
  return {
    kv: client.kv,
    leases: client.leaseClient,
    watches: client.watchClient,
    [Symbol.dispose]: () => client.close(),
  };
}

/** An ID for a lease that is chosen by its client. */
export function leaseId(): number {
  return randomBytes(6).readUIntBE(0, 6) + 1;
}
