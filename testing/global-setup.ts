import { env } from 'node:process';
import type { TestProject } from 'vitest/node';
import { provisionConsul, provisionEtcd, startConsul, startEtcd } from './servers/src/index.ts';

/** A server that all tests of a run share: they use names of their own, and never stop it or change its settings. */
export interface SharedServer {
  readonly url: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    etcd34: SharedServer;
    etcd35: SharedServer;
    consul: SharedServer;
    /** For tests that start, freeze and kill servers of their own. */
    binaries: Record<'etcd34' | 'etcd35' | 'consul', string>;
  }
}

type OwnServer = SharedServer & AsyncDisposable;

/** Runs once, before the first file of a project that needs servers. @returns what ends the servers again */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [found34, found35, foundConsul] = await Promise.all([
    provisionEtcd('3.4'),
    provisionEtcd('3.5'),
    provisionConsul(),
  ]);
  const starting = [
    shared('ROLLCALL_TEST_ETCD34_URL', () => startEtcd(found34.binary)),
    shared('ROLLCALL_TEST_ETCD35_URL', () => startEtcd(found35.binary)),
    shared('ROLLCALL_TEST_CONSUL_URL', () => settledConsul(foundConsul.binary)),
  ] as const;
  const dispose = async (): Promise<void> => {
    for (const outcome of await Promise.allSettled(starting))
      if (outcome.status === 'fulfilled') await outcome.value[Symbol.asyncDispose]();
  };
  try {
    const [etcd34, etcd35, consul] = await Promise.all(starting);
    project.provide('etcd34', { url: etcd34.url });
    project.provide('etcd35', { url: etcd35.url });
    project.provide('consul', { url: consul.url });
    project.provide('binaries', {
      etcd34: found34.binary,
      etcd35: found35.binary,
      consul: foundConsul.binary,
    });
  } catch (error) {
    await dispose();
    throw error;
  }
  return dispose;
}

/** The server that the environment names, or one of this run's own. */
async function shared(variable: string, start: () => Promise<OwnServer>): Promise<OwnServer> {
  const url = env[variable] ?? '';
  return url === '' ? start() : { url, [Symbol.asyncDispose]: () => Promise.resolve() };
}

/** An agent for any number of tests at a time, which all come from one address, whose checks run out on time. */
async function settledConsul(binary: string): Promise<OwnServer> {
  const agent = await startConsul(binary, { httpMaxConns: 0 });
  try {
    await agent.settled();
  } catch (error) {
    await agent[Symbol.asyncDispose]();
    throw error;
  }
  return agent;
}
