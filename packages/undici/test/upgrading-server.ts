import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { listening, type TestServer } from './scene.ts';

/** A server that takes WebSockets, and says one sentence on each: RFC 6455, as far as that needs. */
export function answeringUpgrades(id: string): Promise<TestServer> {
  const server = createServer();
  server.on('upgrade', ({ headers }, socket) => {
    const accept = createHash('sha1')
      .update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    const text = Buffer.from(`hello from ${id}`);
    socket.write(Buffer.concat([Buffer.from([0x81, text.length]), text]));
  });
  return listening(id, server);
}
