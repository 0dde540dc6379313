import { once } from 'node:events';
import { createServer, request as send, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { ProxyTarget } from '@rollcall/testing-servers';

/** What Consul answered, whole. */
interface ForwardedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A request on its way, and what may be done about it. */
export interface Exchange {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Passes it on. Rejects when the client has gone, or Consul is not there. */
  readonly forward: () => Promise<ForwardedAnswer>;
  /** Answers the client. */
  readonly answer: (answer: ForwardedAnswer) => void;
  /** Begins to answer the client, and breaks off in the middle: by an end, by a reset, or by never going on. */
  readonly answerInPart: (answer: ForwardedAnswer, then: 'ends' | 'is reset' | 'falls silent') => void;
}

/** Whether it has taken an exchange upon itself: what it leaves is passed on as it is. */
export type Interference = (exchange: Exchange) => boolean;

/** Stands between a client and an agent, understands what they say, and may change it. */
export class HttpForwarder implements AsyncDisposable {
  readonly endpoint: string;
  /** Asked at each request. */
  interfere: Interference = () => false;
  readonly #server: Server;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.endpoint = `127.0.0.1:${port}`;
  }

  static async start(target: ProxyTarget): Promise<HttpForwarder> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const forwarder = new HttpForwarder(server, typeof address === 'object' ? (address?.port ?? 0) : 0);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void forwarder.#serve(target, request, response);
    });
    return forwarder;
  }

  async #serve(target: ProxyTarget, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await whole(request).catch(() => undefined);
    if (body === undefined) return;
    const exchange: Exchange = {
      method: request.method ?? '',
      path: request.url ?? '',
      forward: () => forwarded(target, request, response, body),
      answer: ({ status, headers, body: text }) => void response.writeHead(status, headers).end(text),
      answerInPart: (answer, then) => answerInPart(response, answer, then),
    };
    if (this.interfere(exchange)) return;
    await exchange.forward().then(exchange.answer, () => response.destroy());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    if (this.#server.listening) await once(this.#server, 'close');
  }
}

async function forwarded(
  { host, port }: ProxyTarget,
  { method, url, headers }: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
): Promise<ForwardedAnswer> {
  const onward = send({ host, port, method, path: url, headers: { ...headers, connection: 'close' } });
  const giveUp = (): void => void onward.destroy(new Error('the client has gone'));
  response.once('close', giveUp);
  try {
    onward.end(body);
    const [answer] = (await once(onward, 'response')) as [IncomingMessage];
    const kept = Object.entries(answer.headers).filter(
      ([name]) => name === 'content-type' || name.startsWith('x-consul-'),
    );
    return {
      status: answer.statusCode ?? 0,
      headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
      body: await whole(answer),
    };
  } finally {
    response.off('close', giveUp);
  }
}

function answerInPart(
  response: ServerResponse,
  { status, headers, body }: ForwardedAnswer,
  then: 'ends' | 'is reset' | 'falls silent',
): void {
  const { socket } = response;
  // An answer without a body is cut in its head.
  if (body.length === 0) socket?.write(`HTTP/1.1 ${status} O`);
  else
    response.writeHead(status, { ...headers, 'content-length': body.length }).write(body.subarray(0, body.length / 2));
  if (then === 'ends') socket?.end();
  else if (then === 'is reset') setImmediate(() => socket?.resetAndDestroy());
}

async function whole(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
