import type { DriverContext, RegistryDriver } from '../driver/registry-driver.ts';

/** How a backend is chosen by name from configuration (B1). Packages export one as `etcdBackend()`, `consulBackend()`, `memoryBackend(store?)`. */
export interface BackendDefinition<Name extends string, Options> {
  /** What a URL's scheme or `backend` in a plain object says to choose it. */
  readonly name: Name;
  /** Checks a plain object (without its `backend` key), or a URL such as `etcd://10.0.0.1:2379,10.0.0.2:2379/prefix`. @throws TypeError naming the key */
  parse(config: unknown): Options;
  /** No I/O: the first call connects (B2). A method on purpose: its parameter must stay bivariant for lists of definitions. */
  open(options: Options, context: DriverContext): RegistryDriver;
}

/** `backend` names the definition; the other keys are that backend's. */
export interface BackendConfig {
  /** Which backend: the `name` of one of the definitions that `openRegistry` was given. */
  readonly backend: string;
  /** An option of that backend. One that it does not know is a `TypeError` that names it (B1). */
  readonly [option: string]: unknown;
}
