import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { buildDemo } from './demo-process.ts';
import { everyBackend } from './every-backend.ts';

const run = promisify(execFile);
const program = fileURLToPath(new URL('../dist/any-backend/program.js', import.meta.url));

beforeAll(buildDemo, 60_000);

test(
  'B3: one program does the same on memory, etcd and Consul: only ROLLCALL_URL differs',
  { timeout: 30_000 },
  async () => {
    const [onMemory, ...onServers] = await Promise.all(everyBackend().map(told));
    expect(onMemory).toMatchInlineSnapshot(`
      "list of what nobody has registered: nobody
      watch: nobody added, nobody updated, nobody removed; listed: nobody
      watch: a added, nobody updated, nobody removed; listed: a
      watch: b added, nobody updated, nobody removed; listed: a, b
      services: orders/größe %2F
      watch: nobody added, a updated, nobody removed; listed: a, b
      list: a is draining, at [{"scheme":"http","host":"10.0.0.1","port":80}], "any value\\nof two lines", 520 more characters
      watch: nobody added, a updated, nobody removed; listed: a, b
      the first owner of a is told: LEASE_SUPERSEDED
      watch: nobody added, nobody updated, b removed; listed: a
      watch: nobody added, nobody updated, a removed; listed: nobody
      the watch has ended
      list of a closed registry: REGISTRY_CLOSED
      "
    `);
    expect(onServers).toEqual([onMemory, onMemory]);
  },
);

/** What the program tells. Its diagnostics go elsewhere: they name the backend. */
async function told(url: string): Promise<string> {
  const { stdout } = await run(process.execPath, [program], { env: { ...process.env, ROLLCALL_URL: url } });
  return stdout;
}
