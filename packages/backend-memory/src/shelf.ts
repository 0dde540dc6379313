import { type DriverSnapshot, type MalformedRecord, RegistryError, type ServiceInstance } from '@rollcall/core/driver';
import type { ChangeStream } from './change-stream.ts';
import type { Entry, EntryPlace } from './entry.ts';

/** The entries of one service, and who watches them. */
export class Shelf implements EntryPlace {
  readonly service: string;
  readonly #entries = new Map<string, Entry>();
  /** Records that cannot be decoded, by id. */
  readonly #garbage = new Map<string, MalformedRecord>();
  readonly #streams = new Set<ChangeStream>();
  readonly #bare: (shelf: Shelf) => void;

  /** @param bare called when nothing stands here any more and nobody watches: then it can go. */
  constructor(service: string, bare: (shelf: Shelf) => void) {
    this.service = service;
    this.#bare = bare;
  }

  entry(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  get size(): number {
    return this.#entries.size;
  }

  entries(): Iterable<Entry> {
    return this.#entries.values();
  }

  hasLive(now: number): boolean {
    for (const entry of this.#entries.values()) if (entry.isLive(now)) return true;
    return false;
  }

  /** The live entries as they stand now (D1, L3). */
  snapshot(now: number): DriverSnapshot {
    const instances: ServiceInstance[] = [];
    for (const entry of this.#entries.values()) if (entry.isLive(now)) instances.push(entry.instance);
    return { type: 'snapshot', instances, malformed: [...this.#garbage.values()] };
  }

  /** `entry` stands from now on, in place of whatever had its id (R3). */
  put(entry: Entry): void {
    const { instance } = entry;
    this.#garbage.delete(instance.id);
    this.#entries.set(instance.id, entry);
    for (const stream of this.#streams) stream.put(instance);
  }

  /** Takes `entry` out, if it still stands. */
  takeOut(entry: Entry): void {
    const { id } = entry.instance;
    if (this.#entries.get(id) === entry) this.clear(id);
  }

  /** Takes out whatever has this id. @returns whether there was anything */
  clear(id: string): boolean {
    const stood = this.#entries.delete(id);
    const wasGarbage = this.#garbage.delete(id);
    if (stood || wasGarbage) for (const stream of this.#streams) stream.remove(id);
    this.#noteBare();
    return stood || wasGarbage;
  }

  /** In place of the entry stands something that cannot be decoded (D5). */
  spoil(id: string): void {
    const key = `${this.service}/${id}`;
    const error = new RegistryError('INSTANCE_MALFORMED', `The record at ${JSON.stringify(key)} is no instance.`);
    const record: MalformedRecord = { key, id, error };
    this.#entries.delete(id);
    this.#garbage.set(id, record);
    for (const stream of this.#streams) stream.spoil(id, record);
  }

  /** Everything is gone at once. */
  wipe(): void {
    const ids = [...this.#entries.keys(), ...this.#garbage.keys()];
    this.#entries.clear();
    this.#garbage.clear();
    for (const stream of this.#streams) for (const id of ids) stream.remove(id);
    this.#noteBare();
  }

  attach(stream: ChangeStream): void {
    this.#streams.add(stream);
  }

  detach(stream: ChangeStream): void {
    this.#streams.delete(stream);
    this.#noteBare();
  }

  #noteBare(): void {
    if (this.#entries.size === 0 && this.#garbage.size === 0 && this.#streams.size === 0) this.#bare(this);
  }
}
