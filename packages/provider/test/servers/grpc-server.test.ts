import { Client, credentials, Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js';
import { memoryDriver, MemoryStore } from '@rollcall/backend-memory';
import { createRegistry } from '@rollcall/core';
import { grpcServer, provide, type Provider } from '@rollcall/provider';
import { poll } from '@rollcall/testing-servers';
import { describe, expect, test } from 'vitest';
import { deferred, openScene } from '../scene.ts';

const path = '/greeter.Greeter/Greet';

/** A server with one method, which answers when `answer` says so. */
async function greeter(answer: () => Promise<void> = () => Promise.resolve()) {
  const server = new Server();
  const definition = {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: encode,
    requestDeserialize: decode,
    responseSerialize: encode,
    responseDeserialize: decode,
  };
  server.addService(
    { greet: definition },
    {
      greet: (call: { request: string }, reply: (error: null, text: string) => void) => {
        void answer().then(() => reply(null, `hello ${call.request}`));
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  return {
    server,
    port,
    greet: (name: string): Promise<string | undefined> =>
      new Promise((resolve, reject) => {
        client.makeUnaryRequest(path, encode, decode, name, new Metadata(), (error, text) =>
          error === null ? resolve(text) : reject(error),
        );
      }),
    [Symbol.dispose]() {
      client.close();
      server.forceShutdown();
    },
  };
}

describe('a server of grpc-js', () => {
  test('leaves under constant calls, and not one is lost', async () => {
    await using registry = createRegistry(memoryDriver(new MemoryStore()));
    using leaving = await greeter();
    using staying = await greeter();
    const both = new Map([leaving, staying].map((own) => [String(own.port), own]));
    const offer = ({ server, port }: typeof leaving): Promise<Provider> =>
      provide(grpcServer(server, { host: '127.0.0.1', port }), {
        registrar: registry,
        service: 'greeter',
        id: String(port),
        signals: [],
        drainMs: 300,
      });
    const provider = await offer(leaving);
    await offer(staying);
    const watcher = registry.watch('greeter');
    let up: readonly string[] = [...both.keys()];
    const following = (async () => {
      for await (const { instances } of watcher)
        up = instances.filter(({ status: one }) => one === 'up').map(({ id }) => id);
    })();

    const over = new AbortController();
    let answered = 0;
    const callOn = async (): Promise<void> => {
      for (; !over.signal.aborted; answered += 1) {
        const own = both.get(up[answered % up.length] ?? '');
        if (own === undefined) throw new Error('Nobody is up.');
        await own.greet('ada');
      }
    };
    const calling = Promise.all(Array.from({ length: 8 }, callOn));
    await poll(() => answered > 100 || undefined, { what: 'calls are answered' });
    await provider.stop();
    const then = answered;
    await poll(() => answered > then + 100 || undefined, { what: 'calls are answered by the other' });
    over.abort();
    await calling; // a call that is lost rejects
    await watcher[Symbol.asyncDispose]();
    await following;
  });

  test('is registered where it was bound, drains while it serves, and ends', async () => {
    await using scene = openScene();
    using own = await greeter();
    const provider = await provide(grpcServer(own.server, { host: '127.0.0.1', port: own.port }), {
      ...scene.options,
      drainMs: 2_000,
    });
    expect(await scene.others.list('orders')).toMatchObject([
      { endpoints: [{ scheme: 'grpc', host: '127.0.0.1', port: own.port }], status: 'up' },
    ]);
    const stopping = provider.stop();
    await scene.clock.advance(1);
    expect(await scene.statuses()).toEqual(['draining']);
    expect(await own.greet('ada')).toBe('hello ada');
    await scene.clock.advance(2_000);
    await stopping;
    expect(await scene.statuses()).toEqual([]);
    await expect(own.greet('bob')).rejects.toMatchObject({ code: status.UNAVAILABLE });
    expect(scene.diagnostics).toEqual([]);
  });

  test('answers what is under way before it deregisters', async () => {
    await using scene = openScene();
    const handled = deferred();
    const answer = deferred();
    using own = await greeter(() => {
      handled.resolve();
      return answer.promise;
    });
    const provider = await provide(grpcServer(own.server, { host: '127.0.0.1', port: own.port }), scene.options);
    const greeting = own.greet('ada');
    await handled.promise;
    const stopping = provider.stop();
    await scene.clock.advance(5_000);
    expect(provider.state).toBe('closing');
    expect(await scene.statuses()).toEqual(['draining']);
    answer.resolve();
    expect(await greeting).toBe('hello ada');
    await stopping;
  });

  test('cuts what is not answered in time, and says so', async () => {
    await using scene = openScene();
    const handled = deferred();
    using own = await greeter(() => {
      handled.resolve();
      return new Promise(() => undefined);
    });
    const provider = await provide(grpcServer(own.server, { host: '127.0.0.1', port: own.port }), {
      ...scene.options,
      closeTimeoutMs: 3_000,
    });
    const refused = own.greet('ada').catch((error: unknown) => error);
    await handled.promise;
    const stopping = provider.stop();
    await scene.clock.advance(3_000);
    await stopping;
    expect(await refused).toMatchObject({ code: expect.any(Number) });
    expect(scene.diagnostics).toMatchObject([{ type: 'connections-cut' }]);
  });

  test.each([
    [{ port: 0 }, 'options.port: expected an integer from 1 to 65535'],
    [{ port: 1, host: '' }, 'options.host: expected a host name or an IP address'],
  ])('is refused with %j', (options, message) => {
    expect(() => grpcServer(new Server(), options)).toThrow(message);
  });
});

function encode(text: string): Buffer {
  return Buffer.from(text);
}

function decode(bytes: Buffer): string {
  return bytes.toString();
}
