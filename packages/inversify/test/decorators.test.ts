import { expect, test } from 'vitest';
import * as decorated from './decorated/order-gateway.ts';
import * as inferred from './inferred/order-gateway.ts';

// vite takes the flags from the tsconfig.json beside each class, as it does in a user's project.

test('under vitest, a class names its dependencies by @inject', async () => {
  expect(await decorated.told()).toBe('orders here, 0 audited');
});

test('under vitest, a class without @inject is given what its types name', async () => {
  expect(await inferred.told()).toBe('orders here');
});
