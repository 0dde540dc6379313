import { readFile, stat } from 'node:fs/promises';
import type { Clock } from '@rollcall/core';
import { noOverrides, type Overrides, parseOverrides } from './overrides-format.ts';

/** How often the file is looked at, by its size and time: watches of the system miss changes in mounted folders. */
const lookEveryMs = 1_000;

/** Who hears what is in the file. */
export interface OverridesListener {
  /** It was read, for the first time or because it has changed. A file that is not there overrides nothing. */
  read(overrides: Overrides): void;
  /** It could not be read. What was read before stands. */
  refused(error: unknown): void;
}

/** A file of overrides that is read again whenever it changes. */
export class OverridesFile {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #listener: OverridesListener;
  #timer: Disposable | undefined;
  #isClosed = false;
  /** How the file looked when it was last read. */
  #stamp: string | undefined;
  /** Why it was last refused, so that the same is told once. */
  #refusal: string | undefined;

  constructor(path: string, clock: Clock, listener: OverridesListener) {
    this.#path = path;
    this.#clock = clock;
    this.#listener = listener;
    void this.#look();
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.[Symbol.dispose]();
  }

  /** Never rejects. */
  async #look(): Promise<void> {
    try {
      const stamp = await stampOf(this.#path);
      if (stamp !== this.#stamp) await this.#read(stamp);
    } catch (error) {
      this.#refuse(error);
    }
    if (!this.#isClosed) this.#timer = this.#clock.schedule(lookEveryMs, () => void this.#look(), { background: true });
  }

  async #read(stamp: string): Promise<void> {
    // Noted first: one that cannot be read is read again when it has changed.
    this.#stamp = stamp;
    const overrides = stamp === absent ? noOverrides : parseOverrides(await readFile(this.#path, 'utf8'), this.#path);
    this.#refusal = undefined;
    if (!this.#isClosed) this.#listener.read(overrides);
  }

  #refuse(error: unknown): void {
    const refusal = String(error);
    if (this.#isClosed || refusal === this.#refusal) return;
    this.#refusal = refusal;
    this.#listener.refused(error);
  }
}

const absent = 'absent';

async function stampOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs } = await stat(path, { bigint: true });
    return `${ino} ${size} ${mtimeNs}`;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return absent;
    throw error;
  }
}
