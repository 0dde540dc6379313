import { setTimeout as sleep } from 'node:timers/promises';
import { type Finding, ratioFinding } from '../frame/finding.ts';
import { ratioOf } from '../frame/ratio.ts';
import type { Round } from '../frame/rounds.ts';
import { median, quantile, type Spread, spreadOf } from '../frame/spread.ts';
import { roundsOf, type RowTerms } from '../frame/suite.ts';
import { type Follower, openRawFollower, openRegistryFollower } from './followers.ts';
import type { RawEtcd } from './raw-etcd.ts';
import { recordNumber, storeService } from './stored-service.ts';
import type { TestBed } from './test-bed.ts';

/** Between two puts everything is idle. */
const idleMs = 5;

/** A watch that has just been opened answers slower: its first puts do not count. */
const warmUp = 20;

type OpenFollower = (bed: TestBed, service: string) => Promise<Follower>;

/**
 * How much later a reader hears of a put than a raw stream beside it. Which of two sockets of one process is read first in a turn
 * of the event loop biases the difference. So each round opens both anew, in the other order, and two rounds, one of either
 * order, make one figure; a second raw stream in the place of ours tells how much of it is bias all the same.
 */
export async function watch(bed: TestBed, terms: RowTerms): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const size of [10, 1_000]) {
    const service = `watch-${size}`;
    using writer = bed.raw();
    await storeService(writer, service, size);
    const ours = await followed({ bed, writer, service, size }, openRegistryFollower, terms);
    const control = await followed({ bed, writer, service, size }, openRawFollower, terms);
    findings.push(...judged(`of ${size}`, ours), ...forInformation(`of ${size}, raw in place of ours`, control));
  }
  return findings;
}

interface Watched {
  readonly bed: TestBed;
  /** Who puts: a client of its own. */
  readonly writer: RawEtcd;
  readonly service: string;
  readonly size: number;
}

async function followed(watched: Watched, openOurs: OpenFollower, terms: RowTerms): Promise<readonly Round[]> {
  const rounds: Round[] = [];
  const count = 2 * roundsOf(terms, 6);
  for (let round = 1; round <= count; round += 1) {
    terms.progress(`service of ${watched.size}, round ${round} of ${count}`);
    rounds.push(await latencies(watched, openOurs, round % 2 === 0 ? 'ours' : 'raw', terms.quick ? 50 : 200));
  }
  return rounds;
}

/** From the send of each put to its arrival at both. */
async function latencies(
  { bed, writer, service, size }: Watched,
  openOurs: OpenFollower,
  first: 'ours' | 'raw',
  puts: number,
): Promise<Round> {
  await using early = await (first === 'ours' ? openOurs : openRawFollower)(bed, service);
  await using late = await (first === 'ours' ? openRawFollower : openOurs)(bed, service);
  const [ours, baseline] = first === 'ours' ? [early, late] : [late, early];
  const round = { ours: Array<number>(), baseline: Array<number>() };
  globalThis.gc?.();
  for (let put = -warmUp; put < puts; put += 1) {
    await sleep(idleMs);
    const version = nextVersion();
    const arrivals = [ours.arrivalOf(version), baseline.arrivalOf(version)] as const;
    const record = recordNumber(service, Math.floor(Math.random() * size), version);
    const sentAt = performance.now();
    const [oursAt, baselineAt] = await Promise.all([...arrivals, writer.kv.put(record)]);
    if (put < 0) continue;
    round.ours.push(oursAt - sentAt);
    round.baseline.push(baselineAt - sentAt);
  }
  return round;
}

function judged(name: string, rounds: readonly Round[]): readonly Finding[] {
  return [
    { what: `${name}: later than raw, median`, value: later(rounds, 0.5), unit: 'ms', atMost: 0.1 },
    { what: `${name}: later than raw, p99`, value: later(rounds, 0.99), unit: 'ms', atMost: 1 },
    ratioFinding(`${name}: from put to event`, ratioOf(rounds, median), 'ms'),
  ];
}

function forInformation(name: string, rounds: readonly Round[]): readonly Finding[] {
  return [
    { what: `${name}: later, median`, value: later(rounds, 0.5), unit: 'ms' },
    { what: `${name}: later, p99`, value: later(rounds, 0.99), unit: 'ms' },
  ];
}

/** How much later ours heard of the same put: that quantile of each round, halfway between the two orders, and the spread of those. */
function later(rounds: readonly Round[], share: number): Spread {
  const quantiles = rounds.map(({ ours, baseline }) =>
    quantile(
      ours.map((tookMs, put) => tookMs - (baseline[put] ?? Number.NaN)),
      share,
    ),
  );
  const halfway: number[] = [];
  for (let round = 0; round + 1 < quantiles.length; round += 2)
    halfway.push(((quantiles[round] ?? Number.NaN) + (quantiles[round + 1] ?? Number.NaN)) / 2);
  return spreadOf(halfway);
}

let versions = 0;

function nextVersion(): string {
  versions += 1;
  return `1.0.${versions}`;
}
