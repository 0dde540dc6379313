import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { memoryDriver, type MemoryDriver, MemoryStore } from '@rollcall/backend-memory';
import { createRegistry, type ManualClock, manualClock, type Registry } from '@rollcall/core';
import type { ProvideOptions, ProviderDiagnosticEvent, ProviderState } from '@rollcall/provider';

/** A registry in memory on a clock that stands still, for the owner and for others, and what a provider tells of itself. */
export interface Scene extends AsyncDisposable {
  readonly clock: ManualClock;
  /** The owner's connection, with its faults. */
  readonly driver: MemoryDriver;
  readonly others: Registry;
  /** For `provide`. */
  readonly options: ProvideOptions;
  readonly states: readonly ProviderState[];
  readonly diagnostics: readonly ProviderDiagnosticEvent[];
  /** What others see of the service: `up`, `draining`. */
  statuses(): Promise<readonly string[]>;
}

export function openScene(): Scene {
  const clock = manualClock();
  const store = new MemoryStore({ clock });
  const driver = memoryDriver(store);
  const owner = createRegistry(driver);
  const others = createRegistry(memoryDriver(store));
  const states: ProviderState[] = [];
  const diagnostics: ProviderDiagnosticEvent[] = [];
  return {
    clock,
    driver,
    others,
    states,
    diagnostics,
    options: {
      registrar: owner,
      service: 'orders',
      clock,
      signals: [],
      // Most tests are not about the drain, and their clock stands still.
      drainMs: 0,
      onStateChange: ({ to }) => states.push(to),
      onDiagnostic: (event) => diagnostics.push(event),
    },
    statuses: async () => (await others.list('orders')).map(({ status }) => status),
    async [Symbol.asyncDispose]() {
      await Promise.all([owner.close(), others.close()]);
    },
  };
}

/** A server on loopback that answers `hello`, or as it is told. Disposing cuts it. */
export interface TestServer extends AsyncDisposable {
  readonly server: Server;
  /** Once it listens. */
  readonly port: number;
}

export async function listening(
  handler: RequestListener = (_, response) => response.end('hello'),
): Promise<TestServer> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return disposable(server);
}

/** For servers that somebody else has made. */
export function disposable(server: Server): TestServer {
  return {
    server,
    get port() {
      return portOf(server);
    },
    async [Symbol.asyncDispose]() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A promise and what resolves it. */
export interface Deferred {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

export function deferred(): Deferred {
  let settle: (() => void) | undefined;
  const promise = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return { promise, resolve: () => settle?.() };
}

/** What came of a request. */
export interface Answer {
  readonly status: number;
  readonly connection: string | undefined;
  readonly body: string;
}

/** A client that keeps its connections. Disposing ends them. */
export class Caller implements Disposable {
  readonly #agent = new Agent({ keepAlive: true });

  async get(port: number): Promise<Answer> {
    return answerOf(await this.begin(port));
  }

  /** Resolves when the answer begins. */
  async begin(port: number): Promise<IncomingMessage> {
    const asked = request({ port, host: '127.0.0.1', agent: this.#agent }).end();
    const [response]: IncomingMessage[] = await once(asked, 'response');
    if (response === undefined) throw new Error('no response');
    return response;
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}

export async function answerOf(response: IncomingMessage): Promise<Answer> {
  const { statusCode = 0, headers } = response;
  return { status: statusCode, connection: headers.connection, body: await text(response) };
}

function portOf(server: Server): number {
  const address = server.address();
  if (!isPort(address)) throw new Error('It listens on no port.');
  return address.port;
}

function isPort(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}
