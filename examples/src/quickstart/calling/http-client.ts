import { ServiceCallError, serviceInterceptor } from '@rollcall/undici';
import { Agent, request } from 'undici';
import { BrokenAnswerError } from './broken-answer-error.ts';
import { service } from '../providing/provider.ts';
import type { ClientParts, WordClient } from './word-client.ts';

/** Over HTTP: a URL with the service as its host. */
export function openHttpClient({ cache, balancing, observer }: ClientParts): WordClient {
  const services = serviceInterceptor({ cache, services: [service], balancing, observer, attemptTimeoutMs: 1_000 });
  const dispatcher = new Agent().compose(services);
  return {
    protocol: 'HTTP',
    async count(line) {
      const { statusCode, body } = await request(`http://${service}/`, {
        dispatcher,
        method: 'POST',
        body: line,
        idempotent: true, // counting words twice does no harm; a POST that does is repeated only if nothing was sent
      });
      const answer = await body.text().catch((error: unknown) => {
        throw ServiceCallError.is(error, 'CALL_ANSWER_BROKEN') ? new BrokenAnswerError(error) : error;
      });
      if (statusCode !== 200) throw new Error(`HTTP ${statusCode}`);
      return Number(answer);
    },
    async close() {
      await services.close();
      await dispatcher.close();
    },
  };
}
