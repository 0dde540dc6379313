import { once } from 'node:events';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callMs } from '@rollcall/testing-faults';
import { startConsul, poll, TcpProxy, testCertificates } from '@rollcall/testing-servers';
import { expect, inject, test } from 'vitest';
import { Cast, type ClientTerms } from './cast.ts';

const ttlMs = 2_000;
const binary = inject('binaries').consul;
const { ca, otherCa, server: serverPair, client: clientPair } = testCertificates();
const tls = { ...serverPair, ca };

/** An address of this machine that no certificate of the tests is for. */
const unnamedHost = '127.0.0.2';

const warnings: Error[] = [];
process.on('warning', (warning) => warnings.push(warning));

// The tests run one after the other: each starts agents of its own, which together would take the machine from those who renew.
test('B2: with the CA of the agent, everything works over TLS: by IP, and by name', async () => {
  await using agent = await startConsul(binary, { tls });
  const { endpoint, port } = agent;
  for (const terms of [
    { endpoints: endpoint, tls: { ca: { file: ca } } },
    { endpoints: `https://localhost:${port}`, tls: { ca: { file: ca } } },
  ]) {
    await using cast = new Cast();
    await worksFor(cast, terms);
  }
});

test('B2: TLS on IPv6', async () => {
  await using agent = await startConsul(binary, { tls, host: '::1' });
  await using cast = new Cast();
  await worksFor(cast, { endpoints: `[::1]:${agent.port}`, tls: { ca: { file: ca } } });
});

test('E2, E3: an agent that none of the CAs vouches for is REGISTRY_UNAVAILABLE, and said to be', async () => {
  await using agent = await startConsul(binary, { tls });
  await using cast = new Cast();
  const cause = /self.signed certificate in certificate chain|unable to (verify|get)/i;
  await failsFor(cast, { endpoints: agent.endpoint, tls: { ca: { file: otherCa } } }, [cause, /Check tls\.ca/]);
  await failsFor(cast, { endpoints: agent.endpoint, tls: true }, [cause, /Check tls\.ca/]);
});

test('B2, E2: an agent that wants certificates of its clients', async () => {
  await using agent = await startConsul(binary, { tls: { ...tls, clientAuth: true } });
  await using cast = new Cast();
  const endpoints = agent.endpoint;
  await failsFor(cast, { endpoints, tls: { ca: { file: ca } } }, [/certificate|alert|closed|ECONNRESET/, /tls\.cert/]);
  const shown = { cert: { file: clientPair.cert }, key: { file: clientPair.key } };
  await worksFor(cast, { endpoints, tls: { ca: { file: ca }, ...shown } });
});

test('B2, E2: serverName is what the certificate has to be for, whatever is dialled', async () => {
  await using agent = await startConsul(binary, { tls, host: unnamedHost });
  await using cast = new Cast();
  const endpoints = agent.endpoint;
  await failsFor(cast, { endpoints, tls: { ca: { file: ca } } }, [/altnames|IP: 127\.0\.0\.2/, /tls\.serverName/]);
  const wrong = { ca: { file: ca }, serverName: 'other.test' };
  await failsFor(cast, { endpoints, tls: wrong }, [/other\.test.*altnames|altnames.*other\.test/, /tls\.serverName/]);
  await worksFor(cast, { endpoints, tls: { ca: { file: ca }, serverName: 'registry.test' } });
});

test('E2: plain text to a port of TLS, and TLS to a plain one: the message thinks of TLS', async () => {
  await using secure = await startConsul(binary, { tls });
  await using plain = await startConsul(binary);
  await using cast = new Cast();
  await failsFor(cast, { endpoints: secure.endpoint }, [/speaks TLS there: write https:/]);
  await failsFor(cast, { endpoints: plain.endpoint, tls: { ca: { file: ca } } }, [/that the address speaks TLS/]);
});

test('E2: a port that resets whatever it is sent: the message thinks of TLS, with TLS and without', async () => {
  await using deaf = await resettingPort();
  await using cast = new Cast();
  await failsFor(cast, { endpoints: deaf.endpoint }, [/ECONNRESET|EPIPE/, /whether the address speaks TLS/]);
  const secure = { endpoints: deaf.endpoint, tls: { ca: { file: ca } } };
  await failsFor(cast, secure, [/ECONNRESET|EPIPE/, /that the address speaks TLS/]);
});

