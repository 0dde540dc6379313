import { fieldError, kindOf, pathError } from '../instance/field-error.ts';
import { type Environment, setVariable } from '../options/environment.ts';
import { readOptions } from './option-checks.ts';

/** Options of `environmentConfig`. */
export interface EnvironmentConfigOptions {
  /**
   * What the names of the variables begin with: capitals, digits and underscores, an underscore at the end. Registries of one
   * program have a prefix each, and none begins with another's. @defaultValue `'ROLLCALL_'`
   */
  readonly prefix?: string | undefined;
}

let environmentBehind: (config: EnvironmentConfig) => Environment;

/**
 * Variables that configure a registry, made by `environmentConfig`. Only the prefix can be seen of them, also when this is
 * inspected or turned into JSON: a variable may hold a secret (E2).
 */
export class EnvironmentConfig {
  static {
    environmentBehind = (config) => config.#environment;
  }

  /** What the names of the variables begin with. */
  readonly prefix: string;
  readonly #environment: Environment;

  /** Users call `environmentConfig`, which checks both. */
  constructor(prefix: string, environment: Environment) {
    this.prefix = prefix;
    this.#environment = environment;
    Object.freeze(this);
  }
}

/** The variables themselves, for who hands them to a backend. */
export function environmentOf(config: EnvironmentConfig): Environment {
  return environmentBehind(config);
}

/**
 * Configuration from variables, for `openRegistry`: `environmentConfig(process.env)`.
 *
 * `ROLLCALL_URL` chooses the backend by its scheme, and gives options; or `ROLLCALL_BACKEND` names the backend. Every other option
 * has a variable of its own, such as `ROLLCALL_TLS_SERVER_NAME` for `tls.serverName`. A variable that is empty counts as not set.
 * Any other variable with the prefix is refused, but `ROLLCALL_TEST_…`. Which options there are only the backend knows: all this is
 * checked when the registry is opened. A reference `env:NAME` is looked up by the backend, in the environment of the process.
 * @param environment a copy is made, so that later changes do not count
 * @throws TypeError for a prefix that is none, and for a variable with it that is no text
 */
export function environmentConfig(environment: Environment, options?: EnvironmentConfigOptions): EnvironmentConfig {
  const prefix = readOptions(options, ['prefix']).get('prefix') ?? 'ROLLCALL_';
  if (typeof prefix !== 'string' || !/^[A-Z][A-Z0-9_]*_$/.test(prefix))
    throw fieldError('options.prefix', 'capitals, digits and underscores with an underscore at the end', prefix);
  if (typeof environment !== 'object' || environment === null)
    throw fieldError('environment', 'variables by name, such as process.env', environment);
  const copy: Environment = { ...environment };
  for (const name of Object.keys(copy)) {
    const text: unknown = setVariable(copy, name);
    if (name.startsWith(prefix) && text !== undefined && typeof text !== 'string')
      throw pathError(name, `expected text, got ${kindOf(text)} (not shown)`);
  }
  return new EnvironmentConfig(prefix, copy);
}
