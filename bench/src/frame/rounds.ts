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

/** What one round took, for each call. */
export interface Round {
  readonly ours: readonly number[];
  readonly baseline: readonly number[];
}

/** The same rounds twice, in milliseconds. */
export interface Measured {
  /** Until it was done. */
  readonly time: readonly Round[];
  /** What this process has worked meanwhile: on a busy machine, the steadier of the two. */
  readonly cpu: readonly Round[];
}

/** Runs both in turn, call by call, and swaps who goes first with every pair: what disturbs the machine meets both alike. */
export async function measureRounds(contest: Contest, terms: RoundTerms): Promise<Measured> {
  await measureRound(contest, terms.warmUp, 0);
  const time: Round[] = [];
  const cpu: Round[] = [];
  for (let round = 1; round <= terms.rounds; round += 1) {
    terms.onRound?.(round);
    // What earlier rounds left behind is not collected on the clock of this one.
    globalThis.gc?.();
    const { ours, baseline } = await measureRound(contest, terms.pairs, round);
    time.push({ ours: ours.map(({ ms }) => ms), baseline: baseline.map(({ ms }) => ms) });
    cpu.push({ ours: ours.map(({ cpuMs }) => cpuMs), baseline: baseline.map(({ cpuMs }) => cpuMs) });
  }
  return { time, cpu };
}

interface Timing {
  readonly ms: number;
  readonly cpuMs: number;
}

async function measureRound(
  { ours, baseline }: Contest,
  pairs: number,
  offset: number,
): Promise<{ readonly ours: readonly Timing[]; readonly baseline: readonly Timing[] }> {
  const round = { ours: Array<Timing>(), baseline: Array<Timing>() };
  for (let turn = offset; turn < offset + pairs; turn += 1) {
    if (turn % 2 === 0) round.ours.push(await timed(ours));
    round.baseline.push(await timed(baseline));
    if (turn % 2 === 1) round.ours.push(await timed(ours));
  }
  return round;
}

async function timed(contestant: Contestant): Promise<Timing> {
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const undo = await contestant();
  const ms = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  await undo?.();
  return { ms, cpuMs: (user + system) / 1_000 };
}
