import { namedEntries, variableName } from './option-names.ts';
import { urlPartOf } from './options-from-url.ts';
import type { UntypedDescription } from './options-description.ts';

/** What a table in the docs says of one option. */
export interface OptionRow {
  /** In an object: `tls.ca`. */
  readonly path: string;
  /** In a URL: the key of the query, or `(hosts)` or `(path)`. */
  readonly urlKey: string;
  /** In the environment: `ROLLCALL_TLS_CA`. */
  readonly variable: string;
  /** With unit and bounds. */
  readonly type: string;
  /** As it is written; `none` or `required` if there is none. */
  readonly byDefault: string;
  /** In one line: what it means. */
  readonly doc: string;
}

/**
 * A row for each option, in the order of the description, each group before its members.
 * @param variablePrefix of every variable: `ROLLCALL_`
 */
export function describeOptions(description: UntypedDescription, variablePrefix: string): readonly OptionRow[] {
  return namedEntries(description.fields).map(({ name, entry }) => {
    const part = urlPartOf(name, description);
    return {
      path: name,
      urlKey: part === 'query' ? name : `(${part})`,
      variable: variableName(name, variablePrefix),
      type: entry.is === 'group' ? 'true, false or its options' : entry.kind.type,
      byDefault: entry.is === 'group' ? 'none' : entry.byDefault,
      doc: entry.doc,
    };
  });
}
