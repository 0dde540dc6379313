import type { Endpoint } from '@rollcall/core';
import { endpointUrl } from '@rollcall/core';
import { buildConnector } from 'undici';
import type { PoolOptions } from '../service-interceptor-options.ts';

/**
 * Connects to `endpoint`, whatever the origin of the pool is. So requests carry the service's name in Host without a header being written,
 * and certificates are checked against the endpoint's host, as if it had been called by its own URL.
 */
export function endpointConnector(endpoint: Endpoint, options: PoolOptions): buildConnector.connector {
  const { connect } = options;
  const connector = typeof connect === 'function' ? connect : builtConnector(options);
  const { host: hostname, port } = endpoint;
  const host = endpointUrl(endpoint).slice(`${endpoint.scheme}://`.length);
  return ({ protocol, localAddress }, callback) =>
    connector({ hostname, host, protocol, port: String(port), localAddress: localAddress ?? null }, callback);
}

/** As undici's pool would build it. */
function builtConnector(options: PoolOptions): buildConnector.connector {
  const { connect, connectTimeout, maxCachedSessions, allowH2, autoSelectFamily, autoSelectFamilyAttemptTimeout } =
    options;
  return buildConnector({
    ...(maxCachedSessions !== undefined && { maxCachedSessions }),
    ...(allowH2 !== undefined && { allowH2 }),
    ...(connectTimeout !== undefined && { timeout: connectTimeout }),
    ...(autoSelectFamily !== undefined && { autoSelectFamily }),
    ...(autoSelectFamilyAttemptTimeout !== undefined && { autoSelectFamilyAttemptTimeout }),
    ...(typeof connect === 'object' && connect),
  });
}
