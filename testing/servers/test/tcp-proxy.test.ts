import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePort, poll, TcpProxy } from '../src/index.ts';
import { EchoServer } from './echo-server.ts';
import { Talker } from './talker.ts';

describe('TcpProxy', () => {
  let echo: EchoServer;
  let other: EchoServer;
  let proxy: TcpProxy;
  const talkers: Talker[] = [];

  beforeEach(async () => {
    echo = await EchoServer.start();
    other = await EchoServer.start();
    proxy = await TcpProxy.start(echo.target);
  });

  afterEach(async () => {
    for (const one of talkers.splice(0)) await one[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
    await echo[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
  });

  async function talker(): Promise<Talker> {
    const one = await Talker.to(proxy);
    talkers.push(one);
    return one;
  }

  /** One that has been heard by the server. */
  async function greeted(): Promise<Talker> {
    const one = await talker();
    one.say('hello ');
    await one.hears('hello ');
    return one;
  }

  test('forwards both ways, counts, and passes the end on', async () => {
    const one = await greeted();
    expect(proxy).toMatchObject({ connections: 1, accepted: 1, bytesUp: 6, bytesDown: 6 });
    one.socket.end('bye');
    await one.becomes('ended');
    expect(one.heard.toString()).toBe('hello bye');
    await poll(() => proxy.connections === 0 || undefined, { what: 'no connection is left' });
    expect(proxy.accepted).toBe(1);
  });

  test('cut breaks what is open and what comes, until restore', async () => {
    const one = await greeted();
    proxy.cut();
    await one.becomes('ECONNRESET');
    await poll(() => echo.sockets.size === 0 || undefined, { what: 'the server hears of it' });
    const late = Talker.dialing(proxy);
    talkers.push(late);
    await late.becomes('ECONNRESET');
    proxy.restore();
    await greeted();
    expect(proxy.accepted).toBe(3);
  });

  test('reset breaks what is open, once', async () => {
    const one = await greeted();
    proxy.reset();
    await one.becomes('ECONNRESET');
    const late = await greeted();
    expect(late.state).toBe('open');
  });

  test('a black hole is silent for all, and gives everything back at restore', async () => {
    const one = await greeted();
    const received = echo.received;
    proxy.blackHole();
    one.say('from one');
    const late = await talker();
    late.say('from the other');
    await aWhile();
    expect(proxy.bytesUp).toBe(received);
    expect([one.state, late.state, echo.received]).toEqual(['open', 'open', received]);
    proxy.restore();
    await one.hears('hello from one');
    await late.hears('from the other');
  });

  test('a black hole hides the end and the reset of a connection', async () => {
    const one = await greeted();
    const late = await greeted();
    proxy.blackHole();
    one.socket.end();
    late.socket.resetAndDestroy();
    for (const socket of echo.sockets) socket.write('unheard');
    await aWhile();
    expect(echo.sockets.size).toBe(2);
    proxy.restore();
    await poll(() => echo.sockets.size === 0 || undefined, { what: 'the server hears of both' });
    expect(one.heard.toString()).toBe('hello unheard');
  });

  test('freezeExisting silences what is open, and nothing else', async () => {
    const one = await greeted();
    proxy.freezeExisting();
    one.say('again');
    await greeted();
    expect([one.state, one.heard.toString()]).toEqual(['open', 'hello ']);
    proxy.restore();
    await one.hears('hello again');
  });

  test.each([
    { direction: 'up', reached: 6 },
    { direction: 'down', reached: 11 },
  ] as const)('pauses $direction alone', async ({ direction, reached }) => {
    const one = await greeted();
    proxy.pause(direction);
    one.say('again');
    await poll(() => echo.received === reached || undefined, { what: 'as far as it goes' });
    await aWhile();
    expect([echo.received, one.heard.toString()]).toEqual([reached, 'hello ']);
    proxy.resume(direction);
    await one.hears('hello again');
  });

  test('delays each way, and keeps the order', async () => {
    const one = await greeted();
    proxy.delay(50);
    const before = performance.now();
    const numbers = Array.from({ length: 20 }, (_, index) => `${index} `);
    for (const number of numbers) {
      one.say(number);
      await new Promise(setImmediate);
    }
    await one.hears(`hello ${numbers.join('')}`);
    expect(performance.now() - before).toBeGreaterThanOrEqual(98);
    proxy.delay(0);
  });

  test('throttles', async () => {
    const one = await greeted();
    proxy.throttle(100_000);
    const before = performance.now();
    one.say(Buffer.alloc(20_000, 'x'));
    await poll(() => one.heard.length === 20_006 || undefined, { what: 'all of it', everyMs: 2 });
    expect(performance.now() - before).toBeGreaterThanOrEqual(170);
    expect(() => proxy.throttle(0)).toThrow(RangeError);
  });

  test('loses nothing of a long stream, whatever happens on the way', async () => {
    const one = await talker();
    const sent = randomBytes(8 << 20);
    one.say(sent);
    await poll(() => one.heard.length > 1 << 20 || undefined, { what: 'the first of it', everyMs: 1 });
    proxy.blackHole();
    await new Promise(setImmediate);
    proxy.restore();
    proxy.pause('down');
    await poll(() => one.socket.writableLength > 0 || echo.received > 4 << 20 || undefined, { what: 'more of it' });
    proxy.delay(5);
    proxy.resume('down');
    proxy.throttle(200_000_000);
    await poll(() => one.heard.length === sent.length || undefined, { what: 'all of it' });
    expect(digest(one.heard)).toBe(digest(sent));
  });

  test('breaks a connection whose server is not there', async () => {
    proxy.target = { host: '127.0.0.1', port: await freePort() };
    const one = await talker();
    await one.becomes('ECONNRESET');
    await poll(() => proxy.connections === 0 || undefined, { what: 'no connection is left' });
    expect(proxy.accepted).toBe(1);
  });

  test('tells of a connection before anything passes', async () => {
    const seen: number[] = [];
    await using guarded = await TcpProxy.start(echo.target, {
      onConnection: (connection) => {
        seen.push(connection.clientPort);
        if (seen.length === 1) connection.freeze();
      },
    });
    await using silent = await Talker.to(guarded);
    await using heard = await Talker.to(guarded);
    silent.say('unheard');
    heard.say('heard');
    await heard.hears('heard');
    expect(seen).toEqual([silent.socket.localPort, heard.socket.localPort]);
    expect(silent.heard.length).toBe(0);
    const [frozen] = guarded.openConnections;
    frozen?.reset();
    await silent.becomes('ECONNRESET');
  });

  test('when disposed of, breaks what is open and frees its port', async () => {
    const one = await greeted();
    await proxy[Symbol.asyncDispose]();
    await one.becomes('ECONNRESET');
    const late = Talker.to(proxy);
    await expect(late).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  /** Long enough for bytes to have come through, had nothing held them: others went there and back, twice. */
  async function aWhile(): Promise<void> {
    for (const word of ['one', 'two']) {
      await using direct = await Talker.to(other.target);
      direct.say(word);
      await direct.hears(word);
    }
  }
});

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
