import { pathError } from '../instance/field-error.ts';
import { checkAlone, checkGiven, type GivenOptions } from './check-given.ts';
import { backendVariable, type Environment, setVariable, testVariables, urlVariable } from './environment.ts';
import { listed, namedEntries, variableName } from './option-names.ts';
import type { OptionsDescription, UntypedDescription } from './options-description.ts';
import { givenInUrl } from './options-from-url.ts';
import { Problems } from './problems.ts';
import type { CheckContext } from './value-kind.ts';

/** Which variables are options. */
export interface EnvironmentTerms extends CheckContext {
  /** Of every variable: `ROLLCALL_`. */
  readonly prefix: string;
}

/**
 * The checked options of variables: `tls.serverName` is `ROLLCALL_TLS_SERVER_NAME`. `ROLLCALL_URL`, if it is set, is a URL as
 * `optionsFromUrl` takes it, and the others add what it does not give. A variable that is empty counts as not set. A secret may be
 * the variable's own text, or a reference to another variable or a file: `env:NAME`, `file:/path`. `ROLLCALL_BACKEND` is not
 * looked at, but for a `ROLLCALL_URL` beside it, and `ROLLCALL_TEST_…` not at all.
 * @param environment is only looked at; core itself reads no environment. References are looked up in it too, unless
 * `terms.env` says otherwise.
 * @throws TypeError that tells everything that is wrong by the name of its variable, or of its part of the URL:
 * `ROLLCALL_URL.hosts` (I6). That is also an option that both give, and a variable with the prefix that no option has. No secret
 * is in it (E2).
 */
export function optionsFromEnvironment<Given, Checked>(
  description: OptionsDescription<Given, Checked>,
  environment: Environment,
  terms: EnvironmentTerms,
): Checked {
  const { prefix, env = (name: string) => setVariable(environment, name) } = terms;
  const problems = new Problems();
  const variables = givenInVariables(description, environment, prefix, problems);
  const urlName = urlVariable(prefix);
  const url = setVariable(environment, urlName);
  if (url === undefined) return checkGiven(description, variables, problems, { env });

  if (setVariable(environment, backendVariable(prefix)) !== undefined)
    problems.add(
      pathError(backendVariable(prefix), `given, but ${urlName} names a backend too; leave one of them out`),
    );
  const given = problems.attempt(() => {
    const inUrl = givenInUrl(description, url, urlName, problems);
    return eitherOf(description, inUrl, variables, problems);
  });
  if (given !== undefined) return checkGiven(description, given, problems, { env });
  checkAlone(description, variables, problems, { env });
  throw problems.gathered();
}

/** What one of two places gives. `problems` gets what both do. */
function eitherOf(
  description: UntypedDescription,
  inUrl: GivenOptions,
  variables: GivenOptions,
  problems: Problems,
): GivenOptions {
  for (const { name } of namedEntries(description.fields))
    if (inUrl.has(name) && variables.has(name))
      problems.add(
        pathError(variables.pathOf(name), `given, but ${inUrl.pathOf(name)} gives it too; leave one of them out`),
      );
  const placeOf = (name: string): GivenOptions => (inUrl.has(name) ? inUrl : variables);
  return {
    has: (name) => placeOf(name).has(name),
    pathOf: (name) => placeOf(name).pathOf(name),
    valueOf: (name, kind) => placeOf(name).valueOf(name, kind),
  };
}

/** What variables of their own give. `problems` gets those that are no option. */
function givenInVariables(
  description: UntypedDescription,
  environment: Environment,
  prefix: string,
  problems: Problems,
): GivenOptions {
  const names = namedEntries(description.fields).map(({ name }) => name);
  const known = [urlVariable(prefix), backendVariable(prefix), ...names.map((name) => variableName(name, prefix))];
  for (const variable of Object.keys(environment)) {
    if (!variable.startsWith(prefix) || known.includes(variable) || variable.startsWith(testVariables)) continue;
    if (setVariable(environment, variable) !== undefined)
      problems.add(pathError(variable, `unknown variable; known are ${listed(known)}`));
  }
  const textOf = (name: string): string | undefined => setVariable(environment, variableName(name, prefix));
  const pathOf = (name: string): string => variableName(name, prefix);
  return {
    has: (name) => textOf(name) !== undefined,
    pathOf,
    valueOf: (name, kind) => kind.fromText(textOf(name) ?? '', pathOf(name), 'environment'),
  };
}
