import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import type { Readable, Writable } from 'node:stream';
import { poll, startEtcd, TcpProxy } from '@rollcall/testing-servers';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { bundled } from '../../../../testing/bundled.ts';
import { graceMs } from './scene.ts';
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
    using run = new Run(proxy.endpoint);
    await run.says('ready');
    await play({ server, proxy });
    const playedAt = performance.now();
    await poll(() => performance.now() - playedAt > graceMs || undefined, { what: 'the fault is under way' });
    const ending = await run.close();
    expectSoon(ending);
    // Where the server can be reached, nothing waits for the bound.
    expect(ending.closedMs).toBeLessThan(reaches ? callTimeoutMs : callTimeoutMs + slackMs);
  });

  test.concurrent('C2, C3: a program whose network is silent from the start ends by itself', async () => {
    await using proxy = await TcpProxy.start({ host: '127.0.0.1', port: 1 });
    proxy.blackHole();
    using run = new Run(proxy.endpoint);
    await run.says('started');
    await poll(() => proxy.connections > 0 || undefined, { what: 'it has begun to dial' });
    expectSoon(await run.close());
  });
});

// Where connecting is neither taken nor refused, a system goes on for two minutes.
test.concurrent('C2, C3: a program that waits for hosts that swallow everything ends by itself', async () => {
  using host = await SwallowingHost.start();
  using run = new Run(`${host.endpoint},http://${host.endpoint}`);
  await run.says('started');
  const startedAt = performance.now();
  await poll(() => performance.now() - startedAt > graceMs || undefined, { what: 'it is connecting' });
  expectSoon(await run.close());
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

/** How long closing took, and how long it took until the process was gone. */
interface Ending {
  readonly closedMs: number;
  readonly goneMs: number;
}

/** A run of the program, in a process of its own. */
class Run implements Disposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  #said = '';

  constructor(endpoint: string) {
    this.#child = spawn(execPath, [program(), endpoint, '/exit', String(callTimeoutMs)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text;
    });
  }

  async says(word: string): Promise<void> {
    await poll(() => this.#said.includes(word) || undefined, { what: `it says ${word}` });
  }

  async close(): Promise<Ending> {
    const exited = once(this.#child, 'close');
    this.#child.stdin.end('close\n');
    expect(await exited).toEqual([0, null]);
    const [, closed, gone] = /closed in ([\d.]+) ms, gone in ([\d.]+) ms/.exec(this.#said) ?? [];
    return { closedMs: Number(closed), goneMs: Number(gone) };
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
  }
}

function program(): string {
  return join(folder, 'program.mjs');
}
