import { Life } from './life.ts';
import { OpenProvider } from './open-provider.ts';
import type { ProvideOptions } from './provide-options.ts';
import { ProviderError } from './provider-error.ts';
import { type ProvideTerms, provideTerms } from './provide-terms.ts';
import type { Provider } from './provider.ts';
import type { ProvidedServer } from './servers/provided-server.ts';
import { startUp } from './start-up.ts';
import { closeServer } from './stopping/shut-down.ts';
import { StopRequests } from './stopping/stop-requests.ts';
import { Waits } from './stopping/waits.ts';

/**
 * Registers a server when it listens, and takes it out of service without losing a request when it stops: on a signal, by
 * `stop()`, or because somebody else closed it. Resolves when it is up, which all others can see then (R1).
 *
 * The server stays as it is when this rejects, and nothing is registered; a signal alone closes it too, as the process is to end.
 * @throws TypeError for a bad option, before anything happens; ProviderError `SERVER_FAILED`, `SERVER_CLOSED`,
 * `ADDRESS_UNUSABLE`, or `PROVIDER_STOPPED` when a signal came first; what `register` throws, and what `ready` does.
 */
export async function provide(server: ProvidedServer, options: ProvideOptions): Promise<Provider> {
  const terms = provideTerms(options);
  terms.signal?.throwIfAborted();
  const life = new Life(terms);
  const waits = new Waits(terms.clock);
  const { clock, signals } = terms;
  const requests = new StopRequests({ clock, signals, onHaste: () => waits.hasten() });
  try {
    const signal = anyOf([terms.signal, requests.requested, closing(server)]);
    const registration = await startUp({ server, terms, life, waits, signal });
    return new OpenProvider({ server, registration, terms, life, waits, requests });
  } catch (error) {
    await giveUp({ server, terms, life, waits, requests });
    throw error;
  }
}

interface GivingUp {
  readonly server: ProvidedServer;
  readonly terms: ProvideTerms;
  readonly life: Life;
  readonly waits: Waits;
  readonly requests: StopRequests;
}

async function giveUp({ server, terms, life, waits, requests }: GivingUp): Promise<void> {
  if (requests.signal !== undefined) await closeServer({ ...terms, server, life, waits });
  life.enter('stopped');
  requests.letGo(terms.exitAfterMs);
}

function anyOf(signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  return AbortSignal.any(signals.filter((signal) => signal !== undefined));
}

/** Aborts when the server closes. */
function closing(server: ProvidedServer): AbortSignal {
  const controller = new AbortController();
  const reason = new ProviderError('SERVER_CLOSED', 'The server was closed before it was up.');
  void server.closed.then(() => controller.abort(reason));
  return controller.signal;
}
