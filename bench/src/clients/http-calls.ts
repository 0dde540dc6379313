import { roundRobin } from '@rollcall/balancer';
import { serviceInterceptor, type ServiceInterceptorOptions } from '@rollcall/undici';
import { Agent, BalancedPool, type Dispatcher, fetch, request } from 'undici';
import type { Calls } from './calls.ts';
import type { HttpJob, HttpRequest } from './job.ts';
import { serviceOf } from './service-of.ts';

const path = '/items/42';
const body = Buffer.alloc(1_024, 'a');

/** Requests as the job says. */
export async function httpCalls({ by, request: kind, ports }: HttpJob): Promise<Calls> {
  const way = await ways[by](ports.map((port) => `http://127.0.0.1:${port}`));
  const urls = way.origins.map((origin) => `${origin}${path}`);
  const send = requests[kind];
  let next = 0;
  return {
    make() {
      const at = next;
      next = at + 1 < urls.length ? at + 1 : 0;
      return send(urls[at] ?? '', way.dispatcher);
    },
    [Symbol.asyncDispose]: () => way.close(),
  };
}

/** What is called, and by what. */
interface Way {
  readonly dispatcher: Dispatcher;
  /** In turn. */
  readonly origins: readonly string[];
  close(): Promise<void>;
}

const ways: Readonly<Record<HttpJob['by'], (addresses: readonly string[]) => Promise<Way>>> = {
  rollcall: (addresses) => rollcall(addresses, {}),
  'rollcall in turn': (addresses) => rollcall(addresses, { balancing: { policy: roundRobin() } }),
  async Agent(addresses) {
    const dispatcher = new Agent();
    return { dispatcher, origins: addresses, close: () => dispatcher.close() };
  },
  async 'composed Agent'(addresses) {
    const agent = new Agent();
    const dispatcher = agent.compose((dispatch) => (options, handler) => dispatch(options, handler));
    return { dispatcher, origins: addresses, close: () => agent.close() };
  },
  async BalancedPool(addresses) {
    const dispatcher = new BalancedPool([...addresses]);
    // It asks no URL where to go.
    return { dispatcher, origins: ['http://orders'], close: () => dispatcher.close() };
  },
};

async function rollcall(
  addresses: readonly string[],
  settings: Pick<ServiceInterceptorOptions, 'balancing'>,
): Promise<Way> {
  const service = await serviceOf('orders', addresses);
  const interceptor = serviceInterceptor({ cache: service.cache, services: ['orders'], ...settings });
  const agent = new Agent();
  return {
    dispatcher: agent.compose(interceptor),
    origins: ['http://orders'],
    async close() {
      await agent.close();
      await interceptor.close();
      await service[Symbol.asyncDispose]();
    },
  };
}

const requests: Readonly<Record<HttpRequest, (url: string, dispatcher: Dispatcher) => Promise<void>>> = {
  async 'request, GET'(url, dispatcher) {
    const answer = await request(url, { dispatcher });
    await answer.body.text();
  },
  async 'request, POST'(url, dispatcher) {
    const answer = await request(url, { dispatcher, method: 'POST', body });
    await answer.body.text();
  },
  async 'fetch, GET'(url, dispatcher) {
    const answer = await fetch(url, { dispatcher });
    await answer.text();
  },
};
