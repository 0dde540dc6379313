// One provider as a process of its own: `node provider-process.js <name> <ttlMs>`, with the registry in REGISTRY_URL. The demo
// talks to it by Node's messages between processes, and ends it with SIGTERM.
import { consoleDiagnostics } from '@rollcall/core';
import { isOrder, type Order, type Report, sharedClock } from './process-messages.ts';
import { ProviderAtWork } from './provider-at-work.ts';
import { openServerRegistry } from '../staging/server-registry.ts';

const [name = '', ttlMs = ''] = process.argv.slice(2);

// Without the demo there is nobody to serve. Its server ends with it, and elsewhere the TTL takes the entry away.
process.once('disconnect', abandon);
try {
  const registry = openServerRegistry(process.env['REGISTRY_URL'] ?? '', { onDiagnostic: consoleDiagnostics() });
  serve(await ProviderAtWork.start(registry, name, Number(ttlMs)));
} catch (error) {
  fail(error);
}

function serve(provider: ProviderAtWork): void {
  process.once('SIGTERM', () => {
    provider.stop().then(leave, fail);
  });
  process.on('message', (message: unknown) => {
    if (!isOrder(message)) return;
    carryOut(provider, message).then(report, (error: unknown) => report({ type: 'failed', reason: reasonOf(error) }));
  });
  report({ type: 'serving' });
}

async function carryOut(provider: ProviderAtWork, order: Order): Promise<Report> {
  switch (order.type) {
    case 'update':
      return { type: 'updated', ...(await provider.update(order.patch)) };
    case 'tell-last-renewal':
      return { type: 'last-renewal', sentAtMs: sharedClock() - provider.renewedMsAgo };
  }
}

function report(what: Report): void {
  process.send?.(what);
}

function fail(error: unknown): void {
  console.error(`${name}: ${reasonOf(error)}`);
  process.exitCode = 1;
  leave();
}

/** Lets go of the last thing that keeps the process alive: it ends by itself. */
function leave(): void {
  process.off('disconnect', abandon);
  if (process.connected) process.disconnect();
}

function abandon(): void {
  process.exit(1);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
