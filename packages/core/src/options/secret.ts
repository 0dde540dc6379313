/** Where the text of a secret is: here, in a variable, or in a file. */
export type SecretPlace = { readonly text: string } | { readonly env: string } | { readonly file: string };

/** How secrets are read. Core reads neither the environment nor files, so the backend says how. */
export interface SecretSources {
  /** The value of a variable; `undefined` if it is not set. */
  readonly env: (name: string) => string | undefined;
  /** The whole text of a file. Rejects if it cannot be read. */
  readonly file: (path: string) => Promise<string>;
}

/** A secret could not be read. The message names the variable or the file; `cause` is what reading the file failed with. */
export class SecretError extends Error {
  /** Always `SecretError`. */
  override get name(): string {
    return 'SecretError';
  }
}

const inspectCustom = Symbol.for('nodejs.util.inspect.custom');

/**
 * A secret, or where one is. It shows itself as its reference, `env:ETCD_PASSWORD` or `file:/run/secrets/etcd`, or as
 * `[secret]`: as text, as JSON, and when inspected (E2). Only `reveal` gives the text.
 */
export class Secret {
  readonly #place: SecretPlace;

  /** Reads nothing yet (B2). */
  constructor(place: SecretPlace) {
    this.#place = place;
    Object.defineProperty(this, inspectCustom, { value: () => this.toString() });
  }

  /**
   * The text, read now: a file or a variable may have changed since the last time. One line break at the end of a file is not
   * part of it. Call it when connecting, since opening does no I/O (B2).
   * Rejects with `SecretError` if there is no such variable or file, or if it is empty.
   */
  async reveal(sources: SecretSources): Promise<string> {
    const text = await this.#read(sources);
    if (text === '') throw new SecretError(`${this.toString()} is empty`);
    return text;
  }

  /** The reference, or `[secret]`. */
  toString(): string {
    if ('env' in this.#place) return `env:${this.#place.env}`;
    return 'file' in this.#place ? `file:${this.#place.file}` : '[secret]';
  }

  /** As `toString`. */
  toJSON(): string {
    return this.toString();
  }

  async #read(sources: SecretSources): Promise<string> {
    if ('text' in this.#place) return this.#place.text;
    if ('file' in this.#place) return readFile(this.#place.file, sources);
    const text = sources.env(this.#place.env);
    if (text === undefined) throw new SecretError(`the environment variable ${this.#place.env} is not set`);
    return text;
  }
}

async function readFile(path: string, sources: SecretSources): Promise<string> {
  try {
    return (await sources.file(path)).replace(/\r?\n$/, '');
  } catch (cause) {
    throw new SecretError(`file:${path} could not be read`, { cause });
  }
}
