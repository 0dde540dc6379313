import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { Server } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { answerGreeting } from '../../src/clients/answer-greeting.ts';
import { grpcCalls } from '../../src/clients/grpc-calls.ts';
import { httpCalls } from '../../src/clients/http-calls.ts';
import type { GrpcWay, HttpRequest, HttpWay } from '../../src/clients/job.ts';
import { socketsOf } from '../../src/clients/sockets.ts';

// What is compared has to do the same: call all of them, or the one that there is.

const httpWays: readonly HttpWay[] = ['rollcall', 'rollcall in turn', 'Agent', 'composed Agent', 'BalancedPool'];
const grpcWays: readonly GrpcWay[] = ['rollcall', 'rollcall, round_robin', 'addresses, round_robin'];

it.each(httpWays)('calls each of four servers over HTTP: %s', async (by) => {
  const servers = await Promise.all(Array.from({ length: 4 }, () => listening(createHttpServer(answering('yes')))));
  await using calls = await httpCalls({
    protocol: 'http',
    by,
    request: 'request, GET',
    ports: servers.map(({ port }) => port),
  });
  for (let count = 0; count < 100; count += 1) await calls.make();
  expect(servers.map((server) => server.accepted() > 0)).toEqual([true, true, true, true]);
});

it.each(['request, GET', 'request, POST', 'fetch, GET'] satisfies HttpRequest[])(
  'sends the same whoever calls: %s',
  async (request) => {
    const seen: string[] = [];
    const server = await listening(
      createHttpServer((message, response) => {
        let length = 0;
        message.on('data', (chunk: Buffer) => {
          length += chunk.length;
        });
        message.once('end', () => {
          seen.push(`${message.method} ${message.url} ${length}`);
          response.end('yes');
        });
      }),
    );
    for (const by of httpWays) {
      await using calls = await httpCalls({ protocol: 'http', by, request, ports: [server.port] });
      await calls.make();
    }
    const [method] = request.split(', ').toReversed();
    expect(seen).toEqual(httpWays.map(() => `${method} /items/42 ${method === 'POST' ? 1_024 : 0}`));
  },
);

it.each(grpcWays)('calls each of four servers over gRPC: %s', async (by) => {
  const counts = [0, 0, 0, 0];
  const servers = await Promise.all(
    counts.map((_, index) => {
      const server = createHttp2Server();
      server.on('stream', (stream) => {
        counts[index] = (counts[index] ?? 0) + 1;
        answerGreeting(stream);
      });
      return listening(server);
    }),
  );
  await using calls = await grpcCalls({ protocol: 'grpc', by, ports: servers.map(({ port }) => port) });
  // It calls whoever is connected.
  while (counts.includes(0)) await calls.make();
  expect(Math.min(...counts)).toBeGreaterThan(0);
});

it('calls one server over gRPC on one connection: addresses', async () => {
  const server = createHttp2Server();
  server.on('stream', answerGreeting);
  const { port, accepted } = await listening(server);
  await using calls = await grpcCalls({ protocol: 'grpc', by: 'addresses', ports: [port] });
  await Promise.all(Array.from({ length: 64 }, () => calls.make()));
  expect(accepted()).toBe(1);
});

it('counts the connections of a server, and those that are open', async () => {
  const server = createHttpServer(answering('yes'));
  const { port } = await listening(server);
  const sockets = socketsOf(server);
  {
    await using calls = await httpCalls({ protocol: 'http', by: 'Agent', request: 'request, GET', ports: [port] });
    await calls.make();
    expect(sockets()).toEqual({ port, accepted: 1, open: 1 });
  }
  while (sockets().open > 0) await new Promise(setImmediate);
  expect(sockets()).toEqual({ port, accepted: 1, open: 0 });
});

function answering(text: string): RequestListener {
  return (_, response) => response.end(text);
}

async function listening(server: Server): Promise<{ readonly port: number; readonly accepted: () => number }> {
  const sockets = socketsOf(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { port: sockets().port, accepted: () => sockets().accepted };
}
