/** Where an option may be written as text. */
export type TextOrigin = 'url' | 'environment';

/** What a check may look at beside the value itself. */
export interface CheckContext {
  /** Looks up a variable, so that a reference to a missing one is told with the other errors. Without it, none is looked up. */
  readonly env?: ((name: string) => string | undefined) | undefined;
}

/** A kind of value, without the type that users give. */
export interface UntypedKind {
  /** For tables: what it is, with unit and bounds. `milliseconds, 1 to 60000`. */
  readonly type: string;
  /** Whether what is given may be a secret: then no part of it is ever shown (E2). */
  readonly isSecret: boolean;
  /** The checked value of what an object holds. @throws TypeError that names `path`, what was expected and what came (I6) */
  check(value: unknown, path: string, context: CheckContext): unknown;
  /** What an object would hold instead of `text`; it is checked next. @throws TypeError that names `path` if no object could (I6) */
  fromText(text: string, path: string, origin: TextOrigin): unknown;
}

/** A kind of value: users give `Given` in an object, or text in a URL or a variable, and the driver gets `Value`. */
export interface ValueKind<Given, Value> extends UntypedKind {
  /** The checked value of what an object holds. @throws TypeError that names `path`, what was expected and what came (I6) */
  check(value: unknown, path: string, context: CheckContext): Value;
  /** Never there: it makes the compiler compare `Given` with what the public options say. */
  readonly given?: (given: Given) => Given;
}
