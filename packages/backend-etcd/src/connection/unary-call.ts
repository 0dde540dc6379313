import {
  type ChannelInterface,
  type InterceptingListener,
  type Metadata,
  status,
  type StatusObject,
} from '@grpc/grpc-js';
import type { Sleeper } from '@rollcall/core/driver';
import type { Rpc } from '../protocol/etcd-rpcs.ts';
import { CallRefused, ConnectionFailure } from './rpc-failure.ts';

/** A call of the channel's, as its types tell. */
type ChannelCall = ReturnType<ChannelInterface['createCall']>;

/** One request, and who is told what becomes of it. */
export interface UnaryTerms<Request, Response> {
  readonly rpc: Rpc<Request, Response>;
  readonly request: Request;
  readonly metadata: Metadata;
  readonly resolve: (response: Response) => void;
  readonly reject: (reason: unknown) => void;
  readonly signal: AbortSignal | undefined;
  /** What it fails with when its bound passes. */
  readonly late: () => Error;
  /** Called once, as soon as it is settled, however that came. */
  readonly over: () => void;
}

/**
 * One request and its answer. It is its own place in the queue of deadlines, and its own listener: the channel is used without
 * the client on top, whose interceptors, emitters and stack traces cost a fifth of a call and serve nobody here.
 */
export class UnaryCall<Request, Response> implements Sleeper, InterceptingListener {
  dueAt: number = Infinity;
  queuedAt: number = Infinity;
  readonly #terms: UnaryTerms<Request, Response>;
  #call: ChannelCall | undefined;
  #answer: Buffer | undefined;
  #isOver = false;
  readonly #abort = (): void => this.end(this.#terms.signal?.reason);

  constructor(terms: UnaryTerms<Request, Response>) {
    this.#terms = terms;
    terms.signal?.addEventListener('abort', this.#abort, { once: true });
  }

  /** Sends the request. The bound is kept by whoever queued it. */
  send(channel: ChannelInterface): void {
    const { rpc, request, metadata, signal } = this.#terms;
    if (signal?.aborted === true) return this.#abort();
    const bytes = rpc.serialize(request);
    const call = channel.createCall(rpc.path, Infinity, null, null, null);
    this.#call = call;
    call.start(metadata, this);
    call.startRead();
    call.sendMessageWithContext({}, bytes);
    call.halfClose();
  }

  onReceiveMetadata(): void {
    // The server tells nothing there.
  }

  onReceiveMessage(bytes: Buffer): void {
    this.#answer = bytes;
  }

  onReceiveStatus({ code, details }: StatusObject): void {
    if (!this.#finish()) return;
    if (code !== status.OK) this.#terms.reject(new CallRefused(code, details));
    else if (this.#answer === undefined) this.#terms.reject(new ConnectionFailure('the answer was empty'));
    else this.#resolve(this.#answer);
  }

  /** Whatever came: who calls this is the transport, which no error may reach. */
  #resolve(answer: Buffer): void {
    const { rpc, resolve, reject } = this.#terms;
    try {
      resolve(rpc.deserialize(answer));
    } catch (cause) {
      reject(new ConnectionFailure('the answer could not be read: no etcd answers there', { cause }));
    }
  }

  /** The bound has passed. */
  wake(): void {
    this.end(this.#terms.late());
  }

  /** Nobody waits for the answer any more. */
  end(reason: unknown): void {
    if (!this.#finish()) return;
    this.#terms.reject(reason);
    this.#call?.cancelWithStatus(status.CANCELLED, 'nobody waits for the answer');
  }

  /** @returns whether it was not over before */
  #finish(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#terms.signal?.removeEventListener('abort', this.#abort);
    this.#terms.over();
    return true;
  }
}
