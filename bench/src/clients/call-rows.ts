import { type Finding, ratioFinding } from '../frame/finding.ts';
import { roundsOf, type RowTerms } from '../frame/suite.ts';
import { contest, startCaller } from './contest.ts';
import { Fleet } from './fleet.ts';
import type { GrpcWay, HttpRequest, HttpWay, Job } from './job.ts';

/** At least 95 % of the calls in a second are at most so much of the time for each. */
const atMost = 1 / 0.95;

/** So many calls take some 50 ms: one at a time, and many. */
interface Calls {
  readonly one: number;
  readonly many: number;
}

const httpCalls: Calls = { one: 250, many: 500 };
const grpcCalls: Calls = { one: 125, many: 250 };

/** One instance, against undici alone, and against undici with an interceptor that does nothing. */
export async function http(terms: RowTerms): Promise<readonly Finding[]> {
  await using fleet = await Fleet.start('http', 1);
  const findings: Finding[] = [];
  for (const request of ['request, GET', 'request, POST', 'fetch, GET'] as const)
    findings.push(...(await httpContest(fleet, { request, ours: 'rollcall', baseline: 'Agent' }, terms)));
  const request = 'request, GET';
  findings.push(...(await httpContest(fleet, { request, ours: 'rollcall', baseline: 'composed Agent' }, terms)));
  return findings;
}

/** Undici against itself, over one instance and over four: how far apart two of the same are, as they are measured here. */
export async function httpNull(terms: RowTerms): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const count of [1, 4]) {
    await using fleet = await Fleet.start('http', count);
    const job: Job = { protocol: 'http', by: 'Agent', request: 'request, GET', ports: fleet.ports };
    const sides = { ours: job, baseline: job };
    findings.push(...(await findingsOf(`Agent : Agent, instances: ${count}`, sides, httpCalls, terms)));
  }
  return findings;
}

/**
 * Four instances, against undici alone that is told by hand whom to call next, and against what undici has for several. Ours goes in turn as
 * well, and chooses as it does by default: then a call may go to an instance that is still busy with the end of the last one.
 */
export async function httpFour(terms: RowTerms): Promise<readonly Finding[]> {
  await using fleet = await Fleet.start('http', 4);
  const request = 'request, GET';
  return [
    ...(await httpContest(fleet, { request, ours: 'rollcall in turn', baseline: 'Agent' }, terms)),
    ...(await httpContest(fleet, { request, ours: 'rollcall', baseline: 'Agent' }, terms)),
    ...(await httpContest(fleet, { request, ours: 'rollcall in turn', baseline: 'BalancedPool' }, terms)),
  ];
}

/** One instance, against a channel to its address. */
export async function grpc(terms: RowTerms): Promise<readonly Finding[]> {
  await using fleet = await Fleet.start('grpc', 1);
  return await grpcContest(fleet, { ours: 'rollcall', baseline: 'addresses' }, terms);
}

/** Four instances, against a channel to their addresses that has grpc-js' own policy; ours with both. */
export async function grpcFour(terms: RowTerms): Promise<readonly Finding[]> {
  await using fleet = await Fleet.start('grpc', 4);
  return [
    ...(await grpcContest(fleet, { ours: 'rollcall', baseline: 'addresses, round_robin' }, terms)),
    ...(await grpcContest(fleet, { ours: 'rollcall, round_robin', baseline: 'addresses, round_robin' }, terms)),
  ];
}

async function httpContest(
  { ports }: Fleet,
  { request, ours, baseline }: { readonly request: HttpRequest; readonly ours: HttpWay; readonly baseline: HttpWay },
  terms: RowTerms,
): Promise<readonly Finding[]> {
  const job = (by: HttpWay): Job => ({ protocol: 'http', by, request, ports });
  const sides = { ours: job(ours), baseline: job(baseline) };
  return await findingsOf(`${request}, ${ours} : ${baseline}`, sides, httpCalls, terms);
}

async function grpcContest(
  { ports }: Fleet,
  { ours, baseline }: { readonly ours: GrpcWay; readonly baseline: GrpcWay },
  terms: RowTerms,
): Promise<readonly Finding[]> {
  const job = (by: GrpcWay): Job => ({ protocol: 'grpc', by, ports });
  const sides = { ours: job(ours), baseline: job(baseline) };
  return await findingsOf(`${ours} : ${baseline}`, sides, grpcCalls, terms);
}

async function findingsOf(
  what: string,
  sides: { readonly ours: Job; readonly baseline: Job },
  { one, many }: Calls,
  terms: RowTerms,
): Promise<readonly Finding[]> {
  const rounds = roundsOf(terms, 16);
  const times = terms.quick ? 4 : 10;
  const load = { inFlight: 64, calls: many };
  const onRound = (round: number): void => terms.progress(`${what}: round ${round} of ${rounds}`);
  const loads = [
    { ...load, times },
    { inFlight: 1, calls: one, times },
  ];
  const contested = await contest(sides, { rounds, warmUp: { ...load, times: 40 }, loads, onRound }, startCaller);
  return contested.flatMap(({ inFlight, time, cpu }) => [
    ratioFinding(`${what}, ${inFlight} in flight: time`, time, 'ms', atMost),
    ratioFinding(`${what}, ${inFlight} in flight: CPU`, cpu, 'ms', atMost),
  ]);
}
