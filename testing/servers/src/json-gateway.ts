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

/** An answer: fields with zero, false or nothing in them are left out by the server. */
export type JsonFields = Readonly<Record<string, unknown>>;

/** etcd's HTTP gateway to its gRPC services. */
export class JsonGateway {
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

  /** @throws GatewayError when it was refused, and the socket's error when it was not answered */
  async post(path: string, body: JsonFields, token: string | undefined): Promise<JsonFields> {
    const { status, answer } = await this.#exchange(path, JSON.stringify(body), token);
    const fields = fieldsOf(parsed(answer));
    if (status === 200) return fields;
    const message = textOf(fields, 'message') || textOf(fields, 'error') || answer;
    throw new GatewayError(path, status, Number(fields['code'] ?? 0), message);
  }

  async #exchange(path: string, body: string, token: string | undefined): Promise<{ status: number; answer: string }> {
    const send = this.#url.startsWith('https:') ? requestSecure : requestPlain;
    const request = send(`${this.#url}${path}`, {
      ...(await this.#tls),
      method: 'POST',
      // A connection for each call: one that is kept may turn out dead after the server's restart.
      agent: false,
      headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: token }) },
      signal: AbortSignal.timeout(this.#timeoutMs),
    });
    request.end(body);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      request.on('error', reject);
    });
    return { status: response.statusCode ?? 0, answer: await text(response) };
  }
}

/** The value as an object's fields; none, if it is not one. */
export function fieldsOf(value: unknown): JsonFields {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

/** A field with a list of objects. */
export function listOf(fields: JsonFields, name: string): readonly JsonFields[] {
  const list: unknown = fields[name];
  return Array.isArray(list) ? list.map(fieldsOf) : [];
}

/** A field with a text or a 64-bit number, which come as texts; empty, if it is left out. */
export function textOf(fields: JsonFields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}

function parsed(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    return undefined;
  }
}

async function readTls({ ca, cert, key }: GatewayTls): Promise<RequestOptions> {
  return {
    ca: await readFile(ca),
    ...(cert !== undefined && { cert: await readFile(cert) }),
    ...(key !== undefined && { key: await readFile(key) }),
  };
}
