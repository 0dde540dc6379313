import { readFile } from 'node:fs/promises';
import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestSecure, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';

/** The client's side of TLS: paths of PEM files. */
export interface GatewayTls {
  readonly ca: string;
  /** With `key`, where the server asks for a certificate. */
  readonly cert?: string;
  readonly key?: string;
}

/** What is asked of a server. */
export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. Default: none. */
  readonly body?: string;
}

/** What a server answered. */
export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/** Calls to one server, by http or https, with a connection for each. */
export class HttpExchange {
  readonly #url: string;
  readonly #timeoutMs: number;
  readonly #tls: Promise<RequestOptions>;

  constructor(url: string, timeoutMs: number, tls: GatewayTls | undefined) {
    this.#url = url;
    this.#timeoutMs = timeoutMs;
    this.#tls = tls === undefined ? Promise.resolve({}) : readTls(tls);
    // Whoever calls hears of it; until then nobody does.
    this.#tls.catch(() => undefined);
  }

  /** @throws the socket's error, or the time-out's, when it is not answered */
  async send({ method, path, headers, body }: HttpCall): Promise<HttpAnswer> {
    const send = this.#url.startsWith('https:') ? requestSecure : requestPlain;
    const request = send(`${this.#url}${path}`, {
      ...(await this.#tls),
      method,
      // A connection for each call: one that is kept may turn out dead after the server's restart.
      agent: false,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      signal: AbortSignal.timeout(this.#timeoutMs),
    });
    request.end(body);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      request.on('error', reject);
    });
    return { status: response.statusCode ?? 0, text: await text(response) };
  }
}

async function readTls({ ca, cert, key }: GatewayTls): Promise<RequestOptions> {
  return {
    ca: await readFile(ca),
    ...(cert !== undefined && { cert: await readFile(cert) }),
    ...(key !== undefined && { key: await readFile(key) }),
  };
}
