/** A range of keys: from `key` on, up to and without `rangeEnd`. */
export interface KeyRange {
  readonly key: Buffer;
  readonly rangeEnd: Buffer;
}

/** Which entry a key belongs to. */
export interface EntryName {
  readonly service: string;
  readonly id: string;
}

/**
 * Where entries stand: `<prefix>/instances/<service>/<id>`, with `%` and `/` in names as `%25` and `%2F`. Every name has one
 * key and every key one name (I1, I2), and what begins with `<prefix>/instances/<service>/` is that service's and nobody else's.
 */
export class EtcdKeys {
  readonly #root: string;
  readonly #all: KeyRange;

  /** @param prefix without a slash at its end */
  constructor(prefix: string) {
    this.#root = `${prefix}/instances/`;
    this.#all = rangeUnder(this.#root);
  }

  /** Everything of every service. */
  get all(): KeyRange {
    return this.#all;
  }

  entry(service: string, id: string): Buffer {
    return Buffer.from(this.#entryText(service, id));
  }

  /** Whether `key` is `entry(service, id)`. */
  isEntryOf(key: Buffer, { service, id }: EntryName): boolean {
    const text = this.#entryText(service, id);
    if (key.toString() !== text) return false;
    // What is no UTF-8 reads like U+FFFD.
    return !text.includes('\ufffd') || Buffer.from(text).equals(key);
  }

  /** What stands under a service. */
  service(service: string): KeyRange {
    return rangeUnder(`${this.#root}${encoded(service)}/`);
  }

  /** The id that whatever stands under a key is known by: the entry's, or, where it can be none's, one that no instance has (I2). */
  idOf(key: Buffer): string {
    return this.parse(key)?.id ?? `\0${keyText(key)}`;
  }

  /** The entry that a key stands for; undefined for a key that `entry` would never give. */
  parse(key: Buffer): EntryName | undefined {
    const text = key.toString();
    if (!text.startsWith(this.#root)) return undefined;
    const [first, second, ...rest] = text.slice(this.#root.length).split('/');
    if (first === undefined || second === undefined || rest.length > 0) return undefined;
    const service = decoded(first);
    const id = decoded(second);
    if (service === undefined || id === undefined || service === '' || id === '') return undefined;
    return this.entry(service, id).equals(key) ? { service, id } : undefined;
  }

  #entryText(service: string, id: string): string {
    return `${this.#root}${encoded(service)}/${encoded(id)}`;
  }
}

/** The text of a key for messages: another one for each key, also where its bytes are no UTF-8 (D5). */
export function keyText(key: Buffer): string {
  const text = key.toString();
  return Buffer.from(text).equals(key) ? text : `b'${Array.from(key, escapedByte).join('')}'`;
}

function escapedByte(byte: number): string {
  const isPlain = byte > 0x1f && byte < 0x7f && byte !== 0x5c;
  return isPlain ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
}

/** Keys that begin with `text`, which ends in a slash: up to the character behind the slash. */
function rangeUnder(text: string): KeyRange {
  return { key: Buffer.from(text), rangeEnd: Buffer.from(`${text.slice(0, -1)}0`) };
}

function encoded(name: string): string {
  return /[%/]/.test(name) ? name.replaceAll('%', '%25').replaceAll('/', '%2F') : name;
}

/** Undefined where an escape stands that `encoded` does not write. */
function decoded(part: string): string | undefined {
  const name = part.replaceAll('%2F', '/').replaceAll('%25', '%');
  return encoded(name) === part ? name : undefined;
}
