import type { Diagnostics } from '../diagnostics/diagnostics.ts';
import type { DriverEvent, MalformedRecord } from '../driver/registry-driver.ts';

/** At most so many keys are remembered (D5). */
const remembered = 1_000;

const none: readonly MalformedRecord[] = [];

/** Tells of each record that cannot be decoded once, until it decodes or disappears, whether a list or a watch met it (D5). */
export class MalformedLog {
  readonly #diagnostics: Diagnostics;
  /** What has been told, oldest first: the service, and the id under which the record may come back. */
  readonly #told = new Map<string, { readonly service: string; readonly key: string; readonly id: string }>();

  constructor(diagnostics: Diagnostics) {
    this.#diagnostics = diagnostics;
  }

  /** Takes in what a driver says of one service. */
  note(service: string, event: DriverEvent): void {
    const { malformed = none } = event;
    if (this.#told.size > 0) this.#forgetMended(service, event, new Set(malformed.map((record) => record.key)));
    for (const record of malformed) this.#tell(service, record);
  }

  #forgetMended(service: string, event: DriverEvent, stillMalformed: ReadonlySet<string>): void {
    const mended = event.type === 'changes' ? changedIds(event.put, event.removedIds) : undefined;
    for (const [place, told] of this.#told) {
      if (told.service !== service || stillMalformed.has(told.key)) continue;
      if (mended === undefined || mended.has(told.id)) this.#told.delete(place);
    }
  }

  #tell(service: string, { key, id = key, error }: MalformedRecord): void {
    const place = JSON.stringify([service, key]);
    if (this.#told.has(place)) return;
    this.#told.set(place, { service, key, id });
    for (const oldest of this.#told.keys()) {
      if (this.#told.size <= remembered) break;
      this.#told.delete(oldest);
    }
    this.#diagnostics.report({ type: 'malformed-record', service, key, error });
  }
}

function changedIds(put: readonly { readonly id: string }[], removedIds: readonly string[]): ReadonlySet<string> {
  return new Set([...removedIds, ...put.map((instance) => instance.id)]);
}
