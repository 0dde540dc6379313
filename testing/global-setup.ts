import { env } from 'node:process';
import type { TestProject } from 'vitest/node';
import { type EtcdVersion, provisionEtcd, startEtcd } from './servers/src/index.ts';

/** A server that all tests of a run share: they use names of their own, and never stop it or change its settings. */
export interface SharedServer {
  readonly url: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    etcd34: SharedServer;
    etcd35: SharedServer;
    /** For tests that start, freeze and kill servers of their own. */
    binaries: Record<'etcd34' | 'etcd35', string>;
  }
}

type OwnServer = SharedServer & AsyncDisposable;

/** Runs once, before the first file of a project that needs servers. @returns what ends the servers again */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [found34, found35] = await Promise.all([provisionEtcd('3.4'), provisionEtcd('3.5')]);
  const starting = [shared('3.4', found34.binary), shared('3.5', found35.binary)] as const;
  const dispose = async (): Promise<void> => {
    for (const outcome of await Promise.allSettled(starting))
      if (outcome.status === 'fulfilled') await outcome.value[Symbol.asyncDispose]();
  };
  try {
    const [etcd34, etcd35] = await Promise.all(starting);
    project.provide('etcd34', { url: etcd34.url });
    project.provide('etcd35', { url: etcd35.url });
    project.provide('binaries', { etcd34: found34.binary, etcd35: found35.binary });
  } catch (error) {
    await dispose();
    throw error;
  }
  return dispose;
}

/** The server that the environment names, or one of this run's own. */
function shared(version: EtcdVersion, binary: string): Promise<OwnServer> {
  const url = env[`ROLLCALL_TEST_ETCD${version.replace('.', '')}_URL`] ?? '';
  if (url === '') return startEtcd(binary);
  return Promise.resolve({ url, [Symbol.asyncDispose]: () => Promise.resolve() });
}
