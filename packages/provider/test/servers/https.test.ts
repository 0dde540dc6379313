import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { httpServer, provide } from '@rollcall/provider';
import { testCertificates } from '@rollcall/testing-servers';
import { expect, test } from 'vitest';
import { answerOf, disposable, openScene } from '../scene.ts';

test('a server over TLS is registered as https and answers with Connection: close while it drains', async () => {
  await using scene = openScene();
  const { server: pair } = testCertificates();
  const [cert, key] = await Promise.all([readFile(pair.cert, 'utf8'), readFile(pair.key, 'utf8')]);
  const server = createServer({ cert, key }, (_, response) => response.end('hello'));
  await using own = disposable(server);
  server.listen(0, '127.0.0.1');
  const provider = await provide(httpServer(server), { ...scene.options, drainMs: 2_000 });
  expect(provider.registration.instance.endpoints).toEqual([{ scheme: 'https', host: '127.0.0.1', port: own.port }]);
  const stopping = provider.stop();
  await scene.clock.advance(1);
  const asked = request({ port: own.port, host: '127.0.0.1', rejectUnauthorized: false }).end();
  const [response]: IncomingMessage[] = await once(asked, 'response');
  if (response === undefined) throw new Error('no response');
  expect(await answerOf(response)).toMatchObject({ body: 'hello', connection: 'close' });
  await scene.clock.advance(2_000);
  await stopping;
  expect(scene.diagnostics).toEqual([]);
});
