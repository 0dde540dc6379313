import { readdir, readFile } from 'node:fs/promises';
import { freePort } from '@rollcall/testing-servers';
import { beforeAll, expect, test } from 'vitest';
import { buildDemo } from './demo-process.ts';
import { everyBackend } from './every-backend.ts';
import { type ExampleEnd, ExampleProcess } from './example-process.ts';

const shop = new URL('../src/shop/', import.meta.url);
const configuration = 'shop-registry.ts';

beforeAll(buildDemo, 60_000);

test('no file of the shop but its configuration and its tests names a backend', async () => {
  const names = (await readdir(shop)).filter((name) => !name.endsWith('.test.ts'));
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, shop), 'utf8')));
  const naming = names.filter((_, index) => /memory|etcd|consul/i.test(texts[index] ?? ''));
  expect(naming).toEqual([configuration]);
});

test(
  'B3: a day in the shop is the same on memory, etcd and Consul: only ROLLCALL_URL differs',
  { timeout: 60_000 },
  async () => {
    const [onMemory, ...onServers] = await Promise.all(everyBackend().map(day));
    expect(onMemory).toMatchInlineSnapshot(`
      {
        "complaints": "",
        "exitCode": 0,
        "output": "The shop opens: inventory, orders, prices.
        3 apple: 1.20, from inventory-1
        3 apple: 1.20, from inventory-2
        3 apple: 1.20, from inventory-1
        3 apple: 1.20, from inventory-2
        9 pear: Not enough of pear: 5 left. (409)
        1 kiwi: kiwi is not sold here. (404)
      inventory-1 leaves. 20 orders come in meanwhile, and all are served.
        1 apple: 0.40, from inventory-2
        1 apple: 0.40, from inventory-2
      inventory-3 takes its place.
        1 apple: 0.40, from inventory-2
        1 apple: 0.40, from inventory-3
        1 apple: 0.40, from inventory-2
        1 apple: 0.40, from inventory-3
      prices-1 closes, and was the only one.
        1 apple: Nobody answers for prices. (503)
      prices-1 opens again, and apples are dearer.
        2 apple: 0.90, from inventory-3
      The shop closes. Nobody is listed.
      ",
      }
    `);
    expect(onServers).toEqual([onMemory, onMemory]);
  },
);

test('a day that breaks off says why, and ends with 1', { timeout: 30_000 }, async () => {
  const { exitCode, output, complaints } = await day(`etcd://127.0.0.1:${await freePort()}`);
  expect({ exitCode, output }).toEqual({ exitCode: 1, output: '' });
  expect(complaints).toContain('The day broke off: Could not register "inventory/inventory-1"');
});

test('SIGTERM ends the day in good order', { timeout: 30_000 }, async () => {
  await using program = new ExampleProcess('shop/main.js', { ROLLCALL_URL: 'memory:' });
  await program.tells('kiwi');
  program.kill('SIGTERM');
  const { exitCode, complaints } = await program.end();
  expect(exitCode).toBe(1);
  expect(complaints).toMatch(/^The day broke off: Nobody answers for \w+\.\n$/);
});

async function day(url: string): Promise<ExampleEnd> {
  await using program = new ExampleProcess('shop/main.js', { ROLLCALL_URL: url });
  return await program.end();
}
