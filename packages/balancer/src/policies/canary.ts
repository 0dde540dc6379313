import type { ServiceInstance } from '@rollcall/core';
import { checkFunction, fieldError } from '@rollcall/core/driver';
import type { CallResult, PickContext } from '../balancer.ts';
import { textHash } from '../hashing/text-hash.ts';
import { checkNumber, checkOptionKeys, checkText } from '../option-checks.ts';
import type { Candidate, Picker, PickerParts, Policy } from './policy.ts';

/** Options of `canary`. Unknown keys are refused with a `TypeError`. */
export interface CanaryOptions {
  /** Which instances are the canary, such as `({ deployment }) => deployment === 'canary'`. Must give the same for the same instance. */
  readonly is: (instance: ServiceInstance) => boolean;
  /** The part of the calls that it gets, from 0 to 1, to a millionth; the weights of instances do not count for it. */
  readonly share: number;
  /**
   * A header whose value `always` sends a call to the canary, and `never` to the others, whatever the share. In lower case.
   * @defaultValue none
   */
  readonly header?: string | undefined;
  /** How an instance is chosen within either. */
  readonly policy: Policy;
}

/** Shares are counted in millionths, in whole numbers, so that they are exact however long it runs. */
const whole = 1_000_000;
/** Apart from the hash by which `consistentHash` chooses, so that the canary's keys are spread over all instances. */
const canarySeed = 0x63_61_6e_61;

/**
 * A part of the calls to the canary, all others to the rest; each side has a picker of the policy of its own. The header decides, then
 * the key, then the turn: of any N calls with neither, N times the share go to the canary, give or take less than one. All calls
 * with one key go to one side, and a share that grows takes keys from the rest only. While a side has nobody to call, the other has all calls.
 * @throws TypeError for a bad option, naming it
 */
export function canary(options: CanaryOptions): Policy {
  checkOptionKeys('canary', options, ['is', 'share', 'header', 'policy']);
  const { is, header, policy } = options;
  if (is === undefined) throw fieldError('options.is', 'a function', is);
  checkFunction('options.is', is);
  const share = Math.round(checkNumber('options.share', options.share, { from: 0, to: 1 }) * whole);
  if (header !== undefined && checkText('options.header', header) !== header.toLowerCase())
    throw fieldError('options.header', 'a name in lower case', header);
  if (typeof policy?.createPicker !== 'function')
    throw fieldError('options.policy', 'a policy, such as roundRobin()', policy);
  return {
    name: `canary of ${policy.name}`,
    weights: policy.weights,
    observes: policy.observes,
    createPicker: <C extends Candidate>(parts: PickerParts) =>
      new Canary<C>(
        { is, share, header },
        { canary: policy.createPicker(parts), rest: policy.createPicker(parts) },
        parts,
      ),
  };
}

interface CanaryTerms {
  readonly is: (instance: ServiceInstance) => boolean;
  readonly share: number;
  readonly header: string | undefined;
}

type Side = 'canary' | 'rest';

class Canary<C extends Candidate> implements Picker<C> {
  readonly #terms: CanaryTerms;
  readonly #pickers: Readonly<Record<Side, Picker<C>>>;
  #sides: ReadonlyMap<C, Side> = new Map();
  /** The only side that has candidates, or both. */
  #open: Side | 'both' = 'both';
  /** Grows by the share with each call, and gives the call that reaches the whole to the canary. */
  #credit: number;

  constructor(terms: CanaryTerms, pickers: Readonly<Record<Side, Picker<C>>>, { draws }: PickerParts) {
    this.#terms = terms;
    this.#pickers = pickers;
    this.#credit = draws.below(whole);
  }

  replace(candidates: readonly C[]): void {
    const sides = new Map(candidates.map((candidate) => [candidate, this.#sideOf(candidate)]));
    const canaries = candidates.filter((candidate) => sides.get(candidate) === 'canary');
    const rest = candidates.filter((candidate) => sides.get(candidate) === 'rest');
    this.#sides = sides;
    this.#pickers.canary.replace(canaries);
    this.#pickers.rest.replace(rest);
    this.#open = onlyOpen(canaries.length, rest.length);
  }

  pick(context: PickContext): C | undefined {
    const side = this.#open === 'both' ? this.#choose(context) : this.#open;
    return this.#pickers[side].pick(context);
  }

  acquired(candidate: C): void {
    this.#pickerOf(candidate)?.acquired?.(candidate);
  }

  done(candidate: C, result: CallResult, elapsedMs: number): void {
    this.#pickerOf(candidate)?.done?.(candidate, result, elapsedMs);
  }

  #choose({ headers, key }: PickContext): Side {
    const { header, share } = this.#terms;
    const wish = header === undefined ? undefined : headers?.[header];
    if (wish === 'always') return 'canary';
    if (wish === 'never') return 'rest';
    if (key !== undefined) return textHash(key, canarySeed) >>> 0 < (share / whole) * 2 ** 32 ? 'canary' : 'rest';
    this.#credit += share;
    if (this.#credit < whole) return 'rest';
    this.#credit -= whole;
    return 'canary';
  }

  #sideOf({ instance }: C): Side {
    return this.#terms.is(instance) ? 'canary' : 'rest';
  }

  /** Nothing for a candidate that has left. */
  #pickerOf(candidate: C): Picker<C> | undefined {
    const side = this.#sides.get(candidate);
    return side === undefined ? undefined : this.#pickers[side];
  }
}

function onlyOpen(canaries: number, rest: number): Side | 'both' {
  if (canaries > 0 && rest > 0) return 'both';
  return canaries > 0 ? 'canary' : 'rest';
}
