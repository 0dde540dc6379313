import { provisionConsul, provisionEtcd, startConsul, startEtcd } from '@rollcall/testing-servers';
import type { ServerBackend } from './arguments.ts';

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
}

export async function openServer({ backend, url, onProgress }: ServerTerms): Promise<DemoServer> {
  if (url !== undefined)
    return { url, about: `the ${backend} that --url names`, [Symbol.asyncDispose]: () => Promise.resolve() };
  return backend === 'etcd' ? openEtcd(onProgress) : openConsul(onProgress);
}

async function openEtcd(onProgress: ServerTerms['onProgress']): Promise<DemoServer> {
  const { binary, version } = await provisionEtcd('3.5', { onProgress });
  const server = await startEtcd(binary);
  return {
    url: `etcd://${server.endpoint}/demo`,
    about: `etcd ${version} at ${server.endpoint}, run for this demo alone`,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function openConsul(onProgress: ServerTerms['onProgress']): Promise<DemoServer> {
  const { binary, version } = await provisionConsul({ onProgress });
  const server = await startConsul(binary);
  // In its first seconds an agent tells late what has expired, which the demo is about to show.
  await server.settled();
  return {
    url: `consul://${server.endpoint}?prefix=demo-`,
    about: `Consul ${version} at ${server.endpoint}, run for this demo alone`,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
