import type { Field, RequiredField, UntypedField } from './field.ts';
import { refuseSharedVariables } from './option-names.ts';
import type { Rule } from './rule.ts';

/** Options that only mean something together, without their types. */
export interface UntypedGroup {
  readonly is: 'group';
  /** In one line: what giving it does. */
  readonly doc: string;
  /** Its options, by their names within it. */
  readonly fields: UntypedFields;
}

/**
 * Options that only mean something together, such as those of TLS. Nothing of it given: `undefined`. `true`, or any of its own:
 * checked, with the defaults of the others. `false`: `false`, and then nothing of it may be given.
 */
export interface Group<Given, Checked> extends UntypedGroup {
  /** Never there: it makes the compiler compare `Given` with what the public options say. */
  readonly given?: (given: Given) => Given;
  /** Never there: as above, for what the driver gets. */
  readonly checked?: () => Checked;
}

export type UntypedEntry = UntypedField | UntypedGroup;
export type UntypedFields = Readonly<Record<string, UntypedEntry>>;

/** A field or a group for each key of the public options and of the checked ones, which have the same keys. */
export type Fields<Given, Checked> = {
  readonly [Key in keyof Given | keyof Checked]: Entry<
    Key extends keyof Given ? Given[Key] : never,
    Key extends keyof Checked ? Checked[Key] : never
  >;
};

type Entry<Given, Checked> = undefined extends Given
  ? OptionalEntry<Exclude<Given, undefined>, Checked>
  : RequiredField<Given, Checked>;

type OptionalEntry<Given, Checked> = [boolean] extends [Given]
  ? Field<Given, Checked> | Group<Exclude<Given, boolean>, Exclude<Checked, false | undefined>>
  : Field<Given, Checked>;

/** What the parts of a URL stand for, `scheme://hosts/path?key=value`, beside the query, which has a key for each other option. */
export interface UrlForm<Key extends string> {
  /** In lower case. */
  readonly scheme: string;
  /** The option that is given by the hosts, one or several with commas. Without one, a URL has no hosts. */
  readonly hosts?: Key | undefined;
  /** The option that is given by the path, with its slash in front. Without one, a URL has no path. */
  readonly path?: Key | undefined;
}

/** A backend's options, without their types: enough for tables and names. */
export interface UntypedDescription {
  /** Which options the parts of a URL give. */
  readonly url: UrlForm<string>;
  /** The options, by name, in the order of tables. */
  readonly fields: UntypedFields;
}

/** A backend's options: URL, object and environment follow from it. Users give `Given`, and the driver gets `Checked`. */
export interface OptionsDescription<Given, Checked> extends UntypedDescription {
  /** What holds between options. */
  readonly rules: readonly Rule<Checked>[];
  /** Never there: it makes the compiler compare `Given` with what the public options say. */
  readonly given?: (given: Given) => Given;
}

/** What a description is made of. */
export interface DescriptionParts<Given, Checked> {
  /** Which options the parts of a URL give. */
  readonly url: UrlForm<keyof Given & string>;
  /** A field or a group for each option. */
  readonly fields: Fields<Given, Checked>;
  /** What holds between options. @defaultValue none */
  readonly rules?: readonly Rule<Checked>[] | undefined;
}

/**
 * The description of a backend's options. Both types are written by hand, so that users see a docstring on each key, and the
 * compiler holds them against the fields: `const own: OptionsDescription<EtcdOptions, CheckedEtcdOptions> = optionsDescription({…})`.
 * @throws TypeError if two options would have the same variable, or one has that of `url`, `backend` or `test…`
 */
export function optionsDescription<Given, Checked>(
  parts: DescriptionParts<Given, Checked>,
): OptionsDescription<Given, Checked>;
export function optionsDescription(parts: {
  readonly url: UrlForm<string>;
  readonly fields: UntypedFields;
  readonly rules?: readonly Rule<unknown>[] | undefined;
}): OptionsDescription<unknown, unknown> {
  refuseSharedVariables(parts.fields);
  return { url: parts.url, fields: parts.fields, rules: parts.rules ?? [] };
}

/** Options that only mean something together. */
export function group<Given, Checked>(fields: Fields<Given, Checked>, doc: string): Group<Given, Checked>;
export function group(fields: UntypedFields, doc: string): UntypedGroup {
  return { is: 'group', doc, fields };
}