test('B2, E2: a file that is missing is named, and read once it is there', async () => {
  await using agent = await startConsul(binary, { tls: { ...tls, clientAuth: true } });
  await using cast = new Cast();
  await using folder = await scratch();
  const files = { ca: join(folder.path, 'ca.pem'), cert: join(folder.path, 'c.pem'), key: join(folder.path, 'k.pem') };
  const terms = {
    endpoints: agent.endpoint,
    tls: { ca: { file: files.ca }, cert: { file: files.cert }, key: { file: files.key } },
  };
  const client = cast.client(terms);
  const watcher = client.watch(cast.service);
  const first = watcher.next();
  await failsFor(cast, terms, [new RegExp(`file:${folder.path}/(ca|c|k)\\.pem could not be read`)]);
  await copyFile(ca, files.ca);
  await copyFile(clientPair.cert, files.cert);
  await failsFor(cast, terms, [new RegExp(`file:${files.key} could not be read`)]);
  await copyFile(clientPair.key, files.key);
  expect(await client.list(cast.service)).toEqual([]);
  expect(await first).toMatchObject({ value: { freshness: 'live', instances: [] } });
  await watcher.return();
  await worksFor(cast, terms);
});

test('W6, L4: certificates that are renewed are picked up by the next connection', async () => {
  await using agent = await startConsul(binary, { tls: { ...tls, clientAuth: true } });
  const { host, port } = agent;
  await using net = await TcpProxy.start({ host, port });
  await using cast = new Cast();
  await using folder = await scratch();
  const files = { ca: join(folder.path, 'ca.pem'), cert: join(folder.path, 'c.pem'), key: join(folder.path, 'k.pem') };
  await Promise.all([
    copyFile(ca, files.ca),
    copyFile(clientPair.cert, files.cert),
    copyFile(clientPair.key, files.key),
  ]);
  const terms = {
    endpoints: net.endpoint,
    tls: { ca: { file: files.ca }, cert: { file: files.cert }, key: { file: files.key } },
  };
  const client = cast.client(terms);
  await cast.own(client, 'owner', ttlMs);
  cast.witness(client);
  await cast.seen(['owner']);
  // Who is connected goes on; nobody new gets in.
  await copyFile(otherCa, files.ca);
  await failsFor(cast, terms, [/self.signed certificate in certificate chain|unable to (verify|get)/i]);
  net.reset();
  await expect(client.list(cast.service)).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  await copyFile(ca, files.ca);
  // A call may still meet a connection that was reset.
  const works = (): Promise<true | undefined> =>
    client.list(cast.service).then(
      () => true,
      () => undefined,
    );
  await poll(works, { what: 'the renewed certificate is used', withinMs: callMs });
  await cast.own(client, 'newcomer', ttlMs);
  await cast.seen(['owner', 'newcomer']);
  const shown = { cert: { file: clientPair.cert }, key: { file: clientPair.key } };
  const observer = cast.client({ endpoints: agent.endpoint, tls: { ca: { file: ca }, ...shown } });
  await cast.assertLaws({ observer, healedWithinMs: ttlMs });
});

test('B1, B2: an agent behind a Unix socket', async () => {
  await using folder = await scratch();
  const socket = join(folder.path, 'consul.sock');
  const addresses = { http: `127.0.0.1 unix://${socket}` };
  await using agent = await startConsul(binary, { config: { addresses } });
  await using cast = new Cast();
  const terms = { endpoints: `unix:${socket}` };
  await worksFor(cast, terms);
  // And what is there, is there for everybody.
  await using other = new Cast();
  await other.own(other.client(terms), 'owner', ttlMs);
  await other.assertLaws({ observer: other.client({ endpoints: agent.endpoint }) });
});

test('E2, E3: a Unix socket that is not there is named', async () => {
  await using folder = await scratch();
  await using cast = new Cast();
  const socket = join(folder.path, 'consul.sock');
  await failsFor(cast, { endpoints: `unix:${socket}` }, [/ENOENT/, new RegExp(`consul at unix:${socket}`)]);
});

// Last, after all the others: Node warns once in a process.
test('B2: nothing warns, also where the address of an agent is an IP', () => {
  expect(warnings).toEqual([]);
});

/** Owns, reads and lists, by two clients on these terms. */
async function worksFor(cast: Cast, terms: ClientTerms): Promise<void> {
  const client = cast.client(terms);
  await cast.own(client, 'owner', ttlMs);
  cast.witness(cast.client(terms), client);
  await cast.seen(['owner']);
  expect(await client.services()).toEqual([cast.service]);
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

/** A folder of the test's own. */
async function scratch(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'rollcall-tls-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
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
