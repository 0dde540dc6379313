import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { execPath } from 'node:process';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

// It listens, and never accepts.
const program = `
const server = require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  require('fs').writeSync(1, String(server.address().port));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});`;

/**
 * A place where who connects hears nothing at all, not even that there is a host: its system has taken as many connections as it
 * keeps for a program that accepts none, and drops what asks for more. So it is on Linux.
 */
export class SwallowingHost implements Disposable {
  readonly endpoint: string;
  readonly #child: ChildProcessByStdio<null, Readable, null>;
  readonly #fillers: Socket[];

  private constructor(endpoint: string, child: ChildProcessByStdio<null, Readable, null>, fillers: Socket[]) {
    this.endpoint = endpoint;
    this.#child = child;
    this.#fillers = fillers;
  }

  static async start(): Promise<SwallowingHost> {
    const child = spawn(execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [port] = await once(child.stdout, 'data');
    const fillers: Socket[] = [];
    const host = new SwallowingHost(`127.0.0.1:${String(port)}`, child, fillers);
    for (;;) {
      const socket = connect({ host: '127.0.0.1', port: Number(String(port)) }).on('error', () => undefined);
      fillers.push(socket);
      // On loopback it is there at once, or never.
      const isTaken = await Promise.race([once(socket, 'connect').then(() => true), sleep(300, false)]);
      if (!isTaken) return host;
    }
  }

  [Symbol.dispose](): void {
    for (const socket of this.#fillers) socket.destroy();
    this.#child.kill('SIGKILL');
  }
}
