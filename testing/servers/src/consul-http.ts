import { type GatewayTls, HttpExchange } from './http-exchange.ts';
import { type JsonFields, parsed } from './json-fields.ts';

/** Where and how an operator reaches Consul. */
export interface ConsulAccess {
  /** The ACL token that goes with each call. Default: none, which is Consul's anonymous token. */
  readonly token?: string;
  /** For an agent on https. */
  readonly tls?: GatewayTls;
  /** How long a call may take. Default 10,000. */
  readonly timeoutMs?: number;
}

/** What Consul answered when it refused. */
export class ConsulError extends Error {
  override readonly name: string = 'ConsulError';
  readonly status: number;

  constructor(path: string, status: number, message: string) {
    super(`${path}: ${status} ${message}`);
    this.status = status;
  }
}

/** An agent's HTTP API. Each call throws ConsulError when it was refused, and the socket's error when it was not answered. */
export class ConsulHttp {
  readonly #exchange: HttpExchange;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(url: string, { token, tls, timeoutMs = 10_000 }: ConsulAccess = {}) {
    this.#exchange = new HttpExchange(url, timeoutMs, tls);
    this.#headers = token === undefined ? {} : { 'x-consul-token': token };
  }

  async get(path: string): Promise<unknown> {
    return this.#call('GET', path);
  }

  async put(path: string, body?: JsonFields): Promise<unknown> {
    return this.#call('PUT', path, body);
  }

  async delete(path: string): Promise<unknown> {
    return this.#call('DELETE', path);
  }

  async #call(method: 'GET' | 'PUT' | 'DELETE', path: string, body?: JsonFields): Promise<unknown> {
    const { status, text } = await this.#exchange.send({
      method,
      path,
      headers: this.#headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (status !== 200) throw new ConsulError(path, status, text);
    return parsed(text);
  }
}
