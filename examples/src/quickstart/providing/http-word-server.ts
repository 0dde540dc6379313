import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Counting } from './count-words.ts';
import { closed, listen } from './listening.ts';
import type { ProtocolServer } from './protocol-server.ts';

/** A real HTTP server. */
export async function startHttpWordServer(counting: Counting): Promise<ProtocolServer> {
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      const words = await counting(await text(request));
      // A caller would keep the connection, and a server that stops would wait for it.
      if (!server.listening) response.setHeader('connection', 'close');
      response.end(String(words));
    };
    // A caller that hung up has nobody left to tell.
    answer().catch(() => response.destroy());
  });
  const port = await listen(server);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop: () => closed(server),
    destroy: () => {
      const ended = closed(server);
      server.closeAllConnections();
      return ended;
    },
  };
}
