import type { Registry } from '@rollcall/core';

/** The ids of `orders`; undefined while the registry cannot be asked. */
export async function listed(registry: Registry): Promise<readonly string[] | undefined> {
  try {
    return (await registry.list('orders')).map(({ id }) => id);
  } catch {
    return undefined;
  }
}
