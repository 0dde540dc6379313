import { once } from 'node:events';
import { createServer } from 'node:net';
import { pid } from 'node:process';

// Below the ports that systems give to outgoing connections: while a server is down, none of those, such as a client that
// dials it again and again, can take its port, and it comes back on the same one.
const lowest = 15_000;
const span = 17_000;

// Each process begins at another place and gives out no port twice, so that two that look for ports at the same time do not
// find the same ones before a server has bound them.
let next = (pid * 101) % span;

/** Free ports of `host`, all distinct. Should another program take one before its server binds, that start fails loudly. */
export async function freePorts(count: number, host: string = '127.0.0.1'): Promise<readonly number[]> {
  const ports: number[] = [];
  for (let tries = 0; ports.length < count; tries++) {
    if (tries === span) throw new Error(`Found no ${count} free ports on ${host}.`);
    const port = lowest + next;
    next = (next + 1) % span;
    if (await isFree(port, host)) ports.push(port);
  }
  return ports;
}

/** One free port of `host`. */
export async function freePort(host: string = '127.0.0.1'): Promise<number> {
  const [port = 0] = await freePorts(1, host);
  return port;
}

async function isFree(port: number, host: string): Promise<boolean> {
  const holder = createServer().listen(port, host);
  try {
    await once(holder, 'listening');
  } catch {
    return false;
  }
  holder.close();
  await once(holder, 'close');
  return true;
}
