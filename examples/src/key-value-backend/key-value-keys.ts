/**
 * Where entries stand: `<prefix>/<service>/<id>`. Names are percent-encoded, so that no name holds a slash, and every name has
 * one key and every key one name (I1, I2). Nor does a key hold `*`, `?` or `[`, which Redis would take for a pattern.
 */
export class KeyValueKeys {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** What the keys of all services begin with. */
  get all(): string {
    return `${this.#prefix}/`;
  }

  /** I1: what the keys of one service begin with. The slash behind the name keeps `ab` out of the range of `a`. */
  service(service: string): string {
    return `${this.all}${encoded(service)}/`;
  }

  entry(service: string, id: string): string {
    return `${this.service(service)}${encoded(id)}`;
  }
}

/** I2: injective for every name that may be one. `encodeURIComponent` leaves the star as it is. */
function encoded(name: string): string {
  return encodeURIComponent(name).replaceAll('*', '%2A');
}
