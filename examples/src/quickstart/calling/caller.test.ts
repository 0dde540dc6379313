import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { Server, Socket } from 'node:net';
import { memoryDriver, MemoryStore } from '@rollcall/backend-memory';
import { openServiceCache, roundRobin } from '@rollcall/balancer';
import { createRegistry, type Registry } from '@rollcall/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Caller } from './caller.ts';
import { type Counting, countWords } from '../providing/count-words.ts';
import { openGrpcClient } from './grpc-client.ts';
import { openHttpClient } from './http-client.ts';
import { listen } from '../providing/listening.ts';
import { ObservedCalls } from './observed-calls.ts';
import { service } from '../providing/provider.ts';
import { RecordedCall } from './recorded-call.ts';
import { type Call, hasMissed, RunRecord } from '../staging/run-record.ts';
import { startWordServer, type WordServer } from '../providing/word-server.ts';

const line = 'Apache License Version 2.0';
const counting: Counting = (given) => Promise.resolve(countWords(given));

let registry: Registry;
let servers: WordServer[];

beforeEach(() => {
  registry = createRegistry(memoryDriver(new MemoryStore()));
  servers = [];
});

afterEach(async () => {
  await registry.close();
  await Promise.all(servers.map((server) => server.destroy()));
});

describe.each([
  { protocol: 'HTTP', open: openHttpClient },
  { protocol: 'gRPC', open: openGrpcClient },
] as const)('over $protocol', ({ protocol, open }) => {
  test('a crash in the middle of an answer costs nothing: another one answers, and the record says who', async () => {
    const answer = new HeldAnswer();
    const [bob] = await Promise.all([provide('bob', answer.counting), provide('ada', counting)]);
    await using client = await openClient();
    const call = await client.heldBy(answer);
    await bob.destroy();
    await call.ended;
    expect(call.record).toMatchObject({
      ending: { type: 'answered', words: 4 },
      attempts: [
        { type: 'failed', protocol, provider: 'bob' },
        { type: 'served', protocol, provider: 'ada' },
      ],
    });
  });

  test('a stop ends what is under way first', async () => {
    const answer = new HeldAnswer();
    const bob = await provide('bob', answer.counting);
    await using client = await openClient();
    const call = await client.heldBy(answer);
    const stopped = bob.stop().then(() => 'stopped');
    expect(await Promise.race([stopped, Promise.resolve('waits')])).toBe('waits');
    answer.give();
    await call.ended;
    expect(call.record).toMatchObject({
      ending: { type: 'answered', words: 4 },
      attempts: [{ type: 'served', protocol, provider: 'bob' }],
    });
    expect(await stopped).toBe('stopped');
  });

  /** A client that knows whom there is to call. */
  async function openClient(): Promise<TestClient> {
    const cache = openServiceCache({ discovery: registry, services: [service] });
    await cache.ready();
    const observer = new ObservedCalls();
    const client = open({ cache, observer, balancing: { policy: roundRobin(), ejection: {} } });
    const record = new RunRecord();
    const call = (): CallOnItsWay => {
      const recorded = new RecordedCall(record, protocol, countWords(line));
      const ended = observer
        .during(recorded, () => client.count(line))
        .then((words) => void (recorded.ending = { type: 'answered', words }));
      return { record: recorded, ended };
    };
    return {
      async heldBy({ isAsked }) {
        for (;;) {
          const one = call();
          const first = await Promise.race([one.ended.then(() => 'answered'), isAsked.then(() => 'held')]);
          if (first === 'held') return one;
        }
      },
      async [Symbol.asyncDispose]() {
        await client.close();
        await cache.close();
      },
    };
  }
});

