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
