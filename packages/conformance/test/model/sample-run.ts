import { serviceInstance, type ServiceInstance } from '@rollcall/core';
import { boundsOf } from '../../src/model/bounds.ts';
import type { Claim, ClaimTerms } from '../../src/model/claim.ts';
import type { Fault, Holder } from '../../src/model/holder.ts';
import { judge } from '../../src/model/judge.ts';
import { Ledger } from '../../src/model/ledger.ts';
import type { Observation } from '../../src/model/observation.ts';
import { stamp } from '../../src/model/stamp.ts';

export const ttlMs = 15_000;
export const key = { service: 'orders', id: 'i1' };

/** A run made by hand: a ledger on a clock that the test sets. */
export class SampleRun {
  now = 0;
  readonly ledger: Ledger = new Ledger(
    boundsOf({
      ttlMs,
      lagMs: 0,
      slackMs: 0,
      isHandMoved: true,
      callTimeoutMs: 1_000,
      watchDelayMs: 0,
      fencing: 'atomic',
    }),
    () => this.now,
  );

  /** A registration that resolved at once. */
  registered(holder: Holder = this.ledger.holder(), terms: Partial<ClaimTerms> = {}): Claim {
    const claim = this.called(holder, terms);
    this.ledger.registered(claim, ttlMs);
    return claim;
  }

  /** A call of `register` that is under way. */
  called(holder: Holder = this.ledger.holder(), terms: Partial<ClaimTerms> = {}): Claim {
    const whole: ClaimTerms = { onConflict: 'replace', onUnavailable: 'reject', onLost: 'reregister', ...terms };
    return this.ledger.claim(holder, whole, (number) => version(number, 0));
  }

  fault(holder: Holder, kind: Fault['kind']): Fault {
    const fault = this.ledger.faulting(holder, kind);
    fault.sure = this.ledger.timeline.note();
    return fault;
  }

  restored(fault: Fault): void {
    fault.until = this.ledger.timeline.note();
    fault.over = this.ledger.timeline.note();
  }

  removed(): void {
    this.ledger.removing('remove', key, []).done = this.ledger.timeline.note();
  }

  /** Time passes, and owners in reach renew all the while. */
  pass(ms: number, ...renewing: readonly Claim[]): void {
    this.now += ms;
    for (const claim of renewing) this.ledger.believed(claim, ttlMs);
  }

  /** Somebody lists the service now, and sees `instances`. */
  listed(...instances: readonly ServiceInstance[]): void {
    judge(this.ledger, { ...this.#now(), who: 'client 9 listed', instances });
  }

  /** Somebody watches the service, and has `instances` now. */
  watched(...instances: readonly ServiceInstance[]): void {
    judge(this.ledger, { ...this.#now(), who: 'reader 1 of client 9 has', instances, watch: 'W4' });
  }

  #now(): Pick<Observation, 'service' | 'from' | 'to'> {
    const { timeline } = this.ledger;
    return { service: key.service, from: timeline.note(), to: timeline.note() };
  }
}

/** What the entry of a registration looks like. */
export function version(claim: number, number: number): ServiceInstance {
  return serviceInstance({ ...key, endpoints: ['http://10.0.0.1:80'], weight: number, metadata: stamp(claim, number) });
}
