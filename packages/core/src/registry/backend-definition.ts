import type { DriverContext, RegistryDriver } from '../driver/registry-driver.ts';
import type { Environment } from '../options/environment.ts';
import type { EnvironmentTerms } from '../options/options-from-environment.ts';

/**
 * How a backend is chosen by name from configuration (B1). Packages export one as `etcdBackend()`, `consulBackend()`, `memoryBackend(store?)`.
 * `Options` is what its own `parse` hands to its `open`: `unknown` for everybody else.
 */
export interface BackendDefinition<Name extends string = string, Options = unknown> {
  /** What a URL's scheme or `backend` in a plain object says to choose it. */
  readonly name: Name;
  /** Checks a plain object (without its `backend` key), or a URL such as `etcd://10.0.0.1:2379,10.0.0.2:2379/prefix`. @throws TypeError naming the key */
  parse(config: unknown): Options;
  /**
   * Checks what variables give, as `optionsFromEnvironment` does. A backend without it cannot be configured by variables.
   * @param environment all that `environmentConfig` was given, also what has another prefix
   * @throws TypeError naming the variable, or the part of the URL in one
   */
  parseEnvironment?(environment: Environment, terms: EnvironmentTerms): Options;
  /** No I/O, and no client library loaded: the first call does (B2). A method on purpose: its parameter must stay bivariant for lists of definitions. */
  open(options: Options, context: DriverContext): RegistryDriver;
}

/** `backend` names the definition; the other keys are that backend's. */
export interface BackendConfig {
  /** Which backend: the `name` of one of the definitions that `openRegistry` was given. */
  readonly backend: string;
  /** An option of that backend. One that it does not know is a `TypeError` that names it (B1). */
  readonly [option: string]: unknown;
}
