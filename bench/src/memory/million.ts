/** Every number from 0 to `count` - 1 once, in an order that no cache foresees: the same each time. */
export function shuffled(count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  let state = 1;
  for (let left = count; left > 1; left -= 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const other = Math.floor((state / 4_294_967_296) * left);
    const last = order[left - 1] ?? 0;
    order[left - 1] = order[other] ?? 0;
    order[other] = last;
  }
  return order;
}

/** What the baselines are about: an object with a field that is written, or a method that writes it and is awaited. */
export class Plain {
  /** With a value from the start: else the engine takes it for a field of anything, and boxes each number anew. */
  dueAt: number = Infinity;

  constructor(dueAt: number) {
    this.dueAt = dueAt;
  }

  async touch(now: number): Promise<void> {
    this.dueAt = now;
  }
}

/** A million of them, or as many as asked for. */
export function plainObjects(count: number): readonly Plain[] {
  return Array.from({ length: count }, (_, index) => new Plain(index + 0.5));
}

/** Nanoseconds for each of `count`. */
export function nsEach(startedAt: number, count: number): number {
  return ((performance.now() - startedAt) * 1e6) / count;
}

/** What is collected as garbage is, and how many bytes of heap and buffers are left. */
export function occupiedBytes(): number {
  for (let turn = 0; turn < 3; turn += 1) globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
