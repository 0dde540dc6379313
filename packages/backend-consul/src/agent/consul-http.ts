import { type Dispatcher, Pool } from 'undici';
import type { ConsulSettings } from '../options/consul-settings.ts';
import { AgentToken } from './agent-token.ts';
import { ConsulFailure } from './consul-failure.ts';
import { dialer } from './dial.ts';
import { exchange } from './exchange.ts';
import { nextTurn } from './pauses.ts';

/** What a request is for. Each has connections of its own: no renewal waits behind a long list, and nothing behind polls. */
export type Lane = 'renewal' | 'call' | 'poll';

/** One request. */
export interface ConsulRequest {
  readonly method: 'GET' | 'PUT' | 'POST';
  /** Its segments are encoded by whoever makes it. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal: AbortSignal;
  readonly lane: Lane;
  /** How long the server may hold the answer back, in milliseconds. */
  readonly waitMs?: number;
}

/** A whole answer. */
export interface ConsulAnswer {
  readonly status: number;
  readonly text: string;
  /** Of a read; 0 where there is none. */
  readonly index: number;
  /** Whether a newer server says that it left out what the token may not see. */
  readonly isFiltered: boolean;
  /** Whether the servers that answered know a leader; a refusal that looks like an answer does not say so. */
  readonly isOfLeader: boolean;
}

/** How many connections a lane has besides that of the polls: an agent allows 200 for each address of its clients, whoever they are. */
const connections = { renewal: 8, call: 8 };

/** W7, less what undici's clock is late by. */
const mostSilentMs = 19_400;

/** Consul's answers to errors are a line; what a proxy on the way says may be a page. */
const shownLength = 300;

/** One agent over HTTP. */
export class ConsulHttp {
  readonly #settings: ConsulSettings;
  readonly #token: AgentToken;
  readonly #pools: Readonly<Record<Lane, Pool>>;

  constructor(settings: ConsulSettings) {
    this.#settings = settings;
    this.#token = new AgentToken(settings.token);
    const connect = dialer(settings);
    const pool = (most: number): Pool =>
      new Pool(settings.address.origin, { connections: most, pipelining: 1, connect });
    this.#pools = {
      renewal: pool(connections.renewal),
      call: pool(connections.call),
      poll: pool(settings.maxPolls),
    };
  }

  /** @returns the answer, if it is good and whole; rejects with the reason of `signal`, or with a `ConsulFailure` */
  async send(request: ConsulRequest): Promise<ConsulAnswer> {
    const answer = await this.ask(request);
    if (answer.status !== 200) throw refusal(answer);
    return answer;
  }

  /** As `send`, but any status is good. Sent again if the token was refused, and is another one by now. */
  async ask(request: ConsulRequest): Promise<ConsulAnswer> {
    const { signal } = request;
    try {
      const token = this.#token.isGiven ? await this.#token.text() : undefined;
      const answer = await this.#exchange(request, token);
      if (!isRefused(answer)) return answer;
      this.#token.refused();
      const renewed = await this.#token.text();
      return renewed === token ? answer : await this.#exchange(request, renewed);
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof ConsulFailure ? error : lost(error);
    }
  }

  /** Another one whenever the token was replaced. */
  get tokenVersion(): number {
    return this.#token.version;
  }

  /** The token is read again before the next request. */
  distrustToken(): void {
    this.#token.refused();
  }

  /** Nothing goes out any more, and what is under way fails with `reason`. */
  close(reason: Error): void {
    for (const pool of Object.values(this.#pools)) void pool.destroy(reason).catch(() => undefined);
  }

  async #exchange(request: ConsulRequest, token: string | undefined): Promise<ConsulAnswer> {
    const pool = this.#pools[request.lane];
    // undici frees a connection a turn of the loop after its answer. The next poll, which goes out with the answer to the last, would find it taken,
    // and go out on one that was idle all the while: if that died without a word, nothing is told until the whole wait is over.
    if (request.lane === 'poll') await nextTurn();
    const { status, headers, text } = await exchange(pool, this.#options(request, token), request.signal);
    return {
      status,
      text,
      index: Number(headers['x-consul-index'] ?? 0),
      isFiltered: headers['x-consul-results-filtered-by-acls'] === 'true',
      isOfLeader: headers['x-consul-knownleader'] !== 'false',
    };
  }

  #options(
    { method, path, query, body, waitMs }: ConsulRequest,
    token: string | undefined,
  ): Dispatcher.DispatchOptions {
    const { requestTimeoutMs } = this.#settings;
    const search = new URLSearchParams({ ...this.#settings.query, ...query }).toString();
    return {
      method,
      path: search === '' ? path : `${path}?${search}`,
      headers: {
        ...(token !== undefined && { 'x-consul-token': token }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      // Consul adds up to a sixteenth to the wait, so that not everybody comes back at once.
      headersTimeout:
        waitMs === undefined ? requestTimeoutMs : Math.min(waitMs + waitMs / 16 + requestTimeoutMs, mostSilentMs),
      bodyTimeout: requestTimeoutMs,
    };
  }
}

function isRefused({ status }: ConsulAnswer): boolean {
  return status === 403 || status === 401;
}

/** An answer that says no, as an error. */
export function refusal({ status, text }: ConsulAnswer): ConsulFailure {
  const line = text.trim().replaceAll(/\s+/g, ' ');
  return new ConsulFailure(`Consul answered ${status}: ${line.slice(0, shownLength) || 'nothing'}`, { status });
}

function lost(cause: unknown): ConsulFailure {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return new ConsulFailure(`${reason || 'no answer'}${code}`, { cause });
}
