// The composition root: `node main.js`, on any backend. What happens is told on standard output, and is the same on each.
import { Discovery, Registrar } from '@rollcall/inversify';
import { Container } from 'inversify';
import { playDay } from './day.ts';
import { shopRegistry } from './shop-registry.ts';
import { Shop } from './shop.ts';

const container = new Container();
container.load(shopRegistry(process.env));
container
  .bind(Shop)
  .toResolvedValue((registrar, discovery) => new Shop({ registrar, discovery }), [Registrar, Discovery])
  .inSingletonScope();

try {
  await playDay(container.get(Shop), (line) => console.log(line));
} catch (error) {
  console.error(`The day broke off: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  // Last: by now every instance has left.
  await container.unbindAllAsync();
}
