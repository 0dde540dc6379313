import type { Clock, ServiceInstance, ServiceSnapshot } from '@rollcall/core';
import type { SavedService } from '../disk/saved-service.ts';
import { Absences, type ProtectionChange } from '../protection/absences.ts';
import type { ProtectionTerms } from '../protection/protection-terms.ts';
import type { CacheDiagnostics } from './cache-diagnostics.ts';
import { emptySet, isSameSet, missingIn, union } from './instance-sets.ts';
import type { CachedService, CachedServiceReport, CachedState } from './service-cache.ts';

/** What all services of a cache share. */
export interface CellTerms {
  readonly clock: Clock;
  readonly wallClock: () => number;
  readonly maxStaleMs: number;
  readonly protection: ProtectionTerms | undefined;
  /** How long the registry has to answer before the set from disk is served; undefined without a snapshot. */
  readonly afterMs: number | undefined;
  readonly diagnostics: CacheDiagnostics;
  /** The set or its state is another. */
  readonly changed: () => void;
}

/** Nothing is known yet. */
interface Unknown {
  readonly is: 'unknown';
  /** Whether the registry has had the time to answer first that it is given. */
  readonly isOverdue: boolean;
  /** Why the watch has failed. */
  readonly failure?: { readonly error: unknown } | undefined;
}

const notAsked: Unknown = { is: 'unknown', isOverdue: false };

/** What is known of a service beside its overrides. Each has at most one deadline: see `#arm`. */
type Knowledge =
  | Unknown
  | { readonly is: 'disk'; readonly since: number }
  | { readonly is: 'live' }
  | { readonly is: 'stale'; readonly since: number }
  | { readonly is: 'expired'; readonly since: number }
  | { readonly is: 'closed' };

/** One service: takes in what the registry, the disk and the overrides say, and decides what is served. */
export class ServiceCell implements CachedService {
  readonly service: string;
  readonly #terms: CellTerms;
  readonly #absences: Absences | undefined;
  readonly #listeners = new Set<(instances: readonly ServiceInstance[]) => void>();
  #served: readonly ServiceInstance[] = emptySet;
  #knowledge: Knowledge = notAsked;
  /** The set as the registry had it last. */
  #listed: readonly ServiceInstance[] = emptySet;
  /** What was served before the registry fell silent, or what was on disk. */
  #lastKnown: SavedService | undefined;
  #overridden: readonly ServiceInstance[] | undefined;
  #deadline: Disposable | undefined;

  constructor(service: string, terms: CellTerms) {
    this.service = service;
    this.#terms = terms;
    this.#absences = terms.protection && new Absences(terms.protection);
  }

  get instances(): readonly ServiceInstance[] {
    return this.#served;
  }

