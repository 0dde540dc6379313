import type { Clock, ServiceInstance } from '@rollcall/core';
import { guarded } from '@rollcall/core/driver';
import type { AcquiredInstance, Balancer, CallResult, PickContext } from './balancer.ts';
import type { BalancerDiagnosticEvent } from './balancer-diagnostics.ts';
import { type BalancerOptions, type BalancerTerms, balancerTerms } from './balancer-options.ts';
import type { BalancerStats } from './balancer-stats.ts';
import { CallTally } from './call-tally.ts';
import { Draws } from './draws.ts';
import { Ejection } from './ejection.ts';
import { isEligible } from './eligible.ts';
import type { InstanceSource } from './instance-source.ts';
import { type Listed, listedNow, type Member, nobodyListed } from './member.ts';
import { NoInstanceError } from './no-instance-error.ts';
import type { Picker } from './policies/policy.ts';
import { selectionOf } from './selection.ts';
import { shareAt, stepMs } from './slow-start.ts';
import { type Absence, whyNobody } from './why-nobody.ts';

/**
 * A balancer over the instances of `source`, which it follows until it is closed. What a change costs is paid when it comes, not by
 * the pick after it.
 * @throws TypeError for a bad option, naming it; and what a filter throws on the instances of the moment
 */
export function createBalancer(source: InstanceSource, options: BalancerOptions): Balancer {
  return new FollowingBalancer(source, balancerTerms(options));
}

const noContext: PickContext = Object.freeze({});

/** How often a policy is asked for somebody who is not to be avoided. */
const attemptsToAvoid = 4;

class FollowingBalancer implements Balancer {
  readonly service: string;
  readonly #terms: BalancerTerms;
  readonly #picker: Picker<Member>;
  readonly #ejection: Ejection | undefined;
  /** For policies that observe latency. */
  readonly #clock: Clock | undefined;
  readonly #unfollow: () => void;
  readonly #tally: CallTally = new CallTally();
  /** Everybody who is listed. */
  #listed: Listed;
  /** Of them, those that are eligible and that the filters left. */
  #selected: readonly Member[];
  /** Of them, those that are not ejected: whom the picker has. */
  #offered: readonly Member[] = [];
  #candidates: readonly ServiceInstance[] | undefined;
  #absence: Absence | undefined;
  #step: Disposable | undefined;

  constructor(source: InstanceSource, terms: BalancerTerms) {
    const { policy, filters, clock, random, ejection } = terms;
    this.service = source.service;
    this.#terms = terms;
    this.#clock = policy.observes === 'latency' ? clock : undefined;
    this.#picker = policy.createPicker<Member>({ now: () => clock.now(), draws: new Draws(random) });
    this.#ejection =
      ejection &&
      new Ejection({
        clock,
        terms: ejection,
        onReturn: ({ instance }) => this.#report({ type: 'instance-returned', service: this.service, id: instance.id }),
        onChange: () => this.#offer(),
      });
    // Whoever is there at the start is not new.
    this.#listed = listedNow(nobodyListed, source.instances, -Infinity);
    const selection = selectionOf(this.#listed.members, filters);
    if (selection.is === 'failed') throw selection.error;
    this.#selected = selection.members;
    this.#offer();
    this.#unfollow = source.onChange((instances) => this.#follow(instances));
  }

  get candidates(): readonly ServiceInstance[] {
    this.#candidates ??= Object.freeze(this.#offered.map(({ instance }) => instance));
    return this.#candidates;
  }

  get stats(): BalancerStats {
    const listed = this.#listed.members.length;
    const eligible = this.#listed.instances.filter((instance) => isEligible(instance)).length;
    const selected = this.#selected.length;
    const candidates = this.#offered.length;
    return {
      ...this.#tally.counts,
      instances: {
        candidate: candidates,
        ejected: selected - candidates,
        filtered: eligible - selected,
        ineligible: listed - eligible,
      },
    };
  }

  pick(context?: PickContext): ServiceInstance {
    const member = context === undefined ? this.#picker.pick(noContext) : this.#choose(context);
    if (member === undefined) throw this.#nobody();
    this.#tally.picked += 1;
    return member.instance;
  }

  acquire(context?: PickContext): AcquiredInstance {
    const member = context === undefined ? this.#picker.pick(noContext) : this.#choose(context);
    if (member === undefined) throw this.#nobody();
    this.#tally.acquired += 1;
    member.inFlight += 1;
    this.#picker.acquired?.(member);
    return this.#clock === undefined ? new Call(this.#ends, member) : new TimedCall(this.#ends, member, this.#clock);
  }

  close(): void {
    this.#unfollow();
    this.#ejection?.close();
    this.#step?.[Symbol.dispose]();
    this.#listed = nobodyListed;
    this.#selected = [];
    this.#offered = [];
    this.#candidates = undefined;
    this.#picker.replace([]);
    this.#absence = {
      code: 'BALANCER_CLOSED',
      message: `There is no instance of ${this.service} to call: the balancer is closed.`,
    };
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #choose(context: PickContext): Member | undefined {
    const member = this.#picker.pick(context);
    const { avoid } = context;
    return avoid === undefined || member === undefined || !avoid.has(member.instance.id)
      ? member
      : this.#another(member, context, avoid);
  }

