import { Client, type ClientDuplexStream, connectivityState, Metadata } from '@grpc/grpc-js';
import type { Clock, DeadlineQueue } from '@rollcall/core/driver';
import type { EtcdEndpoint } from '../options/etcd-endpoint.ts';
import { channelTarget } from './endpoint-address.ts';
import { authenticateRpc, type Rpc, statusRpc } from '../protocol/etcd-rpcs.ts';
import { QuietCredentials } from './quiet-credentials.ts';
import { isAuthOff, isForbidden, isRpcFailure, NoAnswer } from './rpc-failure.ts';
import { type TlsMaterial, tlsUpgrade } from './tls-upgrade.ts';
import { UnaryCall } from './unary-call.ts';

/** Who asks, where the cluster wants to know. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/** What a link is made of. */
export interface LinkTerms {
  readonly endpoint: EtcdEndpoint;
  readonly tls: TlsMaterial | undefined;
  readonly login: Login | undefined;
  readonly clock: Clock;
  readonly queue: DeadlineQueue;
  /** Bound on each request, in milliseconds. */
  readonly requestTimeoutMs: number;
}

/** What one login gave, as it is sent along. Nothing, where none is needed. */
export interface Token {
  readonly metadata: Metadata;
}

const noToken: Token = { metadata: new Metadata() };

/** A stream in both directions. */
export type Duplex<Request, Response> = ClientDuplexStream<Request, Response>;

const channelOptions = {
  // A silent peer is noticed after 13 s at most (W7); pings more often than every 5 s, etcd takes for an attack.
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 3_000,
  // A watch that catches up, or a large service, comes in messages of any size.
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  // HTTP/2's default of 64 KiB would let a large service through at 64 KiB for each round trip.
  'grpc-node.flow_control_window': 4_194_304,
  // A link that is given up is given up: the next one has a connection of its own.
  'grpc.use_local_subchannel_pool': 1,
  'grpc.service_config_disable_resolution': 1,
  // What may be repeated is repeated by EtcdConnection, which knows.
  'grpc.enable_retries': 0,
  'grpc.enable_channelz': 0,
};

/** One connection to one member: its calls and streams share it, and end with it. */
export class EtcdLink {
  readonly endpoint: EtcdEndpoint;
  /** Set once: why nothing goes over it any more. */
  failure: Error | undefined;
  readonly #terms: LinkTerms;
  readonly #client: Client;
  readonly #connecting = new AbortController();
  /** What is under way, and how it is ended. */
  readonly #calls = new Set<{ end(failure: Error): void }>();
  readonly #streams = new Set<() => void>();
  #token: Token = { metadata: new Metadata() };
  #isTokenGood = false;
  #loggingIn: Promise<void> | undefined;
  #heardAt = -Infinity;

