import type { CallResult, Candidate, PickContext, Picker, Policy } from '@rollcall/balancer';

/** The context of a call that has its instance already, and begins now. */
export class BegunCall implements PickContext {
  /** The id of the instance. */
  readonly key: string;

  constructor(id: string) {
    this.key = id;
  }
}

/**
 * `policy`, for a balancer that is asked twice for each call. grpc-js picks for calls that may be given up before they begin, without telling;
 * so an instance is picked first, and acquired when the call begins, by a `BegunCall`, which gets its instance, or nobody if that has left.
 */
export function countedPolicy(policy: Policy): Policy {
  const { name, weights, observes } = policy;
  return { name, weights, observes, createPicker: (parts) => new CountedPicker(policy.createPicker(parts)) };
}

class CountedPicker<C extends Candidate> implements Picker<C> {
  readonly #picker: Picker<C>;
  #byId: ReadonlyMap<string, C> = new Map();

  constructor(picker: Picker<C>) {
    this.#picker = picker;
  }

  replace(candidates: readonly C[]): void {
    this.#byId = new Map(candidates.map((candidate) => [candidate.instance.id, candidate]));
    this.#picker.replace(candidates);
  }

  pick(context: PickContext): C | undefined {
    return context instanceof BegunCall ? this.#byId.get(context.key) : this.#picker.pick(context);
  }

  acquired(candidate: C): void {
    this.#picker.acquired?.(candidate);
  }

  done(candidate: C, result: CallResult, elapsedMs: number): void {
    this.#picker.done?.(candidate, result, elapsedMs);
  }
}