  get state(): CachedState {
    const { is } = this.#knowledge;
    if (is !== 'closed' && this.#overridden !== undefined) return 'overridden';
    return is === 'live' && this.#absences?.heldUntil !== undefined ? 'held' : is;
  }

  /** Why nothing is known, if the watch has failed. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#knowledge.is === 'unknown' ? this.#knowledge.failure : undefined;
  }

  get report(): CachedServiceReport {
    const { service, state } = this;
    const held = state === 'held' || state === 'stale' ? (this.#absences?.held.length ?? 0) : 0;
    const knowledge = this.#knowledge;
    const awayMs = 'since' in knowledge ? this.#terms.clock.now() - knowledge.since : 0;
    return { service, state, instances: this.#served.length, held, awayMs };
  }

  /** For the disk; undefined if nothing is known. */
  get saved(): SavedService | undefined {
    if (this.#overridden !== undefined || this.#knowledge.is !== 'live') return this.#lastKnown;
    return this.#known();
  }

  onChange(listener: (instances: readonly ServiceInstance[]) => void): () => void {
    // The same function may listen twice, and leaves once each.
    const own = (instances: readonly ServiceInstance[]): void => listener(instances);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  /** The registry is asked from now on. */
  begin(): void {
    const { afterMs } = this.#terms;
    if (afterMs !== undefined) this.#arm(afterMs, () => this.#overdue());
  }

  /** What is on disk, for as long as the registry does not answer. */
  offer(saved: SavedService): void {
    this.#lastKnown ??= saved;
    this.#fallBack();
  }

  /** What the registry says. */
  read({ instances, delta, freshness, reason }: ServiceSnapshot): void {
    const { clock } = this.#terms;
    // Who was known so long ago that it was not served any more is not missed.
    const former = this.#knowledge.is === 'expired' ? emptySet : this.#listed;
    const removed = reason === 'initial' || former === emptySet ? missingIn(instances, former) : delta.removed;
    if (this.#knowledge.is === 'stale') this.#absences?.prolong(clock.now());
    const change = this.#absences?.step({
      now: clock.now(),
      live: instances,
      added: delta.added,
      removed,
      continuity: reason === 'change' ? 'kept' : 'lost',
    });
    this.#listed = instances;
    if (freshness === 'live') this.#goLive();
    else this.#goStale();
    if (change !== undefined) this.#tell(change);
    this.#serve();
  }

  /** The watch has failed: what is known stands as it does in an outage. */
  fail(error: unknown): void {
    this.#terms.diagnostics.report({ type: 'watch-failed', service: this.service, error });
    this.#silent({ error });
  }

  /** The registry was closed. */
  end(): void {
    this.#silent();
  }

  /** Serves these alone; undefined: what the registry says, which is asked anew. */
  override(instances: readonly ServiceInstance[] | undefined): void {
    if (this.#knowledge.is === 'live' && instances !== undefined) this.#lastKnown = this.#known();
    this.#overridden = instances;
    this.#absences?.believe();
    this.#listed = emptySet;
    this.#enter(notAsked);
    this.#serve();
  }

  /** Nothing falls due any more; the set stands. To be called last. */
  close(): void {
    this.#lastKnown = this.saved;
    this.#enter({ is: 'closed' });
  }

  /** Nothing comes, and nothing is waited for. */
  #silent(failure?: { readonly error: unknown }): void {
    if (this.#knowledge.is === 'unknown') this.#overdue(failure);
    else if (this.#knowledge.is === 'live') this.#goStale();
    this.#serve();
  }

  #goLive(): void {
    const former = this.#knowledge;
    const { clock, diagnostics } = this.#terms;
    this.#enter({ is: 'live' });
    const heldUntil = this.#absences?.heldUntil;
    if (heldUntil !== undefined) this.#arm(heldUntil - clock.now(), () => this.#believe());
    if (!('since' in former)) return;
    const awayMs = clock.now() - former.since;
    diagnostics.report({ type: 'set-live', service: this.service, instances: this.#listed.length, awayMs });
  }

  #goStale(): void {
    const { is } = this.#knowledge;
    if (is === 'stale' || is === 'expired') return;
    const { clock, maxStaleMs, diagnostics } = this.#terms;
    this.#lastKnown = this.#known();
    this.#enter({ is: 'stale', since: clock.now() });
    if (maxStaleMs !== Infinity) this.#arm(maxStaleMs, () => this.#expire());
    const { length } = this.#lastKnown.instances;
    diagnostics.report({ type: 'set-stale', service: this.service, instances: length });
  }

  #overdue(failure?: { readonly error: unknown }): void {
    this.#enter({ is: 'unknown', isOverdue: true, failure });
    this.#fallBack();
  }

  #fallBack(): void {
    const { clock, wallClock, maxStaleMs, diagnostics } = this.#terms;
    const saved = this.#lastKnown;
    const isWanted = this.#knowledge.is === 'unknown' && this.#knowledge.isOverdue && this.#overridden === undefined;
    if (!isWanted || saved === undefined) return;
    this.#enter({ is: 'disk', since: clock.now() });
    if (maxStaleMs !== Infinity) this.#arm(maxStaleMs, () => this.#expire());
    const ageMs = wallClock() - saved.seenAt;
    const { length } = saved.instances;
    diagnostics.report({ type: 'set-from-disk', service: this.service, instances: length, ageMs });
    this.#serve();
  }

  #expire(): void {
    const { clock, maxStaleMs, diagnostics } = this.#terms;
    this.#absences?.believe();
    this.#enter({ is: 'expired', since: clock.now() - maxStaleMs });
    diagnostics.report({ type: 'set-expired', service: this.service, staleMs: maxStaleMs });
    this.#serve();
  }

  /** The bound is over: those that did not return are gone. */
  #believe(): void {
    const gone = this.#absences?.believe() ?? 0;
    this.#terms.diagnostics.report({ type: 'protection-ended', service: this.service, because: 'bound-over', gone });
    this.#serve();
  }

  #tell(change: ProtectionChange): void {
    const { protection, diagnostics } = this.#terms;
    const { service } = this;
    if (change.is === 'ended') {
      diagnostics.report({ type: 'protection-ended', service, because: change.because, gone: 0 });
    } else if (protection !== undefined) {
      const { pattern, held, left } = change;
      diagnostics.report({ type: 'protection-began', service, pattern, held, left, holdMs: protection.holdMs });
    }
  }

  #known(): SavedService {
    return { service: this.service, seenAt: this.#terms.wallClock(), instances: this.#fromRegistry() };
  }

  #fromRegistry(): readonly ServiceInstance[] {
    return union(this.#listed, this.#absences?.held ?? emptySet);
  }

  /** Enters a state, whose deadline is set next if it has one. */
  #enter(knowledge: Knowledge): void {
    this.#knowledge = knowledge;
    this.#deadline?.[Symbol.dispose]();
    this.#deadline = undefined;
  }

  #arm(ms: number, callback: () => void): void {
    this.#deadline?.[Symbol.dispose]();
    this.#deadline = this.#terms.clock.schedule(ms, callback, { background: true });
  }

  #serve(): void {
    const next = this.#toServe();
    if (!isSameSet(next, this.#served)) {
      this.#served = next;
      for (const listener of this.#listeners) this.#terms.diagnostics.guard(() => listener(next));
    }
    this.#terms.changed();
  }

  #toServe(): readonly ServiceInstance[] {
    if (this.#knowledge.is === 'closed') return this.#served;
    if (this.#overridden !== undefined) return this.#overridden;
    switch (this.#knowledge.is) {
      case 'live':
      case 'stale':
        return this.#fromRegistry();
      case 'disk':
        return this.#lastKnown?.instances ?? emptySet;
      case 'unknown':
      case 'expired':
        return emptySet;
    }
  }
}
