import { type Secret, SecretError } from '@rollcall/core/driver';
import type { EtcdSettings } from '../options/etcd-settings.ts';
import { nodeSecretSources } from '../options/node-secret-sources.ts';
import type { Secrets } from './dial.ts';
import { ConnectionFailure } from './rpc-failure.ts';

/** Reads what is needed to be let in, from wherever the options say it is. Rejects with a `ConnectionFailure` that names what is missing. */
export async function readSecrets({ tls, credentials }: EtcdSettings): Promise<Secrets> {
  const [ca, cert, key, password] = await Promise.all(
    [tls?.ca, tls?.client?.cert, tls?.client?.key, credentials?.password].map(revealed),
  );
  return {
    tls: tls && { ca: pem(ca), cert: pem(cert), key: pem(key), serverName: tls.serverName },
    login: credentials && { user: credentials.user, password: password ?? '' },
  };
}

async function revealed(secret: Secret | undefined): Promise<string | undefined> {
  try {
    return await secret?.reveal(nodeSecretSources);
  } catch (error) {
    if (error instanceof SecretError) throw new ConnectionFailure(error.message, { cause: error });
    throw error;
  }
}

function pem(text: string | undefined): Buffer | undefined {
  return text === undefined ? undefined : Buffer.from(text);
}
