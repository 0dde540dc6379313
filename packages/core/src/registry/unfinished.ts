/** Work that nobody may be waiting for any more and that closing the registry still waits for: what it writes has to be removed (C2). */
export class Unfinished {
  readonly #work = new Set<Promise<void>>();

  /** What `work` comes to is the business of whoever started it; here it only counts as done (E4). */
  add(work: Promise<unknown>): void {
    const done = settled(work).finally(() => this.#work.delete(done));
    this.#work.add(done);
  }

  /** Resolves when nothing is left, with what was added meanwhile. */
  async finished(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work);
  }
}

async function settled(work: Promise<unknown>): Promise<void> {
  await work.catch(() => undefined);
}
