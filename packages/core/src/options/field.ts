import { pathError } from '../instance/field-error.ts';
import type { UntypedKind, ValueKind } from './value-kind.ts';

/** An option, without its types. */
export interface UntypedField {
  readonly is: 'field';
  /** What values it takes. */
  readonly kind: UntypedKind;
  /** In one line: what it means, and its unit. */
  readonly doc: string;
  /** For tables: the default as it is written, `none`, or `required`. */
  readonly byDefault: string;
  /** The checked value if nothing was given. @throws TypeError that names `path` if something must be */
  whenAbsent(path: string): unknown;
}

/** An option: users may give `Given`, and the driver gets `Checked`. */
export interface Field<Given, Checked> extends UntypedField {
  readonly kind: ValueKind<Given, Checked>;
  whenAbsent(path: string): Checked;
}

/** An option without which nothing goes. Its key is not optional in the public options. */
export interface RequiredField<Given, Checked> extends Field<Given, Checked> {
  readonly isRequired: true;
}

/** An option that may be left out: `undefined` then. */
export function optional<Given, Value>(kind: ValueKind<Given, Value>, doc: string): Field<Given, Value | undefined> {
  return { is: 'field', kind, doc, byDefault: 'none', whenAbsent: () => undefined };
}

/** An option with a default, written as users write it. */
export function withDefault<Given extends boolean | number | string | readonly string[], Value>(
  kind: ValueKind<Given, Value>,
  byDefault: NoInfer<Given>,
  doc: string,
): Field<Given, Value> {
  return {
    is: 'field',
    kind,
    doc,
    byDefault: String(byDefault),
    whenAbsent: (path) => kind.check(byDefault, path, {}),
  };
}

/** An option that must be given. */
export function required<Given, Value>(kind: ValueKind<Given, Value>, doc: string): RequiredField<Given, Value> {
  return {
    is: 'field',
    isRequired: true,
    kind,
    doc,
    byDefault: 'required',
    whenAbsent(path) {
      throw pathError(path, `required, but not given: ${kind.type}`);
    },
  };
}
