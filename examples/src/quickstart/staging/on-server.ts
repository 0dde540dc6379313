import { TcpProxy } from '@rollcall/testing-servers';
import { onInterruption } from '../interruption.ts';
import { openServer, type ServerTerms } from './demo-server.ts';
import { diagnosticsBeside, Link } from './link.ts';
import { OwnProcesses } from '../providing/own-processes.ts';
import { openServerRegistry } from './server-registry.ts';
import type { Performance } from './venue.ts';

/** What it is to be played on. */
export interface OnServerTerms extends ServerTerms {
  readonly ttlMs: number;
}

/** Plays it on a real server, every provider a process of its own. However it ends, none of them is left. */
export async function onServer(terms: OnServerTerms, perform: Performance): Promise<void> {
  const breaking = new AbortController();
  const brokenOff = breaking.signal;
  // Before anything runs: Ctrl-C must not leave a server behind.
  const interruptions = onInterruption((interruption) => breaking.abort(interruption));
  try {
    await using server = await openServer(terms);
    brokenOff.throwIfAborted();
    const { url, about, own } = server;
    await using proxy = own && (await TcpProxy.start(own.address));
    const link = proxy && new Link({ cut: () => proxy.cut(), restore: () => proxy.restore() });
    const consumerUrl = own && proxy ? own.urlVia(proxy.endpoint) : url;
    const diagnose = diagnosticsBeside(link);
    const providers = new OwnProcesses({ url, ttlMs: terms.ttlMs, onSurprise: (error) => breaking.abort(error) });
    brokenOff.addEventListener('abort', () => void providers.kill());
    await perform({
      about: (expiry) => [`Backend: ${about}. Every provider is a process of its own.`, expiry],
      registry: openServerRegistry(consumerUrl, {
        // That the server goes with the rest, as after Ctrl-C, is no news.
        onDiagnostic: (event) => (brokenOff.aborted ? undefined : diagnose(event)),
      }),
      link,
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
