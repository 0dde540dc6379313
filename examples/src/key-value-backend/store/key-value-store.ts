import type { Clock } from '@rollcall/core/driver';
import type { KeyValueConnection } from './key-value-connection.ts';

/** What happened to a key, in the words of Redis' keyspace notifications. */
export type KeyEvent = 'set' | 'del' | 'expire' | 'expired';

/** A key with its value. */
export type KeyAndValue = readonly [key: string, value: string];

interface Stored {
  value: string;
  readonly dueAt: number;
  readonly timer: Disposable | undefined;
}

/**
 * Stands in for a Redis server: keys with values and times to live, and notifications of what happens to them. Every method
 * is one step, and so is every script that calls several of them, as Redis runs one at a time. Here time is a `Clock`.
 */
export class KeyValueStore {
  readonly clock: Clock;
  readonly #keys = new Map<string, Stored>();
  readonly #connections = new Set<KeyValueConnection>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** `GET key` */
  get(key: string): string | undefined {
    return this.#standing(key)?.value;
  }

  /** `SET key value PX px`, or `SET key value KEEPTTL`; without a time to live the key stands for ever, as after a plain `SET`. */
  set(key: string, value: string, px: number | 'KEEPTTL' = Infinity): void {
    const standing = this.#standing(key);
    if (px === 'KEEPTTL' && standing !== undefined) standing.value = value;
    else this.#put(key, value, px === 'KEEPTTL' ? Infinity : px);
    this.#publish(key, 'set');
  }

  /** `PEXPIRE key px` */
  pexpire(key: string, px: number): void {
    const standing = this.#standing(key);
    if (standing === undefined) return;
    this.#put(key, standing.value, px);
    this.#publish(key, 'expire');
  }

  /** `DEL key` */
  del(key: string): void {
    if (this.#standing(key) !== undefined) this.#drop(key, 'del');
  }

  /** `SCAN` with `MATCH prefix*` until its cursor is 0 again, and `MGET` of what it found: one step only within a script. */
  scan(prefix: string): readonly KeyAndValue[] {
    return [...this.#keys.keys()].flatMap((key) => {
      const value = key.startsWith(prefix) ? this.get(key) : undefined;
      return value === undefined ? [] : [[key, value] as const];
    });
  }

  /** A client has connected: from now on it is told what it subscribes to. */
  attach(connection: KeyValueConnection): void {
    this.#connections.add(connection);
  }

  detach(connection: KeyValueConnection): void {
    this.#connections.delete(connection);
  }

  #put(key: string, value: string, px: number): void {
    this.#keys.get(key)?.timer?.[Symbol.dispose]();
    const dueAt = this.clock.now() + px;
    this.#keys.set(key, { value, dueAt, timer: px === Infinity ? undefined : this.#expireIn(px, key) });
  }

  /** The store's own timer, which keeps no process alive (C4). */
  #expireIn(ms: number, key: string): Disposable {
    return this.clock.schedule(ms, () => this.#fallDue(key), { background: true });
  }

  /** Redis is not as exact: it tells `expired` when it comes across the key, which may be later than its time. */
  #fallDue(key: string): void {
    const early = this.#standing(key);
    // A timer may fire a fraction of a millisecond early.
    if (early !== undefined) this.#put(key, early.value, early.dueAt - this.clock.now());
  }

  /** What nobody sees any more from its time on, whether its timer has fired yet or not. */
  #standing(key: string): Stored | undefined {
    const stored = this.#keys.get(key);
    if (stored === undefined || stored.dueAt > this.clock.now()) return stored;
    this.#drop(key, 'expired');
    return undefined;
  }

  #drop(key: string, event: 'del' | 'expired'): void {
    this.#keys.get(key)?.timer?.[Symbol.dispose]();
    this.#keys.delete(key);
    this.#publish(key, event);
  }

  /** `PUBLISH __keyspace@0__:key event`: whoever is not connected never hears of it. */
  #publish(key: string, event: KeyEvent): void {
    for (const connection of this.#connections) connection.deliver(key, event);
  }
}
