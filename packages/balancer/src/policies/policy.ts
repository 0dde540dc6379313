import type { ServiceInstance } from '@rollcall/core';
import type { CallResult, PickContext } from '../balancer.ts';
import type { Draws } from '../draws.ts';

/** One instance that may be picked, as a policy sees it: the same object for as long as its id is listed. */
export interface Candidate {
  /** Its newest record. */
  readonly instance: ServiceInstance;
  /** Its relative share now, above 0: the instance's weight, less while it starts slowly. It changes before a `replace` only. */
  readonly weight: number;
  /** How many calls were acquired on it by this balancer and are not done. */
  readonly inFlight: number;
}

/** What a picker is made with. */
export interface PickerParts {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Random numbers of the balancer's own. */
  readonly draws: Draws;
}

/** A policy at work for one balancer. It keeps what it has learned when its candidates are replaced. */
export interface Picker<C extends Candidate = Candidate> {
  /**
   * The candidates from now on, sorted by id: called once before the first pick, then after each change of them, of their
   * records or of their weights. The array is a plain one, and never changed.
   */
  replace(candidates: readonly C[]): void;
  /** One of the candidates; nothing if there is none. Synchronous, and allocates nothing. */
  pick(context: PickContext): C | undefined;
  /** A call was acquired on `candidate`, which counts it already. */
  acquired?(candidate: C): void;
  /**
   * A call that was acquired is over, and not counted any more. The candidate may have left meanwhile.
   * @param elapsedMs how long it took; NaN unless the picker observes latency
   */
  done?(candidate: C, result: CallResult, elapsedMs: number): void;
}

/** A way to choose among candidates. A value without state: several balancers may share it. */
export interface Policy {
  /** What it is called in messages. */
  readonly name: string;
  /** Whether shares follow the weights of instances. Weight 0 gets none either way. */
  readonly weights: 'followed' | 'ignored';
  /** Whether the time that calls take is measured for it. Reading the clock costs more than a pick. */
  readonly observes: 'nothing' | 'latency';
  /** A picker for one balancer, without candidates. */
  createPicker<C extends Candidate>(parts: PickerParts): Picker<C>;
}
