import { ratioOf, type Ratio } from '../frame/ratio.ts';
import type { Round } from '../frame/rounds.ts';
import { median } from '../frame/spread.ts';
import { Child } from './child.ts';
import type { Job, Load, Took } from './job.ts';

/** Whoever makes calls when asked to. */
export interface Caller extends AsyncDisposable {
  ask(load: Load): Promise<Took>;
}

/** The two whose ratio is wanted. */
export interface Contest<By> {
  readonly ours: By;
  readonly baseline: By;
}

/** How often they run. */
export interface ContestTerms {
  readonly rounds: number;
  /** In each round, of each, before anything is counted: code that has just been loaded is several times slower. */
  readonly warmUp: Repeated;
  /** What is measured in each round, one after the other. */
  readonly loads: readonly Repeated[];
  readonly onRound?: (round: number) => void;
}

/** A load, and how often each makes it. */
interface Repeated extends Load {
  readonly times: number;
}

/** For one number of calls at a time, in milliseconds for each call. */
export interface Contested {
  readonly inFlight: number;
  /** Until it was done. Where nothing but the caller bounds it, calls in a second are its inverse. */
  readonly time: Ratio;
  /** What the caller's process has worked meanwhile. */
  readonly cpu: Ratio;
}

/** Starts a process that makes calls. */
export function startCaller(job: Job): Caller {
  return new Child<Load, Took>('caller.js', job);
}

/**
 * Both make the same loads in turn, and swap who goes first with every pair, and who is started first with every round. Each has a process
 * of its own, as a library is compiled for what a program does with it; and a new one for each round, since the same code does not come out
 * the same in every process.
 */
export async function contest<By>(
  { ours, baseline }: Contest<By>,
  { rounds, warmUp, loads, onRound }: ContestTerms,
  start: (by: By) => Caller,
): Promise<readonly Contested[]> {
  const measured = loads.map(({ inFlight }) => ({ inFlight, time: Array<Round>(), cpu: Array<Round>() }));
  for (let round = 1; round <= rounds; round += 1) {
    onRound?.(round);
    const oursFirst = round % 2 === 1;
    await using first = start(oursFirst ? ours : baseline);
    await using second = start(oursFirst ? baseline : ours);
    const [our, their] = oursFirst ? [first, second] : [second, first];
    await inTurn(our, their, warmUp);
    for (const [index, load] of loads.entries()) {
      const taken = await inTurn(our, their, load);
      measured[index]?.time.push(eachCall(taken, load, 'ms'));
      measured[index]?.cpu.push(eachCall(taken, load, 'cpuMs'));
    }
  }
  return measured.map(({ inFlight, time, cpu }) => ({
    inFlight,
    time: ratioOf(time, median),
    cpu: ratioOf(cpu, median),
  }));
}

interface Taken {
  readonly ours: readonly Took[];
  readonly baseline: readonly Took[];
}

async function inTurn(our: Caller, their: Caller, { calls, inFlight, times }: Repeated): Promise<Taken> {
  const load = { calls, inFlight };
  const taken = { ours: Array<Took>(), baseline: Array<Took>() };
  for (let pair = 0; pair < times; pair += 1) {
    if (pair % 2 === 0) taken.ours.push(await our.ask(load));
    taken.baseline.push(await their.ask(load));
    if (pair % 2 === 1) taken.ours.push(await our.ask(load));
  }
  return taken;
}

function eachCall({ ours, baseline }: Taken, { calls }: Load, what: keyof Took): Round {
  return {
    ours: ours.map(({ [what]: ms }) => ms / calls),
    baseline: baseline.map(({ [what]: ms }) => ms / calls),
  };
}
