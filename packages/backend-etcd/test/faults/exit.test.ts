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
import { graceMs, quietMs } from './scene.ts';

const callTimeoutMs = 1_500;

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
    const { closedMs, goneMs } = await run.close();
    expect(closedMs).toBeLessThan(reaches ? callTimeoutMs : callTimeoutMs + quietMs);
    expect(goneMs - closedMs).toBeLessThan(quietMs);
  });

  test.concurrent('C2, C3: a program that has never reached its server ends by itself', async () => {
    await using proxy = await TcpProxy.start({ host: '127.0.0.1', port: 1 });
    proxy.blackHole();
    using run = new Run(proxy.endpoint);
    await run.says('started');
    await poll(() => proxy.connections > 0 || undefined, { what: 'it has begun to dial' });
    const { closedMs, goneMs } = await run.close();
    expect(closedMs).toBeLessThan(callTimeoutMs + quietMs);
    expect(goneMs - closedMs).toBeLessThan(quietMs);
  });
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

  /** @returns how long closing took, and how long it then took to end */
  async close(): Promise<{ readonly closedMs: number; readonly goneMs: number }> {
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
