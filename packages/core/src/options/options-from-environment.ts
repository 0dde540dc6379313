import { pathError } from '../instance/field-error.ts';
import { checkGiven, type GivenOptions } from './check-given.ts';
import { namedEntries, variableName } from './option-names.ts';
import type { OptionsDescription } from './options-description.ts';
import { Problems } from './problems.ts';
import type { CheckContext } from './value-kind.ts';

/** Which variables are options. */
export interface EnvironmentTerms extends CheckContext {
  /** Of every variable: `ROLLCALL_`. */
  readonly prefix: string;
  /** Variables with the prefix that are somebody else's: `ROLLCALL_URL`, or with a star at the end `ROLLCALL_TEST_*`. */
  readonly reserved?: readonly string[] | undefined;
}

/**
 * The checked options of variables: `tls.serverName` is `ROLLCALL_TLS_SERVER_NAME`. A variable that is empty counts as not set. A
 * secret may be the variable's own text, or a reference to another variable or a file: `env:NAME`, `file:/path`.
 * @param environment is only looked at; core itself reads no environment. References are looked up in it too, unless
 * `terms.env` says otherwise.
 * @throws TypeError that tells everything that is wrong by the name of its variable (I6), also a variable with the prefix that
 * no option has. No secret is in it (E2).
 */
export function optionsFromEnvironment<Given, Checked>(
  description: OptionsDescription<Given, Checked>,
  environment: Readonly<Record<string, string | undefined>>,
  terms: EnvironmentTerms,
): Checked {
  const { prefix, reserved = [], env = (name: string) => ownValue(environment, name) } = terms;
  const problems = new Problems();
  const names = new Map(namedEntries(description.fields).map(({ name }) => [variableName(name, prefix), name]));
  const values = new Map<string, string>();
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith(prefix) || text === undefined || text === '') continue;
    const name = names.get(variable);
    if (name !== undefined) values.set(name, text);
    else if (!reserved.some((one) => matches(variable, one)))
      problems.add(pathError(variable, `unknown variable; known are ${[...names.keys()].join(', ')}`));
  }
  const given: GivenOptions = {
    values,
    pathOf: (name) => variableName(name, prefix),
    asInObject: (kind, value, path) => kind.fromText(String(value), path, 'environment'),
  };
  return checkGiven(description, given, problems, { env });
}

function ownValue(environment: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  return Object.hasOwn(environment, name) ? environment[name] : undefined;
}

function matches(variable: string, reserved: string): boolean {
  return reserved.endsWith('*') ? variable.startsWith(reserved.slice(0, -1)) : variable === reserved;
}
