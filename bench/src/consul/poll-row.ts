import { setTimeout as sleep } from 'node:timers/promises';
import { type Finding, ratioFinding } from '../frame/finding.ts';
import { ratioOf } from '../frame/ratio.ts';
import type { Measured, Round } from '../frame/rounds.ts';
import { mean, median } from '../frame/spread.ts';
import { roundsOf, type RowTerms } from '../frame/suite.ts';
import { type Arrival, openRawFollower, openRegistryFollower } from './followers.ts';
import { type Gauged, ParseGauge } from './parse-gauge.ts';
import { type StoredService, storeService } from './stored-service.ts';
import type { TestBed } from './test-bed.ts';

const size = 1_000;

/** Before a change everything is idle, and the next polls wait at the agent. */
const idleMs = 50;

/** A watch that has just been opened reads slower: its first changes do not count. */
const warmUp = 10;

/** What it costs a reader of 1,000 that one of them has changed: Consul tells of all of them again. */
export async function poll(bed: TestBed, terms: RowTerms): Promise<readonly Finding[]> {
  await using writer = bed.raw();
  const stored = await storeService(writer, 'poll', size);
  const { time, cpu } = await alone(bed, stored, terms);
  const beside = await besideByHand(bed, stored, terms);
  return [
    ratioFinding('from text to snapshot, against its JSON.parse, medians', ratioOf(time, median), 'ms', 1.1),
    ratioFinding('the same, means', ratioOf(time, mean), 'ms', 1.1),
    ratioFinding('the same, CPU of this process', ratioOf(cpu, mean), 'ms'),
    ratioFinding('beside a loop that parses: from last byte to snapshot', ratioOf(beside.work, median), 'ms'),
    ratioFinding('beside a loop that parses: from change to snapshot', ratioOf(beside.delay, median), 'ms'),
  ];
}

/**
 * Our watcher by itself: what lies between the text of an answer, as our driver has it in hand, and the snapshot at its reader, against
 * `JSON.parse` of that very text in the same process, some of them before it and some after. It shows what we add to the parsing, and nothing else:
 * neither the agent, nor sockets, nor undici is in it.
 */
async function alone(bed: TestBed, stored: StoredService, terms: RowTerms): Promise<Measured> {
  const rounds = roundsOf(terms, 12);
  const time: Round[] = [];
  const cpu: Round[] = [];
  using gauge = new ParseGauge();
  await using follower = await openRegistryFollower(bed, stored.name);
  for (let round = 1; round <= rounds; round += 1) {
    terms.progress(`alone, round ${round} of ${rounds}`);
    globalThis.gc?.();
    const gauged: Gauged[] = [];
    const changes = terms.quick ? 10 : 20;
    for (let change = round === 1 ? -warmUp : 0; change < changes; change += 1) {
      await sleep(idleMs);
      const version = nextVersion();
      const arrival = follower.arrivalOf(version).then(({ readAt }) => gauge.done(readAt));
      gauge.arm(change % 2 === 0 ? 'first' : 'second');
      await stored.change(Math.floor(Math.random() * size), version);
      const one = await arrival;
      if (change >= 0) gauged.push(one);
    }
    time.push({ ours: gauged.map(({ ours }) => ours), baseline: gauged.map(({ baseline }) => baseline) });
    cpu.push({ ours: gauged.map((one) => one.cpu.ours), baseline: gauged.map((one) => one.cpu.baseline) });
  }
  return { time, cpu };
}

/**
 * Our watcher and a loop of blocking queries that does nothing but parse, on the same changes, in one process. `work` is from the last byte
 * of either's own answer: with the decoding of the text in both, it shows what a whole answer costs this process. `delay` is from the
 * change: it shows what a user has of it, and depends on whose answer the agent happens to send first, since the other one waits
 * meanwhile. So each round opens both anew, in the other order.
 */
async function besideByHand(
  bed: TestBed,
  stored: StoredService,
  terms: RowTerms,
): Promise<{ readonly work: readonly Round[]; readonly delay: readonly Round[] }> {
  const rounds = 2 * roundsOf(terms, 6);
  const work: Round[] = [];
  const delay: Round[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    terms.progress(`beside by hand, round ${round} of ${rounds}`);
    const changes = await arrivals(bed, stored, round % 2 === 0 ? 'ours' : 'raw', terms.quick ? 10 : 30);
    const both = (of: (arrival: Arrival, changedAt: number) => number): Round => ({
      ours: changes.map(({ ours, changedAt }) => of(ours, changedAt)),
      baseline: changes.map(({ baseline, changedAt }) => of(baseline, changedAt)),
    });
    work.push(both(({ answeredAt, readAt }) => readAt - answeredAt));
    delay.push(both(({ readAt }, changedAt) => readAt - changedAt));
  }
  return { work, delay };
}

interface Change {
  readonly changedAt: number;
  readonly ours: Arrival;
  readonly baseline: Arrival;
}

async function arrivals(
  bed: TestBed,
  stored: StoredService,
  first: 'ours' | 'raw',
  count: number,
): Promise<readonly Change[]> {
  await using early = await (first === 'ours' ? openRegistryFollower : openRawFollower)(bed, stored.name);
  await using late = await (first === 'ours' ? openRawFollower : openRegistryFollower)(bed, stored.name);
  const [watcher, loop] = first === 'ours' ? [early, late] : [late, early];
  const changes: Change[] = [];
  globalThis.gc?.();
  for (let change = -warmUp; change < count; change += 1) {
    await sleep(idleMs);
    const version = nextVersion();
    const both = [watcher.arrivalOf(version), loop.arrivalOf(version)] as const;
    const changedAt = performance.now();
    const [ours, baseline] = await Promise.all([
      ...both,
      stored.change(Math.floor(Math.random() * stored.size), version),
    ]);
    if (change >= 0) changes.push({ changedAt, ours, baseline });
  }
  return changes;
}

let versions = 0;

function nextVersion(): string {
  versions += 1;
  return `1.0.${versions}`;
}
