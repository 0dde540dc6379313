import { setTimeout as sleep } from 'node:timers/promises';
import { type Finding, ratioFinding } from '../frame/finding.ts';
import { ratioOf } from '../frame/ratio.ts';
import { median } from '../frame/spread.ts';
import { roundsOf, type RowTerms } from '../frame/suite.ts';
import { type Caller, startCaller } from './contest.ts';
import { Fleet } from './fleet.ts';
import type { HttpWay } from './job.ts';

const contests: readonly { readonly servers: number; readonly ours: HttpWay; readonly atMost?: number }[] = [
  { servers: 1, ours: 'rollcall', atMost: 1 },
  // Which connections are free when a request comes is a matter of moments: undici alone needs a few more in one run than in the next.
  { servers: 4, ours: 'rollcall in turn' },
  { servers: 4, ours: 'rollcall' },
];

/** What a program does. */
type Phase = (caller: Caller, fleet: Fleet) => Promise<unknown>;

const burst = { calls: 64, inFlight: 64 };

/** One after the other. Each is told by its name, with all connections since the first one began. */
const phases: readonly (readonly [string, Phase])[] = [
  ['one at a time', (caller) => caller.ask({ calls: 2_000, inFlight: 1 })],
  ['then 64', (caller) => caller.ask({ calls: 10_000, inFlight: 64 })],
  [
    'then a burst of 64 after a second',
    async (caller) => {
      await sleep(1_000);
      return await caller.ask(burst);
    },
  ],
  [
    'then one after all have been closed',
    async (caller, fleet) => {
      while ((await fleet.sockets()).open > 0) await sleep(200);
      return await caller.ask(burst);
    },
  ],
];

/** How many connections the servers have accepted for the same calls, of ours and of undici alone. */
export async function connections(terms: RowTerms): Promise<readonly Finding[]> {
  const rounds = roundsOf(terms, 3);
  const findings: Finding[] = [];
  for (const { servers, ours, atMost } of contests) {
    const counts = { ours: Array<readonly number[]>(), baseline: Array<readonly number[]>() };
    for (let round = 1; round <= rounds; round += 1) {
      terms.progress(`${ours}, ${servers} instances: round ${round} of ${rounds}`);
      const [our, their] = await Promise.all([accepted(ours, servers), accepted('Agent', servers)]);
      counts.ours.push(our);
      counts.baseline.push(their);
    }
    for (const [index, [what]] of phases.entries()) {
      const measured = counts.ours.map((our, round) => ({
        ours: [our[index] ?? Number.NaN],
        baseline: [counts.baseline[round]?.[index] ?? Number.NaN],
      }));
      const name = `${ours} : Agent, instances: ${servers}, ${what}`;
      findings.push(ratioFinding(name, ratioOf(measured, median), 'count', atMost));
    }
  }
  return findings;
}

/** After each phase. */
async function accepted(by: HttpWay, servers: number): Promise<readonly number[]> {
  await using fleet = await Fleet.start('http', servers);
  await using caller = startCaller({ protocol: 'http', by, request: 'request, GET', ports: fleet.ports });
  const counts: number[] = [];
  for (const [, phase] of phases) {
    await phase(caller, fleet);
    counts.push((await fleet.sockets()).accepted);
  }
  return counts;
}
