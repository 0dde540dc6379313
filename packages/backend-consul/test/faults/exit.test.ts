import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ending, graceMs, ProgramRun } from '@rollcall/testing-faults';
import { type ConsulServer, poll, startConsul, TcpProxy } from '@rollcall/testing-servers';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { bundled } from '../../../../testing/bundled.ts';

const { host: sharedAgent } = new URL(inject('consul').url);

/** Of the program's calls. */
const callTimeoutMs = 1_500;

/** What a busy machine may take on top of a bound. */
const slackMs = 1_000;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-exit-'));
  await writeFile(program(), await bundled(new URL('./exit.entry.ts', import.meta.url)));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

interface Stage {
  readonly server: ConsulServer;
  readonly proxy: TcpProxy;
}

interface Fault {
  readonly fault: string;
  readonly play: (stage: Stage) => void | Promise<void>;
  /** Whether the agent can still be reached afterwards. */
  readonly reaches: boolean;
}

test.concurrent.each<Fault>([
  { fault: 'nothing has happened', play: () => undefined, reaches: true },
  { fault: 'the agent was killed', play: ({ server }) => server.kill(), reaches: false },
  { fault: 'the agent is frozen', play: ({ server }) => server.pause(), reaches: false },
  { fault: 'the agent was killed and came back', play: ({ server }) => server.restart(), reaches: true },
  { fault: 'the network has fallen silent', play: ({ proxy }) => proxy.blackHole(), reaches: false },
  { fault: 'connections are refused', play: ({ proxy }) => proxy.cut(), reaches: false },
])('C2, C3: a program that closes its registry ends by itself when $fault', async ({ play, reaches }) => {
  await using server = await startConsul(inject('binaries').consul);
  await using proxy = await TcpProxy.start({ host: server.host, port: server.port });
  using running = run(proxy.endpoint, 'until told');
  await running.says('ready');
  await play({ server, proxy });
  const playedAt = performance.now();
  await poll(() => performance.now() - playedAt > graceMs || undefined, { what: 'the fault is under way' });
  const ending = await running.close();
  expectSoon(ending);
  // Where the agent can be reached, nothing waits for the bound.
  expect(ending.closedMs).toBeLessThan(reaches ? callTimeoutMs : callTimeoutMs + slackMs);
});

test.concurrent('C2, C3: a program whose network is silent from the start ends by itself', async () => {
  await using proxy = await TcpProxy.start({ host: '127.0.0.1', port: 1 });
  proxy.blackHole();
  using running = run(proxy.endpoint, 'until told');
  await running.says('started');
  await poll(() => proxy.connections > 0 || undefined, { what: 'it has begun to ask' });
  expectSoon(await running.close());
});

// A machine of two cores starts one process at a time in half a second, and ten in several: these do not run side by side.
test.each(['an open registry', 'an idle watcher', 'a former registration', 'an aborted register'])(
  'C4: %s keeps no process alive',
  async (what) => {
    using running = run(sharedAgent, what);
    await running.says('done');
    running.tell();
    await poll(() => running.hasEnded || undefined, { what: 'it ends', withinMs: slackMs });
  },
);

test.each(['an open registry', 'an idle watcher', 'a former registration'])(
  'C4: %s keeps no process alive while the agent is frozen',
  async (what) => {
    await using server = await startConsul(inject('binaries').consul);
    using running = run(server.endpoint, what);
    await running.says('done');
    server.pause();
    running.tell();
    await poll(() => running.hasEnded || undefined, { what: 'it ends', withinMs: slackMs });
  },
);

// That a process stays cannot be awaited. It has a second in which to end.
test.each(['a registration', 'a pending read'])('C4: %s keeps the process alive', async (what) => {
  using running = run(sharedAgent, what);
  await running.says('done');
  running.tell();
  const from = performance.now();
  await poll(() => performance.now() - from > slackMs || undefined, { what: 'it could have ended' });
  expect(running.hasEnded).toBe(false);
});

/** Closing is bounded (C2); then nothing is left that could keep the process (C3). */
function expectSoon({ closedMs, goneMs }: Ending): void {
  expect(closedMs).toBeLessThan(callTimeoutMs + slackMs);
  expect(goneMs - closedMs).toBeLessThan(slackMs);
}

function run(endpoint: string, what: string): ProgramRun {
  return new ProgramRun(program(), [endpoint, `${randomUUID().slice(0, 8)}-`, what]);
}

function program(): string {
  return join(folder, 'program.mjs');
}
