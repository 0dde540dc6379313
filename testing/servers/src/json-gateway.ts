import { type GatewayTls, HttpExchange } from './http-exchange.ts';
import { fieldsOf, type JsonFields, parsed, textOf } from './json-fields.ts';

/** What the gateway answered when it refused. */
export class GatewayError extends Error {
  override readonly name: string = 'GatewayError';
  readonly status: number;
  /** gRPC's code, such as 16 for UNAUTHENTICATED. */
  readonly code: number;

  constructor(path: string, status: number, code: number, message: string) {
    super(`${path}: ${status} ${message}`);
    this.status = status;
    this.code = code;
  }
}

/** etcd's HTTP gateway to its gRPC services. */
export class JsonGateway {
  readonly #exchange: HttpExchange;

  constructor(url: string, timeoutMs: number, tls: GatewayTls | undefined) {
    this.#exchange = new HttpExchange(url, timeoutMs, tls);
  }

  /** @throws GatewayError when it was refused, and the socket's error when it was not answered */
  async post(path: string, body: JsonFields, token: string | undefined): Promise<JsonFields> {
    const { status, text } = await this.#exchange.send({
      method: 'POST',
      path,
      headers: token === undefined ? {} : { authorization: token },
      body: JSON.stringify(body),
    });
    const fields = fieldsOf(parsed(text));
    if (status === 200) return fields;
    const message = textOf(fields, 'message') || textOf(fields, 'error') || text;
    throw new GatewayError(path, status, Number(fields['code'] ?? 0), message);
  }
}
