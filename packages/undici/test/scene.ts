import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as listenPlainly, type Server, type Socket } from 'node:net';
import type { CallResult, Candidate, InstanceSource, Policy } from '@rollcall/balancer';
import { serviceInstance, type ServiceInstance, type ServiceInstanceInit } from '@rollcall/core';
import { serviceInterceptor, type ServiceInterceptor, type ServiceInterceptorOptions } from '@rollcall/undici';
import { Agent, type Dispatcher } from 'undici';

/** A server on loopback that answers as it is told. Disposing cuts it. */
export interface TestServer extends AsyncDisposable {
  readonly id: string;
  readonly port: number;
  readonly url: string;
  /** How many connections it was ever asked for. */
  readonly connections: number;
  /** How many are open. */
  readonly sockets: ReadonlySet<Socket>;
}

export async function startServer(id: string, answer?: RequestListener): Promise<TestServer> {
  const server = createServer(
    answer ?? ((request, response) => response.end(`${id} ${request.method} ${request.url}`)),
  );
  return listening(id, server);
}

export async function listening(id: string, server: Server): Promise<TestServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket.once('close', () => sockets.delete(socket)));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = portOf(server.address());
  return {
    id,
    port,
    url: `http://127.0.0.1:${port}`,
    sockets,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** One with which no connection of https comes about: it takes the bytes, and says nothing. */
export async function startDeafServer(id: string): Promise<TestServer> {
  const server = await listening(id, listenPlainly());
  return Object.assign(server, { url: `https://127.0.0.1:${server.port}` });
}

/** Where nobody listens. */
export async function refusedUrl(): Promise<string> {
  await using server = await startServer('nobody');
  return server.url;
}

/** A set of instances that a test replaces, of whatever services are asked for. */
export class TestSources {
  readonly #listeners = new Map<string, Set<(now: readonly ServiceInstance[]) => void>>();
  readonly #sets = new Map<string, readonly ServiceInstance[]>();

  /** A service that cannot be followed. */
  readonly unknown = 'unknown';

  /** How many listen. */
  get listeners(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** For `serviceInterceptor`. */
  service(service: string): InstanceSource {
    if (service === this.unknown) throw new Error(`${service} cannot be followed`);
    const listeners = this.#listeners.get(service) ?? new Set<(now: readonly ServiceInstance[]) => void>();
    this.#listeners.set(service, listeners);
    const now = (): readonly ServiceInstance[] => this.#sets.get(service) ?? [];
    return {
      service,
      get instances() {
        return now();
      },
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
  }

  set(service: string, instances: readonly ServiceInstance[]): void {
    this.#sets.set(service, Object.freeze(instances.toSorted((a, b) => (a.id < b.id ? -1 : 1))));
    for (const listener of this.#listeners.get(service) ?? []) listener(this.#sets.get(service) ?? []);
  }
}

/** An instance of `orders` at this server. */
export function instanceAt(
  { id, url }: Pick<TestServer, 'id' | 'url'>,
  fields: Partial<ServiceInstanceInit> = {},
): ServiceInstance {
  return serviceInstance({ service: 'orders', id, endpoints: [url], ...fields });
}

/** Chooses the first by id, so that retries go to the second, and tells how calls ended. */
function firstOf(told: (id: string, result: CallResult) => void): Policy {
  return {
    name: 'firstOf',
    weights: 'ignored',
    observes: 'nothing',
    createPicker<C extends Candidate>() {
      let candidates: readonly C[] = [];
      return {
        replace: (now: readonly C[]) => void (candidates = now),
        pick: () => candidates[0],
        done: ({ instance }: C, result: CallResult) => told(instance.id, result),
      };
    },
  };
}

/** A dispatcher that calls `orders`: the first instance by id, unless told otherwise. */
export class Scene implements AsyncDisposable {
  readonly sources = new TestSources();
  /** What the balancer was told: `a failure`. */
  readonly results: string[] = [];
  readonly interceptor: ServiceInterceptor;
  readonly dispatcher: Dispatcher;
  readonly #agent = new Agent();

  constructor(
    instances: readonly ServiceInstance[],
    options: Partial<ServiceInterceptorOptions> = {},
    ...outer: readonly Dispatcher.DispatcherComposeInterceptor[]
  ) {
    this.sources.set('orders', instances);
    this.interceptor = serviceInterceptor({
      cache: this.sources,
      services: ['orders'],
      balancing: { policy: firstOf((id, result) => void this.results.push(`${id} ${result}`)) },
      ...options,
    });
    this.dispatcher = this.#agent.compose(this.interceptor, ...outer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.interceptor.close();
    await this.#agent.close();
  }
}

/** Who answers a call: the first word, unless a server answers something of its own. */
export async function whoAnswers({ dispatcher }: Pick<Scene, 'dispatcher'>): Promise<string> {
  const { body } = await dispatcher.request({ origin: 'http://orders', path: '/', method: 'GET' });
  return (await body.text()).replace(/ GET .*/, '');
}

function portOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('The server listens to no port.');
  return address;
}
