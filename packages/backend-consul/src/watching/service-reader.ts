import type { DriverEvent, ServiceInstance } from '@rollcall/core/driver';
import type { StoredAt } from '../agent/consul-api.ts';
import { type ConsulEntry, type ConsulRow, isPassing } from '../layout/consul-entry.ts';
import type { RowsOf } from '../layout/standing.ts';
import { readService } from './read-service.ts';

/** What was read of a watched service. */
export interface ServiceRead {
  /** What to tell; undefined if it is what was told before. */
  readonly event: DriverEvent | undefined;
  /** Entries that were shown before, and are not there any more: not to be told before it is known that they are gone. */
  readonly vanished: readonly StoredAt[];
}

/** What is remembered of a row. */
interface RowMark extends StoredAt {
  readonly modifyIndex: number;
  readonly passes: boolean;
  /** Undefined for what is none of ours, or cannot be read. */
  readonly entry: ConsulEntry | undefined;
  /** What it is listed as. */
  readonly instance: ServiceInstance | undefined;
}

/**
 * Turns answers about one service into events. Consul sends the whole set for each change: where the same rows come again in the same order,
 * as they do when an instance was updated, only those that differ are looked at.
 */
export class ServiceReader {
  readonly #of: RowsOf;
  /** In Consul's order; undefined before the first read. */
  #marks: RowMark[] | undefined;
  readonly #shownBefore: readonly StoredAt[];

  /** @param shownBefore what a reader before this one had shown */
  constructor(of: RowsOf, shownBefore: readonly StoredAt[]) {
    this.#of = of;
    this.#shownBefore = shownBefore;
  }

  /** The entries of the last read that was believed. */
  get shown(): readonly StoredAt[] {
    return this.#marks ?? this.#shownBefore;
  }

  /** What was read is remembered when it is believed: by `believe`. */
  read(rows: readonly ConsulRow[]): ServiceRead & { readonly believe: () => void } {
    return this.#readAlike(rows) ?? this.#readAnew(rows);
  }

  /** The rows are those of before, but for their content; undefined if they are not, or if anything but the content of what is listed changed. */
  #readAlike(rows: readonly ConsulRow[]): ReturnType<ServiceReader['read']> | undefined {
    const marks = this.#marks;
    if (marks?.length !== rows.length) return undefined;
    const changed: [at: number, mark: RowMark][] = [];
    for (let at = 0; at < rows.length; at += 1) {
      const [row, mark] = [rows[at], marks[at]];
      if (row === undefined || mark === undefined || row.Service.ID !== mark.serviceId) return undefined;
      if (row.Service.ModifyIndex === mark.modifyIndex && isPassing(row) === mark.passes) continue;
      const next = this.#updated(row, mark);
      if (next === undefined) return undefined;
      changed.push([at, next]);
    }
    const put = changed.flatMap(([, { instance }]) => instance ?? []);
    const believe = (): void => {
      for (const [at, mark] of changed) marks[at] = mark;
    };
    return { event: put.length > 0 ? { type: 'changes', put, removedIds: [] } : undefined, vanished: [], believe };
  }

  /** The mark of a row that is listed as it was, with other content; undefined if more has changed, or if it cannot be read. */
  #updated(row: ConsulRow, { entry: former, instance: listed, passes }: RowMark): RowMark | undefined {
    if (former === undefined || listed === undefined || !passes || !isPassing(row)) return undefined;
    const { layout, service } = this.#of;
    try {
      const entry = layout.entry(row, service);
      if (entry.id !== former.id || entry.epoch !== former.epoch || entry.createIndex !== former.createIndex)
        return undefined;
      return { ...placeOf(row), modifyIndex: row.Service.ModifyIndex, passes, entry, instance: layout.instance(entry) };
    } catch {
      return undefined;
    }
  }

  #readAnew(rows: readonly ConsulRow[]): ReturnType<ServiceReader['read']> {
    const former = new Map((this.#marks ?? []).map((mark) => [mark.serviceId, mark]));
    const entries = new Map<string, ConsulEntry>();
    const listed = new Map<string, ServiceInstance>();
    const event = readService(this.#of, rows, {
      entryOf: (row) => {
        const entry = asBefore(row, former.get(row.Service.ID)) ?? this.#of.layout.entry(row, this.#of.service);
        entries.set(entry.serviceId, entry);
        return entry;
      },
      instanceOf: (entry) => {
        const mark = former.get(entry.serviceId);
        const known = mark?.entry?.meta === entry.meta ? mark.instance : undefined;
        const instance = known ?? this.#of.layout.instance(entry);
        listed.set(entry.serviceId, instance);
        return instance;
      },
    });
    const marks = rows.map((row) => ({
      ...placeOf(row),
      modifyIndex: row.Service.ModifyIndex,
      passes: isPassing(row),
      entry: entries.get(row.Service.ID),
      instance: listed.get(row.Service.ID),
    }));
    const present = new Set(rows.map(({ Service }) => Service.ID));
    const believe = (): void => {
      this.#marks = marks;
    };
    return { event, vanished: this.shown.filter(({ serviceId }) => !present.has(serviceId)), believe };
  }
}

function placeOf({ Node, Service }: ConsulRow): StoredAt {
  return { node: Node.Node, serviceId: Service.ID };
}

/** The entry of a row as it was read before, if it has not changed but for its checks. */
function asBefore(row: ConsulRow, mark: RowMark | undefined): ConsulEntry | undefined {
  if (mark?.entry === undefined || mark.modifyIndex !== row.Service.ModifyIndex) return undefined;
  const passes = isPassing(row);
  return mark.entry.isPassing === passes ? mark.entry : { ...mark.entry, isPassing: passes };
}
