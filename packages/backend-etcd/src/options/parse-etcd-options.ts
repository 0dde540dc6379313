import {
  type CheckedTlsOptions,
  checkOptions,
  type Environment,
  type EnvironmentTerms,
  type NonEmptyList,
  optionsFromEnvironment,
  optionsFromUrl,
  type SecretSources,
} from '@rollcall/core/driver';
import { type CheckedEtcdOptions, etcdDescription } from './etcd-description.ts';
import { endpointOver, type EtcdEndpoint, type WrittenEndpoint } from './etcd-endpoint.ts';
import type { EtcdCredentials, EtcdSettings, EtcdTls } from './etcd-settings.ts';
import { nodeSecretSources } from './node-secret-sources.ts';

/**
 * The settings in a URL, `etcd://10.0.0.1:2379,10.0.0.2:2379/prod?user=app&password=env:ETCD_PASSWORD`, or in a plain object
 * (`EtcdOptions`). References to variables are looked up, so that a missing one is told at once; files are not (B2).
 * @throws TypeError that tells everything that is wrong, each with its path (I6, B1). No secret is in it (E2).
 */
export function parseEtcdOptions(
  config: unknown,
  { env }: Pick<SecretSources, 'env'> = nodeSecretSources,
): EtcdSettings {
  const context = { env };
  return etcdSettings(
    typeof config === 'string'
      ? optionsFromUrl(etcdDescription, config, 'config', context)
      : checkOptions(etcdDescription, config, 'config', context),
  );
}

/**
 * The settings in variables, such as `ROLLCALL_ENDPOINTS` and `ROLLCALL_URL`. References are looked up as in the other forms: where the driver
 * will read them.
 * @throws TypeError that tells everything that is wrong, each with its variable (I6, B1). No secret is in it (E2).
 */
export function parseEtcdEnvironment(
  environment: Environment,
  { prefix }: EnvironmentTerms,
  { env }: Pick<SecretSources, 'env'> = nodeSecretSources,
): EtcdSettings {
  return etcdSettings(optionsFromEnvironment(etcdDescription, environment, { prefix, env }));
}

/** The settings of options that were checked, in whatever form they came. */
function etcdSettings(checked: CheckedEtcdOptions): EtcdSettings {
  const { endpoints, prefix, dialTimeoutMs, requestTimeoutMs, syncIntervalMs } = checked;
  const tls = tlsOf(checked);
  return Object.freeze({
    endpoints: endpointsOf(endpoints, tls === undefined ? 'plain' : 'tls'),
    prefix,
    credentials: credentialsOf(checked),
    tls,
    dialTimeoutMs,
    requestTimeoutMs,
    syncIntervalMs,
  });
}

function endpointsOf(
  [first, ...others]: NonEmptyList<WrittenEndpoint>,
  tls: 'plain' | 'tls',
): NonEmptyList<EtcdEndpoint> {
  return [endpointOver(tls, first), ...others.map((other) => endpointOver(tls, other))];
}

function credentialsOf({ user, password }: CheckedEtcdOptions): EtcdCredentials | undefined {
  return user === undefined || password === undefined ? undefined : { user, password };
}

function tlsOf({ endpoints, tls }: CheckedEtcdOptions): EtcdTls | undefined {
  if (typeof tls === 'object') return { ca: tls.ca, client: clientOf(tls), serverName: tls.serverName };
  const isSecure = endpoints.some(({ scheme }) => scheme === 'https');
  return isSecure ? { ca: undefined, client: undefined, serverName: undefined } : undefined;
}

function clientOf({ cert, key }: CheckedTlsOptions): EtcdTls['client'] {
  return cert === undefined || key === undefined ? undefined : { cert, key };
}
