import type { DriverChanges, DriverEvent, MalformedRecord, ServiceInstance } from '@rollcall/core/driver';

type Next = IteratorResult<DriverEvent, undefined>;

/** What became of one id since the last event: its instance, nothing, or a record that cannot be decoded. */
type Change =
  | { readonly type: 'put'; readonly instance: ServiceInstance }
  | { readonly type: 'removed' }
  | { readonly type: 'spoilt'; readonly record: MalformedRecord };

/** Where a stream comes from, and what to do when it is over. */
export interface StreamTerms {
  readonly service: string;
  /** The set as it stands, asked for at the first read: what changes afterwards follows it without a gap (W1). */
  readonly open: () => DriverEvent;
  /** Asked before so many changes are told. @returns undefined if that may be done now, else what resolves when it may */
  readonly enter: (changes: number) => Promise<void> | undefined;
  /** Called before changes are told: what has run out by now has to be among them (L3). */
  readonly settle: () => void;
  readonly ended: () => void;
}

/**
 * One client's watch of one service: first the set, then what changed since the last event, as one step. Changes that wait
 * for a slow reader are folded by id, so that it holds at most one for each (W3).
 */
export class ChangeStream implements AsyncIterableIterator<DriverEvent, undefined, undefined> {
  readonly #terms: StreamTerms;
  readonly #changes = new Map<string, Change>();
  #step: 'unopened' | 'open' | 'over' = 'unopened';
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => undefined;

  constructor(terms: StreamTerms) {
    this.#terms = terms;
  }

  get service(): string {
    return this.#terms.service;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** One read at a time. */
  async next(): Promise<Next> {
    if (this.#step === 'unopened') {
      this.#step = 'open';
      return { done: false, value: this.#terms.open() };
    }
    // What happens in one step of the store is told in one event: the reader wakes when the step is over.
    if (this.#step === 'open' && this.#changes.size === 0)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    const turn = this.#step === 'open' ? this.#terms.enter(this.#changes.size) : undefined;
    if (turn !== undefined) await turn;
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#step === 'over') return { done: true, value: undefined };
    this.#terms.settle();
    return { done: false, value: this.#takeChanges() };
  }

  async return(): Promise<Next> {
    this.#end();
    return { done: true, value: undefined };
  }

  put(instance: ServiceInstance): void {
    this.#note(instance.id, { type: 'put', instance });
  }

  remove(id: string): void {
    this.#note(id, { type: 'removed' });
  }

  spoil(id: string, record: MalformedRecord): void {
    this.#note(id, { type: 'spoilt', record });
  }

  /** Ends it with `error`, also for a read that waits. */
  fail(error: unknown): void {
    if (this.#step === 'over') return;
    this.#failure = { error };
    this.#end();
  }

  #end(): void {
    if (this.#step === 'over') return;
    this.#step = 'over';
    this.#changes.clear();
    this.#terms.ended();
    this.#wake();
  }

  #note(id: string, change: Change): void {
    if (this.#step !== 'open') return;
    this.#changes.set(id, change);
    this.#wake();
  }

  #takeChanges(): DriverChanges {
    const put: ServiceInstance[] = [];
    const removedIds: string[] = [];
    const malformed: MalformedRecord[] = [];
    for (const [id, change] of this.#changes) {
      if (change.type === 'put') put.push(change.instance);
      else removedIds.push(id);
      if (change.type === 'spoilt') malformed.push(change.record);
    }
    this.#changes.clear();
    return { type: 'changes', put, removedIds, malformed };
  }
}
