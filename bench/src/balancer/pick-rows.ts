import { counted } from '../frame/spread.ts';
import { type Finding, ratioFinding } from '../frame/finding.ts';
import type { RowTerms } from '../frame/suite.ts';
import { contest } from './contest.ts';
import type { Contestant, PeerName, PolicyName } from './job.ts';

const usualCount = 1_000;
const bareIndex: Contestant = { does: 'bare index' };
const bareHash: Contestant = { does: 'bare hash' };

/** `pick()` of each policy over 1,000 instances, against incrementing an index into a bare array. */
export async function pick(terms: RowTerms): Promise<readonly Finding[]> {
  const atMost: readonly (readonly [PolicyName, number?])[] = [
    ['roundRobin', 1.5],
    ['weightedRoundRobin', 3.5],
    ['weightedRandom', 3.5],
    ['leastOutstanding', 3.5],
    ['peakEwma'],
  ];
  const findings: Finding[] = [];
  for (const [policy, most] of atMost) {
    terms.progress(policy);
    const { ratio, bytes } = await contest({ does: 'pick', policy }, bareIndex, { instances: usualCount, terms });
    findings.push(ratioFinding(`${policy}, pick`, ratio, 'ns', most));
    if (most !== undefined)
      findings.push({ what: `${policy}, pick leaves on the heap`, value: counted(bytes), unit: 'B', atMost: 0 });
  }
  terms.progress('roundRobin, against a register');
  const { ratio } = await contest(
    { does: 'pick', policy: 'roundRobin' },
    { does: 'bare loop' },
    { instances: usualCount, terms },
  );
  findings.push(ratioFinding('roundRobin, pick, against an index in a register', ratio, 'ns'));
  return findings;
}

/** `acquire()` and `done`, against the same. */
export async function acquire(terms: RowTerms): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const [policy, most] of [['roundRobin', 2.5], ['leastOutstanding'], ['peakEwma']] as const) {
    terms.progress(policy);
    const { ratio, bytes } = await contest({ does: 'acquire', policy }, bareIndex, { instances: usualCount, terms });
    findings.push(ratioFinding(`${policy}, acquire and done`, ratio, 'ns', most), {
      what: `${policy}, acquire leaves on the heap`,
      value: counted(bytes),
      unit: 'B',
    });
  }
  return findings;
}

/** `consistentHash`, against its hash of the key alone. */
export async function hash(terms: RowTerms): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const instances of [10, 100, 1_000, 10_000]) {
    terms.progress(`${instances} instances`);
    const ours: Contestant = { does: 'pick', policy: 'consistentHash' };
    const { ratio } = await contest(ours, bareHash, { instances, terms });
    const what = `consistentHash over ${instances.toLocaleString('en-US')}, pick`;
    findings.push(ratioFinding(what, ratio, 'ns', instances <= 1_000 ? 1.5 : undefined));
  }
  return findings;
}

/** Sets of other sizes. */
export async function sizes(terms: RowTerms): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const policy of ['roundRobin', 'weightedRoundRobin', 'leastOutstanding'] as const)
    for (const instances of [10, 100, 10_000, 100_000]) {
      terms.progress(`${policy}, ${instances} instances`);
      const { ratio } = await contest({ does: 'pick', policy }, bareIndex, { instances, terms });
      findings.push(ratioFinding(`${policy} over ${instances.toLocaleString('en-US')}, pick`, ratio, 'ns'));
    }
  return findings;
}

/** What a program would pick with instead, over 1,000 addresses. */
export async function peer(terms: RowTerms): Promise<readonly Finding[]> {
  const against: readonly (readonly [PolicyName, PeerName])[] = [
    ['roundRobin', 'moleculer round robin'],
    ['weightedRandom', 'moleculer random'],
    ['roundRobin', 'grpc-js round robin'],
    ['weightedRoundRobin', 'undici BalancedPool'],
  ];
  const findings: Finding[] = [];
  for (const [policy, peerName] of against) {
    terms.progress(peerName);
    const baseline: Contestant = { does: 'peer', peer: peerName };
    const { ratio } = await contest({ does: 'pick', policy }, baseline, { instances: usualCount, terms });
    findings.push(ratioFinding(`${policy}, against ${peerName}`, ratio, 'ns'));
  }
  return findings;
}
