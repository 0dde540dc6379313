import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../../../testing/fc.ts';
import type { ServiceInstance } from '../../src/instance/instance.ts';
import type { ServiceSnapshot, Watcher } from '../../src/watch/watcher.ts';
import { instance, isFrozen, plainDelta, sorted } from './sample-sets.ts';
import { bench, type Bench, failure } from './watched.ts';

type Versions = ReadonlyMap<string, number>;

const anyInstances = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 1, max: 2 }), { maxKeys: 3 });
const anyChange = fc.record({
  put: anyInstances,
  removedIds: fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 3 }),
});

const anyStep = fc.oneof(
  { weight: 5, arbitrary: fc.record({ type: fc.constant('read' as const), who: fc.nat(2) }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('change' as const), change: anyChange }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('replace' as const), set: anyInstances }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('cut' as const),
      code: fc.constantFrom('REGISTRY_UNAVAILABLE' as const, 'REGISTRY_FORBIDDEN' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('reach' as const) }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 1_500 }) }) },
);

/** One reader with at most two reads pending, and all it may expect. */
class CheckedReader {
  readonly watcher: Watcher;
  readonly #fresh: { readonly read: number; readonly snapshot: ServiceSnapshot }[] = [];
  #last: ServiceSnapshot | undefined;
  #reads = 0;
  #served = 0;
  /** How often a stream had been opened when it last looked at the set. */
  #seenStreams = 0;

  constructor(watcher: Watcher) {
    this.watcher = watcher;
  }

  get last(): ServiceSnapshot | undefined {
    return this.#last;
  }

  get isWaiting(): boolean {
    return this.#served + this.#fresh.length < this.#reads;
  }

