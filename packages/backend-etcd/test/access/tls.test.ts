import { once } from 'node:events';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callMs } from '@rollcall/testing-faults';
import { startEtcd, testCertificates } from '@rollcall/testing-servers';
import { describe, expect, inject, test } from 'vitest';
import { Cast, type ClientTerms } from '../cluster/cast.ts';
import { app, secured } from './secured.ts';

const ttlMs = 2_000;
const { ca, otherCa, server: serverPair, client: clientPair } = testCertificates();
const tls = { ...serverPair, ca };

/** An address of this machine that no certificate of the tests is for. */
const unnamedHost = '127.0.0.2';

const warnings: Error[] = [];
process.on('warning', (warning) => warnings.push(warning));

describe.each(['etcd34', 'etcd35'] as const)('%s', (server) => {
  const binary = inject('binaries')[server];

  test.concurrent('B2: with the CA of the server, everything works over TLS', async () => {
    await using secure = await startEtcd(binary, { tls });
    await using cast = new Cast();
    const terms = { endpoints: secure.endpoint, tls: { ca: { file: ca } } };
    await worksFor(cast, terms);
  });

  test.concurrent('B2: https:// in an endpoint and a host by its name', async () => {
    await using secure = await startEtcd(binary, { tls });
    await using cast = new Cast();
    await worksFor(cast, { endpoints: `https://localhost:${secure.port}`, tls: { ca: { file: ca } } });
  });

  test.concurrent('B2: TLS on IPv6', async () => {
    await using secure = await startEtcd(binary, { tls, host: '::1' });
    await using cast = new Cast();
    await worksFor(cast, { endpoints: `[::1]:${secure.port}`, tls: { ca: { file: ca } } });
  });

  test.concurrent('E2, E3, W7: a server that none of the CAs vouches for is REGISTRY_UNAVAILABLE, and said to be', async () => {
    await using secure = await startEtcd(binary, { tls });
    await using cast = new Cast();
    const untrusted = { endpoints: secure.endpoint, tls: { ca: { file: otherCa } } };
    const cause = /self.signed certificate in certificate chain|unable to (verify|get)/i;
    await failsFor(cast, untrusted, [cause, /Check tls\.ca/]);
    await failsFor(cast, { endpoints: secure.endpoint, tls: true }, [cause, /Check tls\.ca/]);
  });

  test.concurrent('B2, E2: a server that wants certificates of its clients', async () => {
    await using secure = await startEtcd(binary, { tls: { ...tls, clientAuth: true } });
    await using cast = new Cast();
    const endpoints = secure.endpoint;
    await failsFor(cast, { endpoints, tls: { ca: { file: ca } } }, [/certificate/, /tls\.cert/]);
    const shown = { cert: { file: clientPair.cert }, key: { file: clientPair.key } };
    await worksFor(cast, { endpoints, tls: { ca: { file: ca }, ...shown } });
  });

  test.concurrent('B2, E2: serverName is what the certificate has to be for, whatever is dialled', async () => {
    await using secure = await startEtcd(binary, { tls, host: unnamedHost });
    await using cast = new Cast();
    const endpoints = secure.endpoint;
    await failsFor(cast, { endpoints, tls: { ca: { file: ca } } }, [/altnames|IP: 127\.0\.0\.2/, /tls\.serverName/]);
    const wrong = { ca: { file: ca }, serverName: 'other.test' };
    await failsFor(cast, { endpoints, tls: wrong }, [/other\.test.*altnames|altnames.*other\.test/, /tls\.serverName/]);
    await worksFor(cast, { endpoints, tls: { ca: { file: ca }, serverName: 'registry.test' } });
  });

  test.concurrent('B2: TLS, a login and serverName together', async () => {
    await using scene = await secured(binary, { tls });
    const terms = { ca: { file: ca }, serverName: 'registry.test' };
    await worksFor(scene.cast, { endpoints: scene.endpoints, tls: terms, ...app });
  });

  test.concurrent('E2: plain text to a port of TLS, and TLS to a plain one: the message thinks of TLS', async () => {
    await using secure = await startEtcd(binary, { tls });
    await using plain = await startEtcd(binary);
    await using cast = new Cast();
    await failsFor(cast, { endpoints: secure.endpoint }, [/TLS/]);
    await failsFor(cast, { endpoints: plain.endpoint, tls: { ca: { file: ca } } }, [/that the endpoint speaks TLS/]);
  });

  test.concurrent('E2: a port that resets whatever it is sent: the message thinks of TLS, with TLS and without', async () => {
    await using deaf = await resettingPort();
    await using cast = new Cast();
    await failsFor(cast, { endpoints: deaf.endpoint }, [/ECONNRESET|EPIPE/, /whether it speaks TLS/]);
    const secure = { endpoints: deaf.endpoint, tls: { ca: { file: ca } } };
    await failsFor(cast, secure, [/ECONNRESET|EPIPE/, /that the endpoint speaks TLS/]);
  });

  test.concurrent('B2, E2: a file that is missing is named, and read once it is there', async () => {
    await using secure = await startEtcd(binary, { tls: { ...tls, clientAuth: true } });
    await using cast = new Cast();
    const folder = await mkdtemp(join(tmpdir(), 'rollcall-tls-'));
    const files = { ca: join(folder, 'ca.pem'), cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
    const terms = {
      endpoints: secure.endpoint,
      tls: { ca: { file: files.ca }, cert: { file: files.cert }, key: { file: files.key } },
    };
    const client = cast.client(terms);
    const watcher = client.watch(cast.service);
    const first = watcher.next();
    await failsFor(cast, terms, [new RegExp(`file:${folder}/(ca|cert|key)\\.pem could not be read`)]);
    await copyFile(ca, files.ca);
    await copyFile(clientPair.cert, files.cert);
    await failsFor(cast, terms, [new RegExp(`file:${files.key} could not be read`)]);
    await copyFile(clientPair.key, files.key);
    expect(await client.list(cast.service)).toEqual([]);
    expect(await first).toMatchObject({ value: { freshness: 'live', instances: [] } });
    await watcher.return();
    await worksFor(cast, terms);
    await rm(folder, { recursive: true });
  });
});

// Last, after all the others: Node warns once in a process.
test('B2: nothing warns, also where the address of a server is an IP', () => {
  expect(warnings).toEqual([]);
});

/** Owns, reads and lists, by two clients on these terms. */
async function worksFor(cast: Cast, terms: ClientTerms): Promise<void> {
  const client = cast.client(terms);
  await cast.own(client, 'owner', ttlMs);
  cast.witness(cast.client(terms), client);
  await cast.seen(['owner']);
  await cast.assertLaws({ observer: cast.client(terms) });
}

/** Each call rejects in time, and says all of this. */
async function failsFor(cast: Cast, terms: ClientTerms, says: readonly RegExp[]): Promise<void> {
  const client = cast.client(terms);
  const from = performance.now();
  const calls = [client.list(cast.service), client.services(), cast.own(client, 'nobody', ttlMs)];
  for (const outcome of await Promise.allSettled(calls)) {
    const error: unknown = outcome.status === 'rejected' ? outcome.reason : 'it worked';
    expect(error).toMatchObject({ code: 'REGISTRY_UNAVAILABLE', retryable: true });
    for (const part of says) expect(String(error)).toMatch(part);
  }
  expect(performance.now() - from).toBeLessThan(callMs);
}

/** What a port of the other protocol may do at worst: reset the connection at its first bytes. */
async function resettingPort(): Promise<AsyncDisposable & { readonly endpoint: string }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).once('data', () => socket.resetAndDestroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  return {
    endpoint: `127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      await new Promise((done) => server.close(done));
    },
  };
}
