import { fieldError } from '@rollcall/core/driver';
import type { PickContext } from '../balancer.ts';
import { HashRing } from '../hashing/hash-ring.ts';
import { textHash } from '../hashing/text-hash.ts';
import { checkInteger, checkNumber, checkOptionKeys } from '../option-checks.ts';
import { KnownWeights } from './known-weights.ts';
import type { Candidate, Picker, Policy } from './policy.ts';

/** Options of `consistentHash`. Unknown keys are refused with a `TypeError`. */
export interface ConsistentHashOptions {
  /**
   * How many times its fair part of the calls under way an instance may have before its keys go on to the next, above 1; `Infinity`
   * for no bound. Calls under way are those of `acquire`. @defaultValue 1.25
   */
  readonly loadBound?: number | undefined;
  /**
   * Points on the ring for an instance of weight 100, a whole number from 1. More of them make shares more even, and changes dearer:
   * with 128 the shares of equal instances differ by some 9 %. All callers of a service need the same. @defaultValue 128
   */
  readonly pointsPerInstance?: number | undefined;
}

/**
 * The same instance for the same `key`, for every caller that knows the same instances. When one of n leaves, its keys move, 1/n of all on
 * average, and no other; when one comes, keys move to it only. Shares of the keys follow the weights.
 *
 * An instance that has more than `loadBound` times its fair part of the calls under way is passed over, so that one key that
 * everybody asks for does not overload it.
 * @throws TypeError for a bad option, naming it; and `pick` does for a context without a key
 */
export function consistentHash(options: ConsistentHashOptions = {}): Policy {
  checkOptionKeys('consistentHash', options, ['loadBound', 'pointsPerInstance']);
  const { loadBound = 1.25 } = options;
  if (loadBound !== Infinity) checkNumber('options.loadBound', loadBound, { above: 1 });
  const pointsPerInstance = checkInteger('options.pointsPerInstance', options.pointsPerInstance ?? 128, { from: 1 });
  return {
    name: 'consistentHash',
    weights: 'followed',
    observes: 'nothing',
    createPicker: () => new ConsistentHash({ loadBound, pointsPerInstance }),
  };
}

interface ConsistentHashTerms {
  readonly loadBound: number;
  readonly pointsPerInstance: number;
}

class ConsistentHash<C extends Candidate> implements Picker<C> {
  readonly #loadBound: number;
  readonly #ring: HashRing<C>;
  readonly #weights: KnownWeights = new KnownWeights();
  #candidates: readonly C[] = [];
  /** Who is not a candidate any more, and has calls under way that were counted here. */
  #left: ReadonlySet<C> = new Set();
  #weight = 0;
  #inFlight = 0;

  constructor({ loadBound, pointsPerInstance }: ConsistentHashTerms) {
    this.#loadBound = loadBound;
    this.#ring = new HashRing(pointsPerInstance);
  }

  replace(candidates: readonly C[]): void {
    if (!this.#weights.differ(candidates)) return;
    this.#ring.replace(candidates);
    const present = new Set(candidates);
    this.#left = new Set([...this.#left, ...this.#candidates].filter((one) => one.inFlight > 0 && !present.has(one)));
    this.#candidates = candidates;
    this.#weight = 0;
    this.#inFlight = 0;
    for (const { weight, inFlight } of candidates) {
      this.#weight += weight;
      this.#inFlight += inFlight;
    }
  }

  pick({ key, avoid }: PickContext): C | undefined {
    if (typeof key !== 'string') throw fieldError('context.key', 'a string, by which consistentHash() chooses', key);
    const hash = textHash(key);
    const owner = this.#ring.ownerOf(hash);
    if (owner === undefined || (this.#hasRoom(owner) && !avoid?.has(owner.instance.id))) return owner;
    return this.#next(this.#ring.pointOf(hash), avoid) ?? owner;
  }

  acquired(): void {
    this.#inFlight += 1;
  }

  done(candidate: C): void {
    if (this.#left.size === 0 || !this.#left.has(candidate)) this.#inFlight -= 1;
  }

  #hasRoom({ inFlight, weight }: Candidate): boolean {
    return inFlight === 0 || inFlight < Math.ceil((this.#loadBound * (this.#inFlight + 1) * weight) / this.#weight);
  }

  /** The next on the ring who has room; without `avoid` there is one, as the bound is above 1: all together have room for more calls than there are. */
  #next(first: number, avoid: PickContext['avoid']): C | undefined {
    const { size } = this.#ring;
    for (let step = 1; step < size; step += 1) {
      const owner = this.#ring.ownerAt((first + step) % size);
      if (owner !== undefined && this.#hasRoom(owner) && !avoid?.has(owner.instance.id)) return owner;
    }
    return undefined;
  }
}
