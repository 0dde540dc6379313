// A service as it is deployed during a move: `node provider-process.js`. ROLLCALL_URL says where it is registered, ALSO_ROLLCALL_URL where it is
// registered too, and nothing else changes from one step to the next. It answers with its process and with what it was sent.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { httpServer, provide } from '@rollcall/provider';
import { registrarInBoth } from './registrar-in-both.ts';
import { openRegistries } from './registries.ts';

const { leading, following } = openRegistries(process.env);
const registrar =
  following === undefined
    ? leading
    : registrarInBoth({
        leading,
        following,
        onFollowingFailed: (error) => console.error('following:', error),
      });

const server = createServer((request, response) => {
  // A caller that hung up has nobody left to tell.
  answer(request, response).catch(() => response.destroy());
}).listen(0, '127.0.0.1');

const provider = await provide(httpServer(server), {
  registrar,
  service: 'orders',
  onDiagnostic: (event) => console.error(event),
});
console.log('up');
await provider.stopped;
await Promise.all([leading.close(), following?.close()]);

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.end(`${process.pid} ${await text(request)}`);
}
