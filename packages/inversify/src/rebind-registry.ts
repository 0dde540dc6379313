import type { Container } from 'inversify';
import { checkIdentifiers } from './registry-identifiers.ts';
import { rollcallModule, type RollcallModuleOptions } from './rollcall-module.ts';

/**
 * Puts another registry in place of the one that `container` has under the same identifiers: in one line, memory for a test.
 * The former one is closed if it was opened, and else never opened. A child container gets a registry of its own, and its
 * parent's is left alone. What was resolved before keeps what it was given: call it first.
 * @throws TypeError as `rollcallModule`, before anything is unbound; or with what closing the former registry rejects with: the
 * former one is then still bound, and closed. A second call replaces it.
 */
export async function rebindRegistry(container: Container, options: RollcallModuleOptions): Promise<void> {
  const module = rollcallModule(options);
  const { Registry, Registrar, Discovery } = checkIdentifiers(options.identifiers);
  for (const identifier of [Registry, Registrar, Discovery])
    // A child would deactivate what its parent has bound.
    if (container.isCurrentBound(identifier)) await container.unbindAsync(identifier);
  container.load(module);
}