  read(): void {
    if (this.#reads - this.#served >= 2) return;
    const read = (this.#reads += 1);
    void this.watcher.next().then(({ value }) => value && this.#fresh.push({ read, snapshot: value }));
  }

  /** Judges what has come since, where the hub's set may have been `before` or is `after`. */
  judge(backend: Backend, before: Versions, after: Versions): void {
    const possible = [before, after].map((versions) => JSON.stringify(asInstances(versions)));
    for (const { read, snapshot } of this.#fresh.splice(0)) {
      this.#served += 1;
      expect(read).toBe(this.#served); // W9: in order
      this.#judgeOne(snapshot, backend);
      const set = JSON.stringify(snapshot.instances);
      expect(possible).toContain(set); // W3: the newest, and never back
      possible.splice(0, possible.indexOf(set));
      this.#last = snapshot;
    }
    if (!this.isWaiting) return;
    this.#seenStreams = backend.opened;
    expect(this.#last === undefined || this.#last.freshness === backend.freshness).toBe(true); // W6: not later either
  }

  #judgeOne(snapshot: ServiceSnapshot, backend: Backend): void {
    const { instances, delta, freshness, reason } = snapshot;
    // What is stale was told before the stream that this step may have opened.
    const streams = freshness === 'stale' ? backend.openedBefore : backend.opened;
    const before = this.#last?.instances ?? [];
    expect(delta).toEqual(plainDelta(before, instances)); // W2: exact, against what this reader read
    expect(Object.isFrozen(snapshot) && Object.isFrozen(instances) && isFrozen(delta)).toBe(true);
    const isSame = delta.added.length + delta.updated.length + delta.removed.length === 0;
    if (this.#last === undefined) {
      expect(reason).toBe('initial');
    } else {
      expect(isSame && freshness === this.#last.freshness).toBe(false); // W5: nothing twice
      const cause = streams > this.#seenStreams ? 'resync' : 'change';
      expect(reason).toBe(isSame ? 'freshness' : cause);
    }
    expect(freshness === 'live' || backend.gapMs >= 1_000).toBe(true); // W7: not before 1 s
    this.#seenStreams = streams;
  }
}

/** The backend's set, which goes on changing while it cannot be reached. */
class Backend {
  truth: Versions = new Map();
  /** What the driver has told. */
  delivered: Versions = new Map();
  /** Streams that have told a set. */
  opened = 0;
  /** The same when the step began. */
  openedBefore = 0;
  /** How long the outage had lasted that ended in this step. */
  #endedGapMs = 0;
  #brokenAt: number | undefined;
  #down: Error | undefined;
  readonly #on: Bench;

  constructor(on: Bench) {
    this.#on = on;
    on.driver.script.watch = (service, options) => {
      const watch = on.driver.open(service, options);
      if (this.#down === undefined) {
        this.opened += 1;
        this.#endedGapMs = this.gapMs;
        this.#brokenAt = undefined;
        this.delivered = this.truth;
        watch.snapshot(...asInstances(this.truth));
      } else {
        watch.fail(this.#down);
      }
      return watch;
    };
  }

  get #stream(): Bench['driver']['watching'] | undefined {
    return this.#on.driver.watches.findLast(({ isOver }) => !isOver);
  }

  change(put: Readonly<Record<string, number>>, removedIds: readonly string[]): void {
    const next = new Map(this.truth);
    for (const id of removedIds) next.delete(id);
    for (const [id, version] of Object.entries(put)) next.set(id, version);
    this.truth = next;
    this.#tell((stream) => stream.change(asInstances(new Map(Object.entries(put))), removedIds));
  }

  replace(set: Readonly<Record<string, number>>): void {
    this.truth = new Map(Object.entries(set));
    this.#tell((stream) => stream.snapshot(...asInstances(this.truth)));
  }

  #tell(told: (stream: Bench['driver']['watching']) => void): void {
    if (this.#stream === undefined || this.#down !== undefined) return;
    this.delivered = this.truth;
    told(this.#stream);
  }

  cut(error: Error): void {
    this.#down = error;
    this.#brokenAt ??= this.#on.clock.now();
    this.#stream?.fail(error);
  }

  reach(): void {
    this.#down = undefined;
  }

  /** How long the outage lasts, or lasted if it ended in this step. */
  get gapMs(): number {
    return this.#brokenAt === undefined ? this.#endedGapMs : this.#on.clock.now() - this.#brokenAt;
  }

  get freshness(): ServiceSnapshot['freshness'] {
    return this.#brokenAt !== undefined && this.gapMs >= 1_000 ? 'stale' : 'live';
  }

  /** Another step begins. */
  beginStep(): void {
    this.#endedGapMs = 0;
    this.openedBefore = this.opened;
  }
}

function asInstances(versions: Versions): readonly ServiceInstance[] {
  return sorted([...versions].map(([id, version]) => instance(id, version)));
}

test('W2, W3, W5, W6, W9: every reader reads a true history, whatever happens and however slow it is', () =>
  check(
    fc.asyncProperty(fc.array(anyStep, { maxLength: 50, size: 'max' }), async (steps) => {
      const on = bench();
      const backend = new Backend(on);
      const readers = [0, 1, 2].map(() => new CheckedReader(on.registry.watch('orders')));
      /** Each step moves the hub's set once at most. */
      const step = async (act: () => void, ms: number = 0): Promise<void> => {
        const before = backend.delivered;
        backend.beginStep();
        act();
        await on.clock.advance(ms);
        for (const reader of readers) reader.judge(backend, before, backend.delivered);
      };
      const wait = (ms: number): Promise<void> => step(() => undefined, ms);
      await step(() => readers[0]?.read()); // a first good read, before the backend can refuse one
      for (const one of steps) {
        if (one.type === 'wait') await wait(one.ms);
        else if (one.type === 'read') await step(() => readers[one.who]?.read());
        else if (one.type === 'change') await step(() => backend.change(one.change.put, one.change.removedIds));
        else if (one.type === 'replace') await step(() => backend.replace(one.set));
        else if (one.type === 'cut') await step(() => backend.cut(failure(one.code)));
        else await step(() => backend.reach());
      }
      backend.reach();
      await wait(1_000);
      for (let round = 0; round < 3; round += 1) {
        await step(() => {
          for (const reader of readers) if (!reader.isWaiting) reader.read();
        });
      }
      const truth = asInstances(backend.truth);
      expect(readers.map(({ last }) => [last?.freshness, last?.instances])).toEqual(readers.map(() => ['live', truth]));
      for (const reader of readers) await reader.watcher.return();
      await on.clock.advance(0);
      expect(on.clock.timers).toBe(0);
      expect(on.driver.watches.every(({ isOver }) => isOver)).toBe(true);
    }),
    { numRuns: 40 },
  ));
