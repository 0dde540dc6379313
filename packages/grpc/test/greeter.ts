import {
  Client,
  type ClientOptions,
  type ClientUnaryCall,
  credentials,
  Metadata,
  type requestCallback,
  Server,
  ServerCredentials,
  status,
} from '@grpc/grpc-js';

const path = '/test.Greeter/Greet';
const encode = (text: string): Buffer => Buffer.from(text);
const decode = (bytes: Buffer): string => bytes.toString();

/** How a server answers: with what is returned; a rejection fails the call with its `code`, or as UNKNOWN. */
export type Answering = (name: string, metadata: Metadata) => string | Promise<string>;

/** A server of grpc-js on loopback. */
export interface Greeter extends AsyncDisposable {
  readonly id: string;
  readonly port: number;
  readonly server: Server;
  /** How many calls it has taken. */
  readonly taken: number;
  /** Ends at once, with all its connections. */
  crash(): void;
}

/** @param answering @defaultValue with its id */
export async function greeter(id: string, answering: Answering = () => id, port: number = 0): Promise<Greeter> {
  const server = new Server();
  let taken = 0;
  const definition = {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: encode,
    requestDeserialize: decode,
    responseSerialize: encode,
    responseDeserialize: decode,
  } as const;
  server.addService(
    { greet: definition },
    {
      greet(call: { request: string; metadata: Metadata }, respond: (error: object | null, answer?: string) => void) {
        taken += 1;
        // An answer that is there is sent at once.
        new Promise<string>((resolve) => resolve(answering(call.request, call.metadata))).then(
          (answer) => respond(null, answer),
          (error: unknown) => respond(Object.assign({ code: status.UNKNOWN }, error)),
        );
      },
    },
  );
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, given) =>
      error === null ? resolve(given) : reject(error),
    );
  });
  return {
    id,
    port: bound,
    server,
    get taken() {
      return taken;
    },
    crash: () => server.forceShutdown(),
    async [Symbol.asyncDispose]() {
      server.forceShutdown();
    },
  };
}

/** What a call brings along. */
export interface GreetOptions {
  /** @defaultValue 5_000 */
  readonly withinMs?: number;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly waitForReady?: boolean;
}

/** A client of such servers. */
export class Caller implements Disposable {
  readonly client: Client;

  constructor(target: string, options: ClientOptions = {}) {
    this.client = new Client(target, credentials.createInsecure(), {
      // A connection that failed is tried again within a test.
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 1_000,
      ...options,
    });
  }

  /** Resolves with who has answered; rejects with the error of the call. */
  greet(
    name: string = 'ada',
    { withinMs = 5_000, metadata = {}, waitForReady = false }: GreetOptions = {},
  ): Promise<string> {
    const sent = new Metadata({ waitForReady });
    for (const [key, value] of Object.entries(metadata)) sent.set(key, value);
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(
        path,
        encode,
        decode,
        name,
        sent,
        { deadline: Date.now() + withinMs },
        (error, answer) => (error === null ? resolve(answer ?? '') : reject(error)),
      );
    });
  }

  /** As grpc-js does it. */
  begin(answered: requestCallback<string>): ClientUnaryCall {
    return this.client.makeUnaryRequest(path, encode, decode, 'ada', { deadline: Date.now() + 5_000 }, answered);
  }

  /** A call that has its instance, waits for its credentials, and is cancelled before it has them. */
  async cancelled(): Promise<void> {
    const asked = deferred<void>();
    let give: (() => void) | undefined;
    const waiting = credentials.createFromMetadataGenerator((_options, done) => {
      give = () => done(null, new Metadata());
      asked.resolve();
    });
    const ended = deferred<void>();
    const call = this.client.makeUnaryRequest(path, encode, decode, 'ada', { credentials: waiting }, () =>
      ended.resolve(),
    );
    await asked.promise;
    call.cancel();
    await ended.promise;
    give?.();
  }

  /** How often each has answered of `count` calls, a few at a time. */
  async tally(count: number, options?: GreetOptions): Promise<Readonly<Record<string, number>>> {
    const tally: Record<string, number> = {};
    let left = count;
    const callOn = async (): Promise<void> => {
      while (left-- > 0) {
        const answer = await this.greet('ada', options);
        tally[answer] = (tally[answer] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: 4 }, callOn));
    return tally;
  }

  [Symbol.dispose](): void {
    this.client.close();
  }
}

/** The service config in which this policy balances. */
export function balancedBy(policy: 'rollcall_weighted' | 'round_robin' | 'pick_first'): ClientOptions {
  return { 'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ [policy]: {} }] }) };
}

/** A promise and what resolves it. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

export function deferred<T>(): Deferred<T> {
  let settle: ((value: T) => void) | undefined;
  const promise = new Promise<T>((resolve) => {
    settle = resolve;
  });
  return { promise, resolve: (value) => settle?.(value) };
}
