import type { Registry } from '@rollcall/core';

/**
 * Closes what a container deactivates; deactivations at the same time share one close (C2). One that fails is told to all that
 * wait for it, and to nobody later: a container keeps its bindings when a deactivation fails, and has to get rid of them the
 * next time.
 */
export function closeDeactivated(): (registry: Registry) => Promise<void> {
  const failed = new WeakSet<Registry>();
  return async (registry) => {
    if (failed.has(registry)) return;
    try {
      await registry.close();
    } catch (error) {
      failed.add(registry);
      throw error;
    }
  };
}
