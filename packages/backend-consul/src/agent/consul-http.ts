import type { Socket } from 'node:net';
import { buildConnector, Pool } from 'undici';
import { ConsulFailure } from './consul-failure.ts';

/** Where an agent is, and how it is spoken to. */
interface AgentAddress {
  /** `http://127.0.0.1:8500`. */
  readonly origin: string;
  /** A Unix socket that is connected to instead. */
  readonly socketPath: string | undefined;
}

/** TLS material, read. */
interface TlsMaterial {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly serverName: string | undefined;
}

/** What requests are made of. */
export interface HttpTerms {
  readonly address: AgentAddress;
  readonly tls: TlsMaterial | undefined;
  readonly token: string | undefined;
  /** Sent with every request: datacenter, namespace, partition. */
  readonly query: Readonly<Record<string, string>>;
  /** Bound on connecting, in milliseconds. */
  readonly dialTimeoutMs: number;
  /** Bound on the wait for an answer, and for each next part of it, in milliseconds; for a poll it is added to its own wait. */
  readonly requestTimeoutMs: number;
  /** How many polls may be open at once. */
  readonly maxPolls: number;
}

/** One request. */
export interface ConsulRequest {
  readonly method: 'GET' | 'PUT' | 'POST';
  /** Its segments are encoded by whoever makes it. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal: AbortSignal;
  /** How long the server may hold the answer back, in milliseconds: a poll. */
  readonly waitMs?: number;
}

/** A whole answer. */
export interface ConsulAnswer {
  readonly text: string;
  /** Of a read; 0 where there is none. */
  readonly index: number;
  /** Whether a newer server says that it left out what the token may not see. */
  readonly isFiltered: boolean;
}

/** Enough for everything that is no poll: an agent allows 200 connections for each address of its clients. */
const controlConnections = 8;

/** Consul's answers to errors are a line; what a proxy on the way says may be a page. */
const shownLength = 300;

/** One agent over HTTP. Polls have connections of their own, so that no heartbeat waits behind them. */
export class ConsulHttp {
  readonly #terms: HttpTerms;
  readonly #control: Pool;
  readonly #polls: Pool;

  constructor(terms: HttpTerms) {
    this.#terms = terms;
    this.#control = pool(terms, controlConnections);
    this.#polls = pool(terms, terms.maxPolls);
  }

  /** @returns the answer, if it is good and whole; rejects with the reason of `signal`, or with a `ConsulFailure` */
  async send({ method, path, query, body, signal, waitMs }: ConsulRequest): Promise<ConsulAnswer> {
    const { token, requestTimeoutMs } = this.#terms;
    const search = new URLSearchParams({ ...this.#terms.query, ...query }).toString();
    const headers = {
      ...(token !== undefined && { 'x-consul-token': token }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    // Consul adds up to a sixteenth to the wait, so that not everybody comes back at once.
    const timeoutMs = waitMs === undefined ? requestTimeoutMs : waitMs + waitMs / 16 + requestTimeoutMs;
    const { statusCode, text, answered } = await (waitMs === undefined ? this.#control : this.#polls)
      .request({
        method,
        path: search === '' ? path : `${path}?${search}`,
        headers,
        body: body === undefined ? null : JSON.stringify(body),
        signal,
        headersTimeout: timeoutMs,
        bodyTimeout: requestTimeoutMs,
      })
      .then(async (answer) => ({ ...answer, answered: answer.headers, text: await answer.body.text() }))
      .catch((error: unknown) => {
        signal.throwIfAborted();
        throw lost(error);
      });
    if (statusCode !== 200) throw refused(statusCode, text);
    return {
      text,
      index: Number(answered['x-consul-index'] ?? 0),
      isFiltered: answered['x-consul-results-filtered-by-acls'] === 'true',
    };
  }

  /** Nothing goes out any more, and what is under way fails with `reason`. */
  close(reason: Error): void {
    for (const one of [this.#control, this.#polls]) void one.destroy(reason).catch(() => undefined);
  }
}

function pool({ address, tls, dialTimeoutMs }: HttpTerms, connections: number): Pool {
  const connect = buildConnector({
    timeout: dialTimeoutMs,
    socketPath: address.socketPath ?? null,
    ...(tls?.ca !== undefined && { ca: tls.ca }),
    ...(tls?.cert !== undefined && { cert: tls.cert }),
    ...(tls?.key !== undefined && { key: tls.key }),
    ...(tls?.serverName !== undefined && { servername: tls.serverName }),
  });
  return new Pool(address.origin, {
    connections,
    pipelining: 1,
    connect: (options: buildConnector.Options, callback: buildConnector.Callback) => {
      connect(options, (...[error, socket]) => {
        if (error === null) callback(null, quiet(socket));
        else callback(error, null);
      });
    },
  });
}

/** A socket that nobody can make hold the process: whether anything waits for this registry is core's to say (C4). */
function quiet<AnySocket extends Socket>(socket: AnySocket): AnySocket {
  socket.unref();
  socket.ref = () => socket;
  return socket;
}

function refused(status: number, text: string): ConsulFailure {
  const line = text.trim().replaceAll(/\s+/g, ' ');
  return new ConsulFailure(`Consul answered ${status}: ${line.slice(0, shownLength) || 'nothing'}`, { status });
}

function lost(cause: unknown): ConsulFailure {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return new ConsulFailure(`${reason || 'no answer'}${code}`, { cause });
}
