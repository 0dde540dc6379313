import { fieldError, pathError } from '../instance/field-error.ts';
import { readObject } from '../instance/plain-data.ts';
import { backendVariable, setVariable, urlVariable } from '../options/environment.ts';
import type { BackendConfig, BackendDefinition } from './backend-definition.ts';
import { EnvironmentConfig, environmentOf } from './environment-config.ts';

/** What `openRegistry` takes to know which registry is meant: a URL, a plain object, or what `environmentConfig` made of variables (B1). */
export type RegistryConfig = string | BackendConfig | EnvironmentConfig;

/** Which backend configuration names, and how that backend reads the rest. */
export interface BackendChoice {
  readonly name: string;
  /** What says the name, for messages. */
  readonly path: string;
  /** @throws TypeError that tells everything that is wrong with the options (I6) */
  readonly optionsFor: (definition: BackendDefinition) => unknown;
}

/** @param known the backends to choose from, for messages. @throws TypeError if none is named */
export function backendChoice(config: unknown, known: string): BackendChoice {
  if (config instanceof EnvironmentConfig) return fromEnvironment(config, known);
  return typeof config === 'string' ? fromUrl(config) : fromObject(config);
}

function fromUrl(url: string): BackendChoice {
  return { name: schemeOf(url, 'config'), path: 'backend', optionsFor: (definition) => definition.parse(url) };
}

function fromObject(config: unknown): BackendChoice {
  const fields = new Map(
    readObject(config, 'config', 'a URL, an object with a backend, or an environmentConfig()', undefined),
  );
  const name = fields.get('backend');
  if (typeof name !== 'string') throw fieldError('config.backend', 'the name of a backend', name);
  fields.delete('backend');
  return { name, path: 'backend', optionsFor: (definition) => definition.parse(Object.fromEntries(fields)) };
}

function fromEnvironment(config: EnvironmentConfig, known: string): BackendChoice {
  const { prefix } = config;
  const environment = environmentOf(config);
  const [urlPath, backendPath] = [urlVariable(prefix), backendVariable(prefix)];
  const url = setVariable(environment, urlPath);
  const name = url === undefined ? setVariable(environment, backendPath) : schemeOf(url, urlPath);
  if (name === undefined)
    throw pathError(
      urlPath,
      `neither it nor ${backendPath} is set; set it to a URL such as memory:, or ${backendPath} to the name of a backend; those given in options.backends are: ${known}`,
    );
  const path = url === undefined ? backendPath : urlPath;
  return {
    name,
    path,
    optionsFor(definition) {
      if (definition.parseEnvironment !== undefined) return definition.parseEnvironment(environment, { prefix });
      throw pathError(
        path,
        `the backend '${name}' cannot be configured by variables, since its definition has no parseEnvironment; use a URL or an object`,
      );
    },
  };
}

function schemeOf(url: string, path: string): string {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1];
  // The rest is not shown: it may hold credentials (E2).
  if (scheme === undefined)
    throw pathError(path, 'expected a URL that begins with the name of a backend, such as memory:');
  return scheme.toLowerCase();
}
