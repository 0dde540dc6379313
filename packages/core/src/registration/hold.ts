import { type Deferred, deferred } from '../cancelling/deferred.ts';
import { LateSignal } from '../cancelling/late-signal.ts';
import { guardedCall } from '../diagnostics/guarded-call.ts';
import type { CallSubject } from '../driver/call-failure.ts';
import { RegistryError } from '../errors/registry-error.ts';
import type { ServiceInstance } from '../instance/instance.ts';
import type { RegistryParts } from '../registry/registry-parts.ts';
import type { GrantAttempt, Granted } from './grant-attempt.ts';
import { InstanceWrites } from './instance-writes.ts';
import { KeptLease } from './kept-lease.ts';
import { active, afterLeaseEvent, type LeaseEvent, type LeaseState, type OnLost } from './lease-state.ts';
import { regrant } from './regrant.ts';
import type { RegistrationStateChange } from './registration.ts';

/** What a registration was asked for, complete and checked. */
export interface HoldTerms {
  readonly owner: string;
  readonly ttlMs: number;
  readonly onLost: OnLost;
  readonly onStateChange: ((change: RegistrationStateChange) => void) | undefined;
}

/** Whoever is told that a registration is over. */
export interface EndListener {
  ended(): void;
}

/** One registration, from its first lease to its end: what happens is decided in lease-state.ts, and done here. */
export class Hold {
  readonly writes: InstanceWrites;
  readonly #parts: RegistryParts;
  readonly #terms: HoldTerms;
  #state: LeaseState = active;
  #lease: KeptLease;
  #regrant: GrantAttempt | undefined;
  /** Aborts at the end, for a re-registration that is under way. */
  #over: LateSignal | undefined;
  #lostAt = 0;
  #endListener: EndListener | undefined;
  #closed: Deferred<{ readonly cause?: unknown }> | undefined;

  constructor(parts: RegistryParts, instance: ServiceInstance, granted: Granted, terms: HoldTerms) {
    this.#parts = parts;
    this.#terms = terms;
    this.writes = new InstanceWrites(parts, instance, this);
    this.#lease = new KeptLease(parts, granted.lease, granted.sentAt, this);
    parts.wakeLock.acquire();
  }

  get state(): LeaseState {
    return this.#state;
  }

  /** The newest lease, also when it is over. */
  get lease(): KeptLease {
    return this.#lease;
  }

  /** An attempt to register again that was under way when it ended. */
  get abandonedAttempt(): GrantAttempt | undefined {
    return this.#state.kind === 'closed' ? this.#regrant : undefined;
  }

  /** Resolves when it is over; made when it is asked for, which most never are. */
  get closed(): Promise<{ readonly cause?: unknown }> {
    if (this.#closed === undefined) {
      this.#closed = deferred();
      if (this.#state.kind === 'closed') this.#closed.resolve(endOf(this.#state));
    }
    return this.#closed.promise;
  }

  /** `listener` is told of the end: at once if it has come. One is enough: the handle, of which the registry keeps count. */
  onEnd(listener: EndListener): void {
    if (this.#state.kind === 'closed') listener.ended();
    else this.#endListener = listener;
  }

  /** What a renewal is about, for messages. */
  get renewalSubject(): CallSubject {
    return { action: 'renew the lease', ...this.#name };
  }

  /** Something happened to the lease: changes state, tells, and goes on from there. */
  leaseEvent(event: LeaseEvent): void {
    if (event.type === 'renewal-failed')
      this.#parts.diagnostics.report({ type: 'renewal-failed', ...this.#name, error: event.cause });
    for (const state of afterLeaseEvent(this.#state, event, this.#terms.onLost)) this.#enter(state);
    if (event.type === 'renewed' && this.#state.kind === 'active') this.writes.flush(this.#lease);
  }

  /** Which entry it is: that never changes (I1). */
  get #name(): { readonly service: string; readonly id: string } {
    const { service, id } = this.writes.newest;
    return { service, id };
  }

  #enter(state: LeaseState): void {
    const from = this.#state;
    if (from.kind === 'closed') return; // the owner closed it from within onStateChange
    this.#state = state;
    if (state.kind === 'lost') this.#lose(state.cause);
    if (state.kind === 'closed') this.#end(from, state.cause);
    this.#tell(from, state);
    if (this.#state === state && state.kind === 'lost' && this.#terms.onLost === 'reregister') void this.#regain();
  }

  #lose(cause: unknown): void {
    this.#lostAt = this.#parts.clock.now();
    this.#lease.end(cause);
    this.#reportLoss(cause);
  }

  #end(from: LeaseState, cause: unknown): void {
    const reason = cause ?? new RegistryError('LEASE_NOT_FOUND', 'The registration was closed by its owner.');
    this.#lease.end(reason);
    this.#over?.abort(reason);
    this.#regrant?.disown().catch(() => undefined); // a removal that is given up has been reported
    this.writes.end(this.closedError('update the instance'));
    this.#parts.wakeLock.release();
    if (cause !== undefined && from.kind !== 'lost') this.#reportLoss(cause);
    this.#endListener?.ended();
    this.#closed?.resolve(endOf(this.#state));
  }

  /** For calls on a registration that is over (R5). */
  closedError(action: string): unknown {
    if (this.#parts.ending.isAborted) return this.#parts.ending.reason;
    const { service, id } = this.#name;
    const message = `Could not ${action} of ${JSON.stringify(`${service}/${id}`)}: the registration is closed.`;
    return new RegistryError('LEASE_NOT_FOUND', message, { cause: endOf(this.#state).cause });
  }

  #tell(from: LeaseState, to: LeaseState): void {
    const { onStateChange } = this.#terms;
    if (onStateChange === undefined) return;
    const cause = 'cause' in to ? { cause: to.cause } : {};
    guardedCall(onStateChange, Object.freeze({ from: from.kind, to: to.kind, ...cause }), (error) =>
      this.#parts.diagnostics.report({ type: 'callback-failed', error }),
    );
  }

  async #regain(): Promise<void> {
    const { owner, ttlMs } = this.#terms;
    this.#over ??= new LateSignal();
    const outcome = await regrant(this.#parts, {
      owner,
      ttlMs,
      over: this.#over,
      newest: () => ({ instance: this.writes.newest, version: this.writes.version }),
      attempting: (attempt) => {
        this.#regrant = attempt;
      },
    });
    if (this.#state.kind !== 'lost') return;
    this.#regrant = undefined;
    if (outcome.type === 'superseded') this.leaseEvent(outcome);
    if (outcome.type !== 'regained') return;
    const { granted, version, attempts } = outcome;
    this.#lease = new KeptLease(this.#parts, granted.lease, granted.sentAt, this);
    this.writes.holds(version);
    const gapMs = this.#parts.clock.now() - this.#lostAt;
    this.#parts.diagnostics.report({ type: 'reregistered', ...this.#name, attempts, gapMs });
    this.leaseEvent({ type: 'regained' });
    if (this.#lease.isOver) return;
    this.writes.flush(this.#lease);
  }

  #reportLoss(cause: unknown): void {
    this.#parts.diagnostics.report({ type: 'registration-lost', ...this.#name, cause });
  }
}

function endOf(state: LeaseState): { readonly cause?: unknown } {
  return state.kind === 'closed' && state.cause !== undefined ? { cause: state.cause } : {};
}
