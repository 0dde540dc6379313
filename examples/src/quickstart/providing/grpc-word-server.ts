import { createServer, type Socket } from 'node:net';
import { type handleUnaryCall, Server, ServerCredentials } from '@grpc/grpc-js';
import type { Counting } from './count-words.ts';
import { closed, listen } from './listening.ts';
import type { ProtocolServer } from './protocol-server.ts';
import { countMethod } from './word-count-method.ts';

/**
 * A real gRPC server, on connections that are taken in here, so that they can be cut: `forceShutdown` tells callers that their calls are
 * cancelled, which no crash does.
 */
export async function startGrpcWordServer(counting: Counting): Promise<ProtocolServer> {
  const server = new Server();
  server.addService({ count: countMethod }, { count: answering(counting) });
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const connections = new Set<Socket>();
  const listener = createServer((connection) => {
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
    injector.injectConnection(connection);
  });
  const port = await listen(listener);
  return {
    endpoint: `grpc://127.0.0.1:${port}`,
    stop: async () => {
      await Promise.all([closed(listener), shutDown(server)]);
    },
    destroy: () => {
      const ended = closed(listener);
      for (const connection of connections) connection.destroy();
      server.forceShutdown();
      return ended;
    },
  };
}

function answering(counting: Counting): handleUnaryCall<string, number> {
  return ({ request }, respond) => {
    counting(request).then((words) => respond(null, words), respond);
  };
}

/** Resolves when every call has ended. Clients are told to leave. */
function shutDown(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.tryShutdown(() => resolve());
  });
}