  constructor(terms: LinkTerms) {
    const { endpoint, tls } = terms;
    this.#terms = terms;
    this.endpoint = endpoint;
    const credentials = new QuietCredentials(tls && tlsUpgrade(tls, endpoint.host));
    const { target, options } = channelTarget(endpoint, this.#connecting.signal);
    this.#client = new Client(target, credentials, {
      ...channelOptions,
      ...options,
      ...(tls?.serverName !== undefined && { 'grpc.default_authority': tls.serverName }),
    });
  }

  /**
   * Finds out whether the member answers and who leads it, within `ms`.
   * @returns whether it has a leader; rejects with the cause when it cannot be reached or refuses the login
   */
  async open(ms: number): Promise<boolean> {
    const openBy = this.#terms.clock.now() + ms;
    await this.#connected(ms);
    const leftMs = openBy - this.#terms.clock.now();
    await this.#authenticate(leftMs);
    try {
      const { leader } = await this.#send(statusRpc, {}, undefined, leftMs, this.#token);
      return leader.toNumber() !== 0;
    } catch (error) {
      // A server that says who may ask is there, and rights are the business of the calls that need them.
      if (isRpcFailure(error) && isForbidden(error)) return true;
      throw error;
    }
  }

  /** Whether anything has come over it since `instant`. */
  hasHeardSince(instant: number): boolean {
    return this.#heardAt >= instant;
  }

  /** Something came over it. */
  heard(): void {
    this.#heardAt = this.#terms.clock.now();
  }

  /** What calls and streams carry that are sent now. */
  get token(): Token {
    return this.#token;
  }

  /** `token` is no good any more: the next call asks for another first, unless somebody has done so meanwhile. */
  forgetToken(token: Token): void {
    if (this.#token === token) this.#isTokenGood = false;
  }

  /** Resolves when calls can be sent with a good token. */
  authenticated(): Promise<void> {
    return this.#authenticate(this.#terms.requestTimeoutMs);
  }

  /** Whether `authenticated` would have nothing to do. */
  get isAuthenticated(): boolean {
    return this.#terms.login === undefined || this.#isTokenGood;
  }

  /** @returns the answer; rejects with the reason of `signal`, or an `RpcFailure` */
  call<Request, Response>(rpc: Rpc<Request, Response>, request: Request, signal: AbortSignal): Promise<Response> {
    return this.#send(rpc, request, signal, this.#terms.requestTimeoutMs, this.#token);
  }

  /** A stream that the server ends when its member loses the leader. Whoever opens it listens to its errors. */
  stream<Request, Response>(rpc: Rpc<Request, Response>): Duplex<Request, Response> {
    const metadata = this.#token.metadata.clone();
    metadata.set('hasleader', 'true');
    const stream = this.#client.makeBidiStreamRequest(rpc.path, rpc.serialize, rpc.deserialize, metadata);
    const cancel = (): void => stream.cancel();
    const forget = (): void => void this.#streams.delete(cancel);
    this.#streams.add(cancel);
    stream.on('data', () => this.heard());
    stream.once('end', forget).on('error', forget);
    return stream;
  }

  /** Nothing goes over it any more: what is under way ends with `failure`. */
  close(failure: Error): void {
    if (this.failure !== undefined) return;
    this.failure = failure;
    for (const call of this.#calls) call.end(failure);
    for (const cancel of this.#streams) cancel();
    this.#client.close();
    this.#connecting.abort();
  }

  /**
   * Resolves when the channel is connected, or has failed to, which the next call tells. A call that is sent before makes grpc-js
   * hold the process for as long as it connects (C4).
   */
  #connected(ms: number): Promise<void> {
    const channel = this.#client.getChannel();
    return new Promise((resolve, reject) => {
      const bound = this.#terms.clock.schedule(ms, () => settle(this.#noAnswer(ms, 'connecting')), {
        background: true,
      });
      const settle = (failure?: Error): void => {
        bound[Symbol.dispose]();
        this.#calls.delete(attempt);
        if (failure === undefined) resolve();
        else reject(failure);
      };
      const attempt = { end: settle };
      const look = (): void => {
        // A channel that is closed tells so too, and would begin anew if it were asked to connect.
        if (this.failure !== undefined) return;
        const state = channel.getConnectivityState(true);
        const isUnderWay = state === connectivityState.IDLE || state === connectivityState.CONNECTING;
        if (isUnderWay) channel.watchConnectivityState(state, Infinity, look);
        else settle();
      };
      this.#calls.add(attempt);
      look();
    });
  }

  #authenticate(ms: number): Promise<void> {
    const { login } = this.#terms;
    if (login === undefined || this.#isTokenGood) return Promise.resolve();
    this.#loggingIn ??= this.#login(login, ms).finally(() => {
      this.#loggingIn = undefined;
    });
    return this.#loggingIn;
  }

  async #login({ user, password }: Login, ms: number): Promise<void> {
    const metadata = new Metadata();
    try {
      // Without the former token: etcd 3.4 refuses even a login that carries one which has run out.
      const { token } = await this.#send(authenticateRpc, { name: user, password }, undefined, ms, noToken);
      metadata.set('token', token);
    } catch (error) {
      if (!isRpcFailure(error) || !isAuthOff(error)) throw error;
    }
    this.#token = { metadata };
    this.#isTokenGood = true;
  }

  #send<Request, Response>(
    rpc: Rpc<Request, Response>,
    request: Request,
    signal: AbortSignal | undefined,
    boundMs: number,
    { metadata }: Token,
  ): Promise<Response> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return new Promise<Response>((resolve, reject) => {
      const { clock, queue } = this.#terms;
      const call = new UnaryCall<Request, Response>({
        rpc,
        request,
        metadata,
        resolve: (response) => {
          this.heard();
          resolve(response);
        },
        reject,
        signal,
        late: () => this.#noAnswer(boundMs, rpc.path.slice(1)),
        over: () => {
          queue.cancel(call);
          this.#calls.delete(call);
        },
      });
      this.#calls.add(call);
      queue.set(call, clock.now() + boundMs);
      call.send(this.#client.getChannel());
    });
  }

  #noAnswer(boundMs: number, to: string): NoAnswer {
    return new NoAnswer(`no answer from ${this.endpoint.address} within ${Math.round(boundMs)} ms (${to})`);
  }
}
