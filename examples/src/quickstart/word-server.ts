import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/** What every provider does for a living: a line of text comes in, the number of its words goes out. */
export interface WordServer {
  readonly port: number;
  /** Answers what is under way and takes nothing new. */
  stop(): Promise<void>;
  /** As the end of its process would: every connection is cut, also in the middle of an answer. */
  destroy(): Promise<void>;
}

/** The words of a line, for servers to tell and for callers to check. */
export function countWords(line: string): number {
  return line.split(/\s+/).filter((word) => word !== '').length;
}

/** A real HTTP server on loopback, on a port that is free. */
export async function startWordServer(): Promise<WordServer> {
  const server = createServer((request, response) => {
    // A caller that hung up has nobody left to tell.
    answer(request, response).catch(() => response.destroy());
  });
  const port = await listen(server);
  return {
    port,
    stop: () => closed(server),
    destroy: () => {
      const ended = closed(server);
      server.closeAllConnections();
      return ended;
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const line = await text(request);
  await sleep(15); // so long that some request is usually under way when something happens
  response.end(String(countWords(line)));
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (typeof address === 'object' && address !== null) resolve(address.port);
      else reject(new Error('The server listens on no port.'));
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