  /** The policy is asked a few times more; one that keeps to its choice is passed over, for the next in the list that is not to be avoided. */
  #another(member: Member, context: PickContext, avoid: ReadonlySet<string>): Member {
    const isFresh = ({ instance }: Member): boolean => !avoid.has(instance.id);
    for (let attempt = 0; attempt < attemptsToAvoid; attempt += 1) {
      const again = this.#picker.pick(context);
      if (again !== undefined && isFresh(again)) return again;
    }
    const at = this.#offered.indexOf(member);
    return this.#offered.slice(at).find(isFresh) ?? this.#offered.find(isFresh) ?? member;
  }

  /** One function for all calls of this balancer. */
  readonly #ends: EndCall = (member, result, elapsedMs) => {
    member.inFlight -= 1;
    this.#picker.done?.(member, result, elapsedMs);
    if (result === 'success') {
      this.#tally.succeeded += 1;
      member.failures = 0;
    } else if (result === 'failure') {
      this.#tally.failed += 1;
      this.#failed(member);
    } else this.#tally.ignored += 1;
  };

  #failed(member: Member): void {
    member.failures += 1;
    const forMs = this.#ejection?.judge(member, this.#selected);
    if (forMs === undefined) return;
    const { failures, instance } = member;
    this.#report({ type: 'instance-ejected', service: this.service, id: instance.id, failures, forMs });
    this.#offer();
  }

  #follow(instances: readonly ServiceInstance[]): void {
    const former = this.#listed.members;
    const { changed, ...listed } = listedNow(this.#listed, instances, this.#terms.clock.now());
    this.#listed = listed;
    // A set that everybody is eligible in need not be looked through for one that changes.
    const isWhole = this.#selected === former && changed.every(({ instance }) => isEligible(instance));
    this.#selected = isWhole ? listed.members : this.#select();
    this.#ejection?.fit(this.#selected);
    this.#offer();
  }

  /** Where a filter fails there is nobody new, and nobody who is not eligible. */
  #select(): readonly Member[] {
    const selection = selectionOf(this.#listed.members, this.#terms.filters);
    if (selection.is === 'made') return selection.members;
    const { filter, error } = selection;
    this.#report({ type: 'filter-failed', service: this.service, filter, error });
    const former = new Set(this.#selected);
    return this.#listed.members.filter((member) => former.has(member) && isEligible(member.instance));
  }

  /** Hands the picker whom it may pick now, at the weights of now. */
  #offer(): void {
    const ejection = this.#ejection;
    this.#offered = ejection === undefined ? this.#selected : this.#selected.filter((member) => !ejection.has(member));
    this.#weigh();
    this.#candidates = undefined;
    this.#absence = undefined;
    this.#picker.replace(this.#offered);
  }

  /** While somebody starts slowly, it is done again with each step. */
  #weigh(): void {
    const { slowStart, clock } = this.#terms;
    this.#step?.[Symbol.dispose]();
    this.#step = undefined;
    if (slowStart === undefined) return;
    let isGrowing = false;
    const now = clock.now();
    for (const member of this.#offered) {
      const share = shareAt(now - member.eligibleSinceMs, slowStart);
      if (share < 1) isGrowing = true;
      member.weight = member.instance.weight * share;
    }
    if (isGrowing) this.#step = clock.schedule(stepMs(slowStart), () => this.#offer(), { background: true });
  }

  /** The reason is found once for each change: whoever asks without end costs little. */
  #nobody(): NoInstanceError {
    const { filters, policy } = this.#terms;
    const { service } = this;
    const listed = this.#listed.instances;
    this.#absence ??= whyNobody({ service, listed, filters, policy: policy.name });
    const { code, message, cause } = this.#absence;
    this.#tally.refused[code] += 1;
    return new NoInstanceError({ code, service }, message, { cause });
  }

  #report(event: BalancerDiagnosticEvent): void {
    // A broken sink cannot be told about itself.
    guarded(() => this.#terms.onDiagnostic?.(event));
  }
}

type EndCall = (member: Member, result: CallResult, elapsedMs: number) => void;

/** One call under way. */
class Call implements AcquiredInstance {
  readonly instance: ServiceInstance;
  readonly #ends: EndCall;
  #member: Member | undefined;

  constructor(ends: EndCall, member: Member) {
    this.instance = member.instance;
    this.#ends = ends;
    this.#member = member;
  }

  done(result: CallResult): void {
    this.end(result, Number.NaN);
  }

  [Symbol.dispose](): void {
    this.done('ignored');
  }

  protected end(result: CallResult, elapsedMs: number): void {
    const member = this.#member;
    if (member === undefined) return;
    this.#member = undefined;
    this.#ends(member, result, elapsedMs);
  }
}

/** One whose policy wants to know how long it took. */
class TimedCall extends Call {
  readonly #clock: Clock;
  readonly #startedAtMs: number;

  constructor(ends: EndCall, member: Member, clock: Clock) {
    super(ends, member);
    this.#clock = clock;
    this.#startedAtMs = clock.now();
  }

  override done(result: CallResult): void {
    this.end(result, this.#clock.now() - this.#startedAtMs);
  }
}
