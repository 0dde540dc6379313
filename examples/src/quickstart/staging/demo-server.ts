import { provisionConsul, provisionEtcd, type ProxyTarget, startConsul, startEtcd } from '@rollcall/testing-servers';
import type { ServerBackend } from '../arguments.ts';

/** What server the demo needs. */
export interface ServerTerms {
  readonly backend: ServerBackend;
  /** One that runs. Without it one is run for the demo alone. */
  readonly url: string | undefined;
  /** Gets one line for what takes long. */
  readonly onProgress: (line: string) => void;
}

/** A server to play on. Disposing ends it if it is the demo's own. */
export interface DemoServer extends AsyncDisposable {
  readonly url: string;
  readonly about: string;
  /** Undefined if it is somebody else's. */
  readonly own: OwnServer | undefined;
}

/** A server of the demo's own, which may be reached by a detour. */
interface OwnServer {
  readonly address: ProxyTarget;
  /** The URL of the same server behind another endpoint, such as that of a proxy. */
  urlVia(endpoint: string): string;
}

export async function openServer({ backend, url, onProgress }: ServerTerms): Promise<DemoServer> {
  if (url !== undefined) {
    const about = `the ${backend} that --url names`;
    return { url, about, own: undefined, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  return backend === 'etcd' ? openEtcd(onProgress) : openConsul(onProgress);
}

async function openEtcd(onProgress: ServerTerms['onProgress']): Promise<DemoServer> {
  const { binary, version } = await provisionEtcd('3.5', { onProgress });
  const server = await startEtcd(binary);
  return {
    url: etcdUrl(server.endpoint),
    about: `etcd ${version} at ${server.endpoint}, run for this demo alone`,
    own: { address: server, urlVia: etcdUrl },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function openConsul(onProgress: ServerTerms['onProgress']): Promise<DemoServer> {
  const { binary, version } = await provisionConsul({ onProgress });
  const server = await startConsul(binary);
  // In its first seconds an agent tells late what has expired, which the demo is about to show.
  await server.settled();
  return {
    url: consulUrl(server.endpoint),
    about: `Consul ${version} at ${server.endpoint}, run for this demo alone`,
    own: { address: server, urlVia: consulUrl },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function etcdUrl(endpoint: string): string {
  return `etcd://${endpoint}/demo`;
}

function consulUrl(endpoint: string): string {
  return `consul://${endpoint}?prefix=demo-`;
}
