import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ending, graceMs, ProgramRun } from '@rollcall/testing-faults';
import { poll, startEtcd, TcpProxy } from '@rollcall/testing-servers';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { bundled } from '../../../../testing/bundled.ts';
import { SwallowingHost } from './swallowing-host.ts';

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

describe.each(['etcd34', 'etcd35'] as const)('%s', (version) => {
  const binary = inject('binaries')[version];

  test.concurrent.each<Fault>([
    { fault: 'nothing has happened', play: () => undefined, reaches: true },
    { fault: 'the server was killed', play: ({ server }: Stage) => server.kill(), reaches: false },
    { fault: 'the server is frozen', play: ({ server }: Stage) => server.pause(), reaches: false },
    { fault: 'the server was killed and came back', play: ({ server }: Stage) => server.restart(), reaches: true },
    { fault: 'the network has fallen silent', play: ({ proxy }: Stage) => proxy.blackHole(), reaches: false },
    { fault: 'connections are refused', play: ({ proxy }: Stage) => proxy.cut(), reaches: false },
  ])('C2, C3: a program that closes its registry ends by itself when $fault', async ({ play, reaches }) => {
    await using server = await startEtcd(binary);
    await using proxy = await TcpProxy.start({ host: server.host, port: server.port });
    using running = run(proxy.endpoint);
    await running.says('ready');
    await play({ server, proxy });
    const playedAt = performance.now();
    await poll(() => performance.now() - playedAt > graceMs || undefined, { what: 'the fault is under way' });
    const ending = await running.close();
    expectSoon(ending);
    // Where the server can be reached, nothing waits for the bound.
    expect(ending.closedMs).toBeLessThan(reaches ? callTimeoutMs : callTimeoutMs + slackMs);
  });

  test.concurrent('C2, C3: a program whose network is silent from the start ends by itself', async () => {
    await using proxy = await TcpProxy.start({ host: '127.0.0.1', port: 1 });
    proxy.blackHole();
    using running = run(proxy.endpoint);
    await running.says('started');
    await poll(() => proxy.connections > 0 || undefined, { what: 'it has begun to dial' });
    expectSoon(await running.close());
  });
});

// Where connecting is neither taken nor refused, a system goes on for two minutes.
test.concurrent('C2, C3: a program that waits for hosts that swallow everything ends by itself', async () => {
  using host = await SwallowingHost.start();
  using running = run(`${host.endpoint},http://${host.endpoint}`);
  await running.says('started');
  const startedAt = performance.now();
  await poll(() => performance.now() - startedAt > graceMs || undefined, { what: 'it is connecting' });
  expectSoon(await running.close());
});

interface Fault {
  readonly fault: string;
  readonly play: (stage: Stage) => void | Promise<void>;
  /** Whether the server can still be reached afterwards. */
  readonly reaches: boolean;
}

interface Stage {
  readonly server: Awaited<ReturnType<typeof startEtcd>>;
  readonly proxy: TcpProxy;
}

/** Closing is bounded (C2); then nothing is left that could keep the process (C3). */
function expectSoon({ closedMs, goneMs }: Ending): void {
  expect(closedMs).toBeLessThan(callTimeoutMs + slackMs);
  expect(goneMs - closedMs).toBeLessThan(500);
}

function run(endpoint: string): ProgramRun {
  return new ProgramRun(program(), [endpoint, '/exit', String(callTimeoutMs)]);
}

function program(): string {
  return join(folder, 'program.mjs');
}
