import type { RegistryError } from '../errors/registry-error.ts';
import type { RegistryParts } from '../registry/registry-parts.ts';
import type { Feed } from './feed.ts';

/** A break that heals within this need not be told to readers (W7). */
const graceMs = 1_000;

/** Times in which a feed's backend is out of reach: when readers are told that their set is stale, and what diagnostics say (W6). */
export class Outage {
  readonly #parts: RegistryParts;
  readonly #feed: Feed;
  #current: { readonly since: number; code: RegistryError['code'] } | undefined;
  #grace: Disposable | undefined;

  constructor(parts: RegistryParts, feed: Feed) {
    this.#parts = parts;
    this.#feed = feed;
  }

  /** The stream broke, or could not be opened. Told once for each outage, and again when the cause changes. */
  began(error: RegistryError): void {
    if (this.#current === undefined) {
      this.#current = { since: this.#parts.clock.now(), code: error.code };
      this.#grace = this.#parts.clock.schedule(graceMs, () => this.#goStale(), { background: true });
    } else if (this.#current.code === error.code) {
      return;
    }
    this.#current.code = error.code;
    this.#parts.diagnostics.report({ type: 'watch-interrupted', service: this.#feed.service, error });
  }

  /** A good snapshot came. @param resync whether the set had changed meanwhile */
  ended(resync: boolean): void {
    this.over();
    if (this.#current === undefined) return;
    const gapMs = this.#parts.clock.now() - this.#current.since;
    this.#current = undefined;
    this.#parts.diagnostics.report({ type: 'watch-resumed', service: this.#feed.service, resync, gapMs });
  }

  /** Nobody reads any more, or never again. */
  over(): void {
    this.#grace?.[Symbol.dispose]();
    this.#grace = undefined;
  }

  #goStale(): void {
    if (!this.#feed.view.isKnown) return;
    this.#feed.view.goStale();
    this.#feed.publish();
  }
}