describe('the caller', () => {
  test.each([
    { protocol: 'HTTP', scheme: 'http', breaking: answeringHttpInPart },
    { protocol: 'gRPC', scheme: 'grpc', breaking: answeringGrpcInPart },
  ] as const)('asks somebody else when an answer over $protocol breaks off', async ({ protocol, scheme, breaking }) => {
    const bob = breaking();
    try {
      await registry.register({ service, id: 'bob', endpoints: [`${scheme}://127.0.0.1:${await listen(bob)}`] });
      await provide('ada', counting);
      const record = new RunRecord();
      const met = new EventTarget();
      const isMet = once(met, 'met');
      const caller = callerOf(record, (call) => hasMissed(call, 'bob') && met.dispatchEvent(new Event('met')));
      await caller.start();
      await isMet;
      await caller.stop();
      const call = record.calls.find((one) => hasMissed(one, 'bob'));
      expect(call).toMatchObject({ protocol, ending: { type: 'answered', words: 4 } });
      expect(call?.attempts.at(0)).toMatchObject({ type: 'failed', provider: 'bob' });
      expect(call?.attempts.at(-1)).toMatchObject({ type: 'served', provider: 'ada' });
    } finally {
      bob.close();
    }
  });

  test('sends lines over HTTP and gRPC by turns, and gets the words of each', async () => {
    await provide('ada', counting);
    const ends = new EventTarget();
    const record = new RunRecord();
    const caller = callerOf(record, () => record.calls.length >= 6 && ends.dispatchEvent(new Event('enough')));
    const enough = once(ends, 'enough');
    await caller.start();
    await enough;
    await caller.stop();
    expect(record.calls.slice(0, 4)).toMatchObject(
      ['HTTP', 'gRPC', 'HTTP', 'gRPC'].map((protocol) => ({ protocol, ending: { type: 'answered', words: 4 } })),
    );
  });

  test('notes a line that nobody answers as lost, with the reason', async () => {
    const ends = new EventTarget();
    const record = new RunRecord();
    const caller = callerOf(record, () => record.calls.length >= 4 && ends.dispatchEvent(new Event('enough')));
    const enough = once(ends, 'enough');
    await caller.start();
    await enough;
    await caller.stop();
    expect(record.calls.slice(0, 2)).toMatchObject([
      { protocol: 'HTTP', attempts: [], ending: { type: 'lost', reason: 'NONE_LISTED' } },
      { protocol: 'gRPC', attempts: [], ending: { type: 'lost', reason: expect.stringContaining('UNAVAILABLE') } },
    ]);
  });
});

function callerOf(record: RunRecord, onCallEnd: (call: Call) => void): Caller {
  return new Caller({
    discovery: registry,
    record,
    lines: [line],
    onCallEnd,
    onCacheEvent: () => undefined,
    onChoiceEvent: () => undefined,
  });
}

async function provide(id: string, count: Counting): Promise<WordServer> {
  const server = await startWordServer(count);
  servers.push(server);
  await registry.register({ service, id, endpoints: server.endpoints });
  return server;
}

/** A line on its way, and what is known of it. */
interface CallOnItsWay {
  readonly record: Call;
  readonly ended: Promise<void>;
}

interface TestClient extends AsyncDisposable {
  /** Calls until a call is with the server that holds this answer back. */
  heldBy(answer: HeldAnswer): Promise<CallOnItsWay>;
}

/** A server's answer that is not there before it is given. */
class HeldAnswer {
  readonly isAsked: Promise<void>;
  readonly counting: Counting;
  readonly #given = new EventTarget();

  constructor() {
    const asked = new EventTarget();
    this.isAsked = once(asked, 'asked').then(() => undefined);
    this.counting = async (given) => {
      asked.dispatchEvent(new Event('asked'));
      await once(this.#given, 'given');
      return countWords(given);
    };
  }

  give(): void {
    this.#given.dispatchEvent(new Event('given'));
  }
}

/** Ends in the middle of its first answer. */
function answeringHttpInPart(): Server {
  const server = createHttpServer((request, response) => {
    request.resume().once('end', () => {
      response.writeHead(200, { 'content-length': 2 });
      response.write('4', () => {
        server.close();
        server.closeAllConnections();
      });
    });
  });
  return server;
}

/** The same over gRPC. */
function answeringGrpcInPart(): Server {
  const connections = new Set<Socket>();
  const server = createHttp2Server();
  server.on('connection', (connection: Socket) => connections.add(connection));
  server.on('stream', (stream) => {
    stream.on('error', () => undefined);
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
    // Who answers the ping has read what was sent before it.
    stream.session?.ping(() => {
      server.close();
      for (const connection of connections) connection.destroy();
    });
  });
  return server;
}
