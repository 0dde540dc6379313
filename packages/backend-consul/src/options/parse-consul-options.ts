import {
  type CheckedTlsOptions,
  checkOptions,
  type Environment,
  type EnvironmentTerms,
  optionsFromEnvironment,
  optionsFromUrl,
  type SecretSources,
} from '@rollcall/core/driver';
import { addressOver } from './consul-address.ts';
import { type CheckedConsulOptions, consulDescription } from './consul-description.ts';
import type { ConsulSettings, ConsulTls } from './consul-settings.ts';
import { nodeSecretSources } from './node-secret-sources.ts';

/**
 * The settings in a URL, `consul://127.0.0.1:8500?prefix=prod-&token=env:CONSUL_HTTP_TOKEN`, or in a plain object (`ConsulOptions`).
 * References to variables are looked up, so that a missing one is told at once; files are not (B2).
 * @throws TypeError that tells everything that is wrong, each with its path (I6, B1). No secret is in it (E2).
 */
export function parseConsulOptions(
  config: unknown,
  { env }: Pick<SecretSources, 'env'> = nodeSecretSources,
): ConsulSettings {
  const context = { env };
  return consulSettings(
    typeof config === 'string'
      ? optionsFromUrl(consulDescription, config, 'config', context)
      : checkOptions(consulDescription, config, 'config', context),
  );
}

/**
 * The settings in variables, such as `ROLLCALL_ADDRESS` and `ROLLCALL_URL`. References are looked up as in the other forms: where the driver
 * will read them.
 * @throws TypeError that tells everything that is wrong, each with its variable (I6, B1). No secret is in it (E2).
 */
export function parseConsulEnvironment(
  environment: Environment,
  { prefix }: EnvironmentTerms,
  { env }: Pick<SecretSources, 'env'> = nodeSecretSources,
): ConsulSettings {
  return consulSettings(optionsFromEnvironment(consulDescription, environment, { prefix, env }));
}

/** The settings of options that were checked, in whatever form they came. */
function consulSettings(checked: CheckedConsulOptions): ConsulSettings {
  const { address, dc, namespace, partition, prefix = '', tls: _, ...others } = checked;
  const tls = tlsOf(checked);
  return Object.freeze({
    ...others,
    address: addressOver(tls === undefined ? 'plain' : 'tls', address),
    query: Object.freeze({
      ...(dc !== undefined && { dc }),
      ...(namespace !== undefined && { ns: namespace }),
      ...(partition !== undefined && { partition }),
    }),
    tls,
    prefix,
  });
}

function tlsOf({ address, tls }: CheckedConsulOptions): ConsulTls | undefined {
  if (typeof tls === 'object') return { ca: tls.ca, client: clientOf(tls), serverName: tls.serverName };
  return address.scheme === 'https' ? { ca: undefined, client: undefined, serverName: undefined } : undefined;
}

function clientOf({ cert, key }: CheckedTlsOptions): ConsulTls['client'] {
  return cert === undefined || key === undefined ? undefined : { cert, key };
}
