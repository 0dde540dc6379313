import { pathError } from '../instance/field-error.ts';
import type { UntypedField } from './field.ts';
import type { OptionsDescription, UntypedEntry, UntypedFields, UntypedGroup } from './options-description.ts';
import { namedEntries } from './option-names.ts';
import { flag } from './plain-kinds.ts';
import type { Problems } from './problems.ts';
import type { CheckContext, UntypedKind } from './value-kind.ts';

/** What a user gave, in whatever form. */
export interface GivenOptions {
  /** By name, with dots. A group has a value of its own if it was turned on or off. Never `undefined`. */
  readonly values: ReadonlyMap<string, unknown>;
  /** How errors name an option. */
  pathOf(name: string): string;
  /** What an object would hold. @throws TypeError that names `path` */
  asInObject(kind: UntypedKind, value: unknown, path: string): unknown;
}

/**
 * The checked options, and every default. `problems` has what was found wrong in reading them.
 * @throws TypeError that tells everything that is wrong (I6)
 */
export function checkGiven<Given, Checked>(
  description: OptionsDescription<Given, Checked>,
  given: GivenOptions,
  problems: Problems,
  context: CheckContext,
): Checked {
  const checked = checkedFields(description.fields, '', { given, problems, context });
  for (const rule of description.rules) {
    problems.attempt(() => {
      if (!areSome<Checked>(checked, description.fields)) return;
      rule.check({
        checked,
        isGiven: (name) => given.values.has(name),
        pathOf: (name) => given.pathOf(name),
      });
    });
  }
  problems.throwIfAny();
  if (!areAll<Checked>(checked, description.fields)) throw new Error('a field was neither checked nor refused');
  return checked;
}

interface Check {
  readonly given: GivenOptions;
  readonly problems: Problems;
  readonly context: CheckContext;
}

/** Without those that are wrong. */
function checkedFields(fields: UntypedFields, prefix: string, check: Check): object {
  const entries = Object.entries(fields).flatMap(([key, entry]) => {
    const value = check.problems.attempt(() => [checkedEntry(entry, `${prefix}${key}`, check)]);
    return value === undefined ? [] : [[key, value[0]]];
  });
  return Object.freeze(Object.fromEntries(entries));
}

function checkedEntry(entry: UntypedEntry, name: string, check: Check): unknown {
  return entry.is === 'group' ? checkedGroup(entry, name, check) : checkedField(entry, name, check);
}

function checkedField(field: UntypedField, name: string, { given, context }: Check): unknown {
  const path = given.pathOf(name);
  const value = given.values.get(name);
  if (value === undefined) return field.whenAbsent(path);
  return field.kind.check(given.asInObject(field.kind, value, path), path, context);
}

function checkedGroup(group: UntypedGroup, name: string, check: Check): unknown {
  const { given, problems, context } = check;
  const path = given.pathOf(name);
  const member = namedEntries(group.fields, `${name}.`).find((one) => given.values.has(one.name));
  const ownValue = given.values.get(name);
  const isOn =
    ownValue === undefined
      ? undefined
      : problems.attempt(() => flag().check(given.asInObject(flag(), ownValue, path), path, context));
  if (member === undefined && isOn !== true) return isOn;
  if (member !== undefined && isOn === false)
    problems.add(pathError(path, `false, but ${given.pathOf(member.name)} is given`));
  return checkedFields(group.fields, `${name}.`, check);
}

/** What stands under each key, its field has said, and the compiler has held the field against `Checked`. */
function areSome<Checked>(values: object, fields: UntypedFields): values is Partial<Checked> {
  return Object.keys(values).every((key) => Object.hasOwn(fields, key));
}

/** As above, and none is missing. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller names what its fields have said
function areAll<Checked>(values: unknown, fields: UntypedFields): values is Checked {
  return (
    typeof values === 'object' && values !== null && Object.keys(fields).every((key) => Object.hasOwn(values, key))
  );
}
