/** Things by instant, the earliest first: a heap with four children to a node, the instants beside the things. */
export class InstantHeap<Item> {
  #instants = new Float64Array(64);
  readonly #items: Item[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** Of the first thing; `Infinity` when there is none. */
  get firstInstant(): number {
    return this.#items.length === 0 ? Infinity : (this.#instants[0] ?? Infinity);
  }

  get first(): Item | undefined {
    return this.#items[0];
  }

  /** Everything, in no order. */
  get items(): Iterable<Item> {
    return this.#items;
  }

  push(item: Item, instant: number): void {
    let index = this.#items.length;
    if (index === this.#instants.length) this.#grow();
    this.#items.push(item);
    while (index > 0) {
      const parent = (index - 1) >> 2;
      const above = this.#instants[parent] ?? 0;
      if (above <= instant) break;
      this.#move(parent, index);
      index = parent;
    }
    this.#instants[index] = instant;
    this.#items[index] = item;
  }

  /** Takes the first. @throws RangeError when there is none */
  pop(): Item {
    const first = this.#items[0];
    const last = this.#items.pop();
    if (first === undefined || last === undefined) throw new RangeError('pop of an empty heap');
    const length = this.#items.length;
    if (length === 0) return first;
    const instant = this.#instants[length] ?? 0;
    let index = 0;
    for (;;) {
      const child = this.#earliestChild(index, length);
      if (child === undefined || (this.#instants[child] ?? 0) >= instant) break;
      this.#move(child, index);
      index = child;
    }
    this.#instants[index] = instant;
    this.#items[index] = last;
    return first;
  }

  clear(): void {
    this.#items.length = 0;
  }

  #grow(): void {
    const grown = new Float64Array(this.#instants.length * 2);
    grown.set(this.#instants);
    this.#instants = grown;
  }

  #earliestChild(index: number, length: number): number | undefined {
    const from = index * 4 + 1;
    if (from >= length) return undefined;
    const to = Math.min(from + 4, length);
    let earliest = from;
    for (let child = from + 1; child < to; child += 1)
      if ((this.#instants[child] ?? 0) < (this.#instants[earliest] ?? 0)) earliest = child;
    return earliest;
  }

  #move(from: number, to: number): void {
    const item = this.#items[from];
    if (item === undefined) return;
    this.#instants[to] = this.#instants[from] ?? 0;
    this.#items[to] = item;
  }
}
