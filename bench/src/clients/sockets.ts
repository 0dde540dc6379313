import type { Server } from 'node:net';

/** What a server tells of itself. */
export interface Sockets {
  readonly port: number;
  /** Connections since it was started. */
  readonly accepted: number;
  /** Connections that are not closed. */
  readonly open: number;
}

/** Counts the connections of a server from now on. */
export function socketsOf(server: Server): () => Sockets {
  let accepted = 0;
  let open = 0;
  server.on('connection', (socket) => {
    accepted += 1;
    open += 1;
    socket.once('close', () => {
      open -= 1;
    });
  });
  return () => {
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the server does not listen');
    return { port: address.port, accepted, open };
  };
}
