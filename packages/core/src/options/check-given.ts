import { pathError } from '../instance/field-error.ts';
import type { UntypedField } from './field.ts';
import type {
  OptionsDescription,
  UntypedDescription,
  UntypedEntry,
  UntypedFields,
  UntypedGroup,
} from './options-description.ts';
import { namedEntries } from './option-names.ts';
import { flag } from './plain-kinds.ts';
import type { Problems } from './problems.ts';
import type { CheckContext, UntypedKind } from './value-kind.ts';

/** What a user gave, in whatever form. Names have dots. A group is given by itself if it was turned on or off. */
export interface GivenOptions {
  has(name: string): boolean;
  /** How errors name an option, given or not. */
  pathOf(name: string): string;
  /** What an object would hold for an option that is given. @throws TypeError that names its path */
  valueOf(name: string, kind: UntypedKind): unknown;
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
        isGiven: (name) => given.has(name),
        pathOf: (name) => given.pathOf(name),
      });
    });
  }
  problems.throwIfAny();
  if (!areAll<Checked>(checked, description.fields)) throw new Error('a field was neither checked nor refused');
  return checked;
}

/**
 * Checks what was given by itself, where not everything that was given could be read: nothing is then known to be missing, and
 * no rule can be asked.
 */
export function checkAlone(
  description: UntypedDescription,
  given: GivenOptions,
  problems: Problems,
  context: CheckContext,
): void {
  for (const { name, entry } of namedEntries(description.fields))
    problems.attempt(() => {
      if (given.has(name)) checkedValue(entry.is === 'group' ? flag() : entry.kind, name, { given, problems, context });
    });
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

function checkedField(field: UntypedField, name: string, check: Check): unknown {
  return check.given.has(name) ? checkedValue(field.kind, name, check) : field.whenAbsent(check.given.pathOf(name));
}

function checkedGroup(group: UntypedGroup, name: string, check: Check): unknown {
  const { given, problems } = check;
  const member = namedEntries(group.fields, `${name}.`).find((one) => given.has(one.name));
  const isOn = given.has(name) ? problems.attempt(() => checkedValue(flag(), name, check)) : undefined;
  if (member === undefined && isOn !== true) return isOn;
  if (member !== undefined && isOn === false)
    problems.add(pathError(given.pathOf(name), `false, but ${given.pathOf(member.name)} is given`));
  return checkedFields(group.fields, `${name}.`, check);
}

function checkedValue(kind: UntypedKind, name: string, { given, context }: Check): unknown {
  return kind.check(given.valueOf(name, kind), given.pathOf(name), context);
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
