import type { CallResult } from '../balancer.ts';
import { checkNumber, checkOptionKeys } from '../option-checks.ts';
import type { Candidate, Picker, PickerParts, Policy } from './policy.ts';
import { DrawnCandidates } from './weighted-random.ts';

/** Options of `peakEwma`. Unknown keys are refused with a `TypeError`. */
export interface PeakEwmaOptions {
  /** How fast old latencies are forgotten, in milliseconds: after this time they count for 1/e. @defaultValue 10_000 */
  readonly decayMs?: number | undefined;
  /**
   * What a failed call counts for if it took less, in milliseconds, so that an instance that fails fast attracts nobody; and what each
   * call counts for that is under way to an instance of which nothing is known. @defaultValue 5_000
   */
  readonly penaltyMs?: number | undefined;
}

/**
 * Of two that are drawn by weight, the first, unless the second has a clearly lower cost: its latency, times one more than the calls under way to
 * it, those counted for its weight. The latency is an average that rises at once to every peak and then falls with time, so that a slow answer
 * counts at once and a fast one has to last. It learns from `acquire` and `done`.
 * @throws TypeError for a bad option, naming it
 */
export function peakEwma(options: PeakEwmaOptions = {}): Policy {
  checkOptionKeys('peakEwma', options, ['decayMs', 'penaltyMs']);
  const terms: PeakEwmaTerms = {
    decayMs: checkNumber('options.decayMs', options.decayMs ?? 10_000, { above: 0 }),
    penaltyMs: checkNumber('options.penaltyMs', options.penaltyMs ?? 5_000, { above: 0 }),
  };
  return {
    name: 'peakEwma',
    weights: 'followed',
    observes: 'latency',
    createPicker: (parts) => new PeakEwma(parts, terms),
  };
}

/**
 * What the second may cost of the first to be taken instead. Latencies of equal instances differ all the time, and averages fall while nobody
 * answers, so that whoever is seldom called seems fast: without this the shares would not be those of the weights.
 */
const clearly = 0.8;

interface PeakEwmaTerms {
  readonly decayMs: number;
  readonly penaltyMs: number;
}

/** What is known of one candidate's latency: `averageMs` as it stood at `atMs`, which is -Infinity before the first answer. */
interface Latency {
  averageMs: number;
  atMs: number;
}

function unknownLatency(): Latency {
  return { averageMs: 0, atMs: -Infinity };
}

class PeakEwma<C extends Candidate> implements Picker<C> {
  readonly #now: () => number;
  readonly #terms: PeakEwmaTerms;
  readonly #drawn: DrawnCandidates<C>;
  #latencies = new Map<C, Latency>();
  #meanWeight = 1;
  /** In the order of the candidates. */
  #latencyAt: readonly Latency[] = [];

  constructor({ now, draws }: PickerParts, terms: PeakEwmaTerms) {
    this.#now = now;
    this.#terms = terms;
    this.#drawn = new DrawnCandidates(draws);
  }

  replace(candidates: readonly C[]): void {
    if (!this.#drawn.replace(candidates)) return;
    this.#meanWeight = candidates.reduce((sum, { weight }) => sum + weight, 0) / Math.max(1, candidates.length);
    const former = this.#latencies;
    this.#latencyAt = candidates.map((candidate) => former.get(candidate) ?? unknownLatency());
    this.#latencies = new Map(candidates.map((candidate, index) => [candidate, this.#latencyOf(index)]));
  }

  pick(): C | undefined {
    const index = this.#drawn.next();
    const one = this.#drawn.at(index);
    const otherIndex = this.#drawn.otherThan(index);
    const other = this.#drawn.at(otherIndex);
    if (one === undefined || other === undefined || one === other) return one;
    const now = this.#now();
    const cost = this.#cost(one, this.#latencyOf(index), now);
    const otherCost = this.#cost(other, this.#latencyOf(otherIndex), now);
    return otherCost < cost * clearly ? other : one;
  }

  done(candidate: C, result: CallResult, elapsedMs: number): void {
    const latency = this.#latencies.get(candidate);
    if (latency === undefined || result === 'ignored') return;
    const { decayMs, penaltyMs } = this.#terms;
    const measuredMs = result === 'failure' ? Math.max(elapsedMs, penaltyMs) : elapsedMs;
    const now = this.#now();
    const kept = Math.exp((latency.atMs - now) / decayMs);
    latency.averageMs =
      measuredMs >= latency.averageMs ? measuredMs : latency.averageMs * kept + measuredMs * (1 - kept);
    latency.atMs = now;
  }

  #cost(candidate: Candidate, { averageMs, atMs }: Latency, now: number): number {
    const load = (candidate.inFlight * this.#meanWeight) / candidate.weight;
    if (atMs === -Infinity) return load * this.#terms.penaltyMs;
    return averageMs * Math.exp((atMs - now) / this.#terms.decayMs) * (load + 1);
  }

  #latencyOf(index: number): Latency {
    return this.#latencyAt[index] ?? unknownLatency();
  }
}
