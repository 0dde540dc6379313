import { startMark } from './consul-config.ts';
import type { ConsulHttp } from './consul-http.ts';
import { fieldsOf, objectsOf } from './json-fields.ts';
import { poll } from './poll.ts';

const probe = 'rollcall-settling';
// Longer than gossip takes to tell an agent of a new leader.
const probeTtlMs = 250;
const withinMs = 40_000;
/** What an agent tells the others by gossip: 1 for today's ACLs, 2 for those before Consul 1.4. */
const currentAcls = '1';

/**
 * Waits until an agent tells the catalog at once of a TTL check that runs out. When there is a new leader, or another server
 * to be reached, an agent draws a delay of up to 3 s before it compares all that it has with the catalog, and until then it
 * tells nothing of its own accord; after any write by HTTP it tells everything all the same. Should the comparison fall due
 * in the midst of a registration, which is rare, it is put off by another 15 to 30 s, as silent.
 *
 * Two things show that this is over. The mark of this start is in the catalog: the first comparison is done, and a second one
 * that was asked for meanwhile is waited for from then on. After that a check runs out: either the catalog hears at once,
 * because nothing is waited for, or when the second comparison comes.
 */
export async function settle(agent: ConsulHttp, nodeName: string, mark: string): Promise<void> {
  await poll(async () => (await markOf(agent, nodeName)) === mark || undefined, {
    what: `${nodeName} has told the catalog of its start`,
    withinMs,
  });
  await poll(() => probed(agent, nodeName), { what: `${nodeName} tells the catalog of checks that run out` });
}

/**
 * Waits until an agent that is to have ACLs has learnt that its cluster has them. One that starts as early as its servers takes them to
 * have only the older kind, and asks again after pauses that double; when it has learnt better it forgets all that it knew of tokens,
 * which looks as if that had grown old.
 */
export async function aclsKnown(agent: ConsulHttp, nodeName: string): Promise<void> {
  await poll(async () => (await aclMode(agent)) === currentAcls || undefined, {
    what: `${nodeName} knows that its cluster has ACLs`,
    withinMs,
  });
}

async function aclMode(agent: ConsulHttp): Promise<unknown> {
  const { Member: member } = fieldsOf(await agent.get('/v1/agent/self'));
  return fieldsOf(fieldsOf(member)['Tags'])['acls'];
}

async function markOf(agent: ConsulHttp, nodeName: string): Promise<unknown> {
  const { Node: node } = fieldsOf(await agent.get(`/v1/catalog/node/${nodeName}?consistent`));
  return fieldsOf(fieldsOf(node)['Meta'])[startMark];
}

/** @returns undefined when the check ran out before its registration was told: that told of its end too */
async function probed(agent: ConsulHttp, nodeName: string): Promise<true | undefined> {
  await agent.put('/v1/agent/service/register', {
    Name: probe,
    Check: { TTL: `${probeTtlMs}ms`, Status: 'passing' },
  });
  try {
    if ((await probeStatus(agent, nodeName)) !== 'passing') return undefined;
    return await poll(async () => (await probeStatus(agent, nodeName)) === 'critical' || undefined, {
      what: 'the check that ran out is critical',
      withinMs,
    });
  } finally {
    await agent.put(`/v1/agent/service/deregister/${probe}`);
  }
}

async function probeStatus(agent: ConsulHttp, nodeName: string): Promise<unknown> {
  const checks = objectsOf(await agent.get(`/v1/health/node/${nodeName}?consistent`));
  return checks.find((check) => check['ServiceID'] === probe)?.['Status'];
}
