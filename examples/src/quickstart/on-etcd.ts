import { etcdBackend } from '@rollcall/backend-etcd';
import { consoleDiagnostics, openRegistry } from '@rollcall/core';
import { provisionEtcd, startEtcd } from '@rollcall/testing-servers';
import { onInterruption } from './interruption.ts';
import { OwnProcesses } from './own-processes.ts';
import type { Performance } from './venue.ts';

/** What it is to be played on. */
export interface EtcdTerms {
  /** An etcd that runs. Without it one is run for the demo alone. */
  readonly url: string | undefined;
  readonly ttlMs: number;
  /** Gets one line for what takes long. */
  readonly onProgress: (line: string) => void;
}

/** Plays it on a real etcd, every provider a process of its own. However it ends, none of them is left. */
export async function onEtcd(terms: EtcdTerms, perform: Performance): Promise<void> {
  const breaking = new AbortController();
  const brokenOff = breaking.signal;
  // Before anything runs: Ctrl-C must not leave a server behind.
  const interruptions = onInterruption((interruption) => breaking.abort(interruption));
  const diagnose = consoleDiagnostics();
  try {
    await using etcd = await openEtcd(terms);
    brokenOff.throwIfAborted();
    const { url, about } = etcd;
    const providers = new OwnProcesses({ url, ttlMs: terms.ttlMs, onSurprise: (error) => breaking.abort(error) });
    brokenOff.addEventListener('abort', () => void providers.kill());
    await perform({
      about: (expiry) => [`Backend: ${about}. Every provider is a process of its own.`, expiry],
      registry: openRegistry(url, {
        backends: [etcdBackend()],
        // That the server goes with the rest, as after Ctrl-C, is no news.
        onDiagnostic: (event) => (brokenOff.aborted ? undefined : diagnose(event)),
      }),
      launch: providers.launch,
      brokenOff,
    });
  } catch (error) {
    // Why it was broken off says more than where.
    brokenOff.throwIfAborted();
    throw error;
  } finally {
    interruptions[Symbol.dispose]();
  }
}

/** An etcd to play on. Disposing ends it if it is the demo's own. */
interface DemoEtcd extends AsyncDisposable {
  readonly url: string;
  readonly about: string;
}

async function openEtcd({ url, onProgress }: EtcdTerms): Promise<DemoEtcd> {
  if (url !== undefined)
    return { url, about: 'the etcd that --url names', [Symbol.asyncDispose]: () => Promise.resolve() };
  const { binary, version } = await provisionEtcd('3.5', { onProgress });
  const server = await startEtcd(binary);
  return {
    url: `etcd://${server.endpoint}/demo`,
    about: `etcd ${version} at ${server.endpoint}, run for this demo alone`,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
