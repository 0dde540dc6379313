import { backendVariable, testVariables, urlVariable } from './environment.ts';
import type { UntypedEntry, UntypedFields } from './options-description.ts';

/** A field or a group, under its name with dots: `tls`, `tls.serverName`. */
export interface NamedEntry {
  readonly name: string;
  readonly entry: UntypedEntry;
}

/** All fields and groups in the order of the description, each group before its members. */
export function namedEntries(fields: UntypedFields, prefix = ''): readonly NamedEntry[] {
  const named: NamedEntry[] = [];
  for (const [key, entry] of Object.entries(fields)) {
    const name = `${prefix}${key}`;
    named.push({ name, entry });
    if (entry.is === 'group') named.push(...namedEntries(entry.fields, `${name}.`));
  }
  return named;
}

/** The variable of an option: `tls.serverName` is `ROLLCALL_TLS_SERVER_NAME` behind the prefix `ROLLCALL_`. */
export function variableName(name: string, prefix: string): string {
  const words = name.replaceAll('.', '_').replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_');
  return `${prefix}${words.toUpperCase()}`;
}

/** Names for a message; `none` if there is none. */
export function listed(names: Iterable<string>): string {
  return [...names].join(', ') || 'none';
}

const usualPrefix = 'ROLLCALL_';

/**
 * Each option has a variable to itself, so that the environment can say what an object says.
 * @throws TypeError that names the option whose variable is another's, or one that chooses the backend
 */
export function refuseSharedVariables(fields: UntypedFields): void {
  const taken = new Map([urlVariable, backendVariable].map((of) => [of(usualPrefix), 'what chooses the backend']));
  for (const { name } of namedEntries(fields)) {
    const variable = variableName(name, usualPrefix);
    const other = variable.startsWith(testVariables) ? 'the test servers' : taken.get(variable);
    if (other !== undefined)
      throw new TypeError(`the option ${name}: its variable would be ${variable}, which belongs to ${other}`);
    taken.set(variable, `the option ${name}`);
  }
}
