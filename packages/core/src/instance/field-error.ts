/** What is shown of a string. */
const shownLength = 60;

/** Misuse of the field at `path`: what was expected there, and what came (I6). An empty `path` is the argument itself. */
export function fieldError(path: string, expected: string, value: unknown): TypeError {
  return pathError(path, `expected ${expected}, got ${shown(value)}`);
}

/** Misuse of the field at `path` that is said in other words than "expected … got …" (I6). */
export function pathError(path: string, problem: string, options?: ErrorOptions): TypeError {
  return new TypeError(path === '' ? problem : `${path}: ${problem}`, options);
}

/** The path of `key` in the object at `path`: `endpoints[1].port`, `metadata["a b"]`. */
export function keyPath(path: string, key: string): string {
  if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) || key.length > shownLength) return `${path}[${shown(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}

/**
 * Any value in a few words, for a message. Strings are quoted and cut; objects are named by kind, never by content.
 * A string that looks like a URL with credentials in it is not shown (E2). Never throws, whatever the value does.
 */
export function shown(value: unknown): string {
  if (typeof value === 'string') return shownText(value);
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'boolean') return String(value);
  return kindOf(value);
}

/** What sort of value it is, without a trace of its content: `a string`, `null`, `an instance of URL`. Never throws. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === 'object' ? kindOfObject(value) : `a ${typeof value}`;
}

function shownText(text: string): string {
  const characters = `${text.length} characters`;
  if (mayHoldCredentials(text)) return `a string of ${characters}, not shown because it may hold credentials`;
  if (text.length <= shownLength) return quoted(text);
  return `${quoted(`${text.slice(0, shownLength).replace(/[\ud800-\udbff]$/, '')}…`)} (${characters})`;
}

/** JSON leaves U+007F–009F as they are; a terminal would obey them. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /\p{Control}/gu,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** `user:password@host`, `token@host`, `http://host?token=…`, also percent-encoded: judged by the whole, before it is cut. */
function mayHoldCredentials(text: string): boolean {
  return /@|%40/.test(text) || (text.includes('://') && /[?#]/.test(text));
}

/** Looks at descriptors only, so that no getter runs; what the traps of a proxy throw is caught. */
function kindOfObject(value: object): string {
  try {
    if (Array.isArray(value)) return 'an array';
    const prototype: object | null = Object.getPrototypeOf(value);
    if (prototype === null) return 'an object';
    const name = constructorName(prototype);
    if (name === undefined) return 'an object with a prototype of its own';
    return name === 'Object' ? 'an object' : `an instance of ${name}`;
  } catch {
    return 'an object that cannot be inspected';
  }
}

function constructorName(prototype: object): string | undefined {
  const maker: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  if (typeof maker !== 'function') return undefined;
  const name: unknown = Object.getOwnPropertyDescriptor(maker, 'name')?.value;
  return typeof name === 'string' && /^[\p{ID_Start}$_][\p{ID_Continue}$]{0,39}$/u.test(name) ? name : undefined;
}
