import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EtcdAdmin, type EtcdOptions, type EtcdServer, startEtcd } from '@rollcall/testing-servers';
import { Cast } from '../cluster/cast.ts';

/** A server that asks who is there, and an operator who may do everything. */
export interface Secured extends AsyncDisposable {
  readonly server: EtcdServer;
  readonly admin: EtcdAdmin;
}

/** Who may read and write the prefix of a cast. */
export const app = { user: 'app', password: 'correct horse battery staple' };

const rootPassword = 'root of all evil';

/** Hashing a password as slowly as etcd does by default would make each login cost a tenth of a second of one core. */
const cheapHashes = '--bcrypt-cost=4';

/** Starts a server with authentication on, and a user `app` whose role `app` covers the prefix. */
async function startSecured(
  binary: string,
  prefix: string,
  { args = [], ...options }: EtcdOptions = {},
): Promise<Secured> {
  const server = await startEtcd(binary, { ...options, args: [cheapHashes, ...args] });
  const gateway = options.tls && { ca: options.tls.ca };
  const admin = new EtcdAdmin(server.url, gateway && { tls: gateway });
  await admin.enableAuth({ rootPassword });
  await admin.addRole('app', prefix, 'readwrite');
  await admin.addUser(app.user, app.password);
  await admin.grantRole(app.user, 'app');
  return { server, admin, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

/** Keys that sign tokens which run out after `seconds`. */
export async function jwtKeys(seconds: number): Promise<AsyncDisposable & { readonly arg: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-jwt-'));
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const [pub, priv] = [join(folder, 'pub.pem'), join(folder, 'priv.pem')];
  await Promise.all([writeFile(pub, publicKey), writeFile(priv, privateKey)]);
  return {
    arg: `--auth-token=jwt,pub-key=${pub},priv-key=${priv},sign-method=RS256,ttl=${seconds}s`,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A cast of its own, and the server that its prefix is guarded on. */
export async function secured(
  binary: string,
  options: EtcdOptions = {},
): Promise<Secured & { readonly cast: Cast; readonly endpoints: string }> {
  const cast = new Cast();
  const { server, admin } = await startSecured(binary, `${cast.prefix}/`, options);
  return {
    server,
    admin,
    cast,
    endpoints: server.endpoint,
    async [Symbol.asyncDispose]() {
      await cast[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}
