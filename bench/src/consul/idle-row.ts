import { setTimeout as sleep } from 'node:timers/promises';
import type { Registry, Watcher } from '@rollcall/core';
import { type Finding, ratioFinding } from '../frame/finding.ts';
import { ratioOf } from '../frame/ratio.ts';
import type { Round } from '../frame/rounds.ts';
import { counted, median } from '../frame/spread.ts';
import { roundsOf, type RowTerms } from '../frame/suite.ts';
import { countOf, isPoll } from './answers.ts';
import { CountingProxy } from './counting-proxy.ts';
import { entriesPath, pollPath } from './entries.ts';
import type { RawConsul } from './raw-consul.ts';
import { storeService } from './stored-service.ts';
import type { TestBed } from './test-bed.ts';

const services = 100;
const size = 10;

/** Of each poll: as short as the driver allows, so that as many as possible come back. */
const waitMs = 1_000;

/** So many that each service has a poll of its own: one of them is kept for those beyond. */
const maxPolls = services + 1;

/** What it costs to watch services of which nothing happens. */
export async function idle(bed: TestBed, terms: RowTerms): Promise<readonly Finding[]> {
  await using writer = bed.raw();
  terms.progress(`registering ${services} services`);
  const names: string[] = [];
  for (let index = 0; index < services; index += 1)
    names.push((await storeService(writer, `idle-${String(index).padStart(3, '0')}`, size)).name);
  return [
    ...(await openRequests(bed, names, terms, maxPolls)),
    ...(await openRequests(bed, names, terms, services)),
    ...(await idleCpu(bed, names, terms)),
  ];
}

const readersOfEach = 3;

/** How many requests are open at the agent while polls come back and go out again: the most at any time, and what is usual. */
async function openRequests(
  bed: TestBed,
  names: readonly string[],
  terms: RowTerms,
  mostPolls: number,
): Promise<readonly Finding[]> {
  terms.progress(`open requests, maxPolls ${mostPolls}`);
  await using proxy = await CountingProxy.start(bed.url);
  await using registry = bed.registry({ address: proxy.url, waitMs, maxPolls: mostPolls });
  await watchAll(registry, Array.from({ length: readersOfEach }, () => names).flat());
  await sleep(2 * waitMs);
  proxy.forget();
  const samples: number[] = [];
  for (const until = performance.now() + (terms.quick ? 3_000 : 10_000); performance.now() < until; await sleep(5))
    samples.push(proxy.open);
  const what = `${services} services of ${readersOfEach} readers, maxPolls ${mostPolls}: open requests`;
  return [
    { what: `${what}, most`, value: counted(proxy.most), unit: 'count', atMost: services },
    { what: `${what}, median`, value: counted(median(samples)), unit: 'count' },
  ];
}

/** One window with ours, one with blocking queries by hand, in turn. */
async function idleCpu(bed: TestBed, names: readonly string[], terms: RowTerms): Promise<readonly Finding[]> {
  const rounds = roundsOf(terms, 4);
  const windowMs = terms.quick ? 5_000 : 30_000;
  const shares: Round[] = [];
  const costs: Round[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    terms.progress(`round ${round} of ${rounds}`);
    const early = round % 2 === 0 ? await ofOurs(bed, names, windowMs) : undefined;
    const baseline = await byHand(bed, names, windowMs);
    const ours = early ?? (await ofOurs(bed, names, windowMs));
    shares.push({ ours: [ours.share], baseline: [baseline.share] });
    costs.push({ ours: [ours.cpuMsOfPoll], baseline: [baseline.cpuMsOfPoll] });
  }
  return [
    ratioFinding(`CPU, share of a core, wait ${waitMs / 1_000} s`, ratioOf(shares, median), '%', 1.5),
    // Where the machine is busy, fewer polls come back in the same time.
    ratioFinding('CPU of this process, each poll that came back', ratioOf(costs, median), 'ms'),
  ];
}

async function ofOurs(bed: TestBed, names: readonly string[], windowMs: number): Promise<Window> {
  await using registry = bed.registry({ waitMs, maxPolls });
  await watchAll(registry, names);
  return await windowOf(windowMs);
}

async function byHand(bed: TestBed, names: readonly string[], windowMs: number): Promise<Window> {
  await using raw = bed.raw(names.length);
  for (const name of names) void pollByHand(raw, name).catch(() => undefined); // disposed of
  return await windowOf(windowMs);
}

/** Parses what is new, and looks at nothing else. */
async function pollByHand(raw: RawConsul, name: string): Promise<void> {
  let { text, index } = await raw.get(entriesPath(name));
  for (;;) {
    JSON.parse(text);
    let answer;
    do answer = await raw.get(pollPath(name, index, waitMs));
    while (answer.index === index);
    ({ text, index } = answer);
  }
}

/** A reader of each, which has read the set and waits for what comes next. */
async function watchAll(registry: Registry, names: readonly string[]): Promise<void> {
  const watchers: readonly Watcher[] = names.map((name) => registry.watch(name));
  const sets = await Promise.all(watchers.map((watcher) => watcher.next()));
  if (sets.some(({ value }) => value?.instances.length !== size)) throw new Error('an instance is missing');
  for (const watcher of watchers) void watcher.next().catch(() => undefined); // closed
}

interface Window {
  /** Of a core, in per cent. */
  readonly share: number;
  /** For each poll that came back. */
  readonly cpuMsOfPoll: number;
}

/** What this process does from now on, once it has settled. */
async function windowOf(windowMs: number): Promise<Window> {
  await sleep(2 * waitMs);
  globalThis.gc?.();
  using answers = countOf('answered', isPoll);
  const startedAt = performance.now();
  const before = process.cpuUsage();
  await sleep(windowMs);
  const { user, system } = process.cpuUsage(before);
  const cpuMs = (user + system) / 1_000;
  return { share: (cpuMs / (performance.now() - startedAt)) * 100, cpuMsOfPoll: cpuMs / answers.count };
}
