/** What is timed: one call. It may return what takes it back, which is not timed. */
type Contestant = () => Promise<Undo | undefined>;

type Undo = () => Promise<void>;

/** The two whose ratio is wanted. */
export interface Contest {
  readonly ours: Contestant;
  readonly baseline: Contestant;
}

/** How often they run. */
export interface RoundTerms {
  readonly rounds: number;
  /** Calls of each in a round. */
  readonly pairs: number;
  /** Calls of each before the first round, which are not counted. */
  readonly warmUp: number;
  readonly onRound?: (round: number) => void;
}

/** What one round took, in milliseconds for each call. */
export interface Round {
  readonly ours: readonly number[];
  readonly baseline: readonly number[];
}

/** Runs both in turn, call by call, and swaps who goes first with every pair: what disturbs the machine meets both alike. */
export async function measureRounds(contest: Contest, terms: RoundTerms): Promise<readonly Round[]> {
  await measureRound(contest, terms.warmUp, 0);
  const rounds: Round[] = [];
  for (let round = 1; round <= terms.rounds; round += 1) {
    terms.onRound?.(round);
    // What earlier rounds left behind is not collected on the clock of this one.
    globalThis.gc?.();
    rounds.push(await measureRound(contest, terms.pairs, round));
  }
  return rounds;
}

async function measureRound({ ours, baseline }: Contest, pairs: number, offset: number): Promise<Round> {
  const round = { ours: Array<number>(), baseline: Array<number>() };
  for (let turn = offset; turn < offset + pairs; turn += 1) {
    if (turn % 2 === 0) round.ours.push(await timed(ours));
    round.baseline.push(await timed(baseline));
    if (turn % 2 === 1) round.ours.push(await timed(ours));
  }
  return round;
}

async function timed(contestant: Contestant): Promise<number> {
  const startedAt = performance.now();
  const undo = await contestant();
  const tookMs = performance.now() - startedAt;
  await undo?.();
  return tookMs;
}
