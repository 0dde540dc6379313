import type { BalancerDiagnosticEvent, CacheDiagnosticEvent } from '@rollcall/balancer';
import type { ServiceInstance, ServiceSnapshot } from '@rollcall/core';
import { counted, ms, seconds } from './figures.ts';
import type { Protocol } from '../calling/protocols.ts';
import type { Call } from '../staging/run-record.ts';
import type { Story } from './story.ts';

/** Tells what a snapshot changes for its reader. Its `delta` is exactly the difference to the one read before. */
export function tellSnapshot(story: Story, { service, instances, delta, freshness, reason }: ServiceSnapshot): void {
  if (reason === 'initial' && instances.length === 0)
    story.tell('consumer', `watches "${service}": nobody is there yet, and a complete, empty set says so`);
  if (freshness === 'stale') story.tell('consumer', 'has lost the backend: the last known set stands, marked as stale');
  else if (reason === 'freshness' || reason === 'resync')
    story.tell('consumer', `has the backend back; listed: ${namesOf(instances)}`);
  for (const instance of delta.added)
    story.tell('consumer', `sees ${instance.id} join (${portsOf(instance)}); listed: ${namesOf(instances)}`);
  for (const instance of delta.updated) story.tell('consumer', `sees ${instance.id} updated: ${newsOf(instance)}`);
  for (const { id } of delta.removed) story.tell('consumer', `sees ${id} leave; listed: ${namesOf(instances)}`);
}

/** Tells, over each protocol, of the first request that a provider left unanswered and of the first line that was lost; others are counted. */
export function callTeller(story: Story): (call: Call) => void {
  const told = new Set<string>();
  const tellOnce = (about: string, what: string): void => {
    if (!told.has(about)) story.tell('caller', what);
    told.add(about);
  };
  return ({ protocol, attempts, ending }) => {
    const last = attempts.at(-1);
    for (const attempt of attempts) {
      const { type, provider } = attempt;
      if (type === 'failed' && last?.type === 'served')
        tellOnce(
          `${protocol} ${provider}`,
          `gets no answer from ${provider} over ${protocol} (${attempt.reason}); ${last.provider} answers instead`,
        );
    }
    if (ending?.type === 'lost') tellOnce(`${protocol} lost`, `loses a line over ${protocol}: ${ending.reason}`);
  };
}

/** Tells what becomes of the set that the caller goes by. */
export function tellCache(story: Story, event: CacheDiagnosticEvent): void {
  story.tell('caller', newsOfCache(event));
}

/** Tells what becomes of its choice over one protocol. */
export function tellChoice(story: Story, event: BalancerDiagnosticEvent, protocol: Protocol): void {
  story.tell('caller', newsOfChoice(event, protocol));
}

function newsOfCache(event: CacheDiagnosticEvent): string {
  if (event.type === 'set-stale')
    return `goes on with the ${counted(event.instances, 'provider')} that its cache knew last`;
  if (event.type === 'set-live') return `calls by a live set again, after ${ms(event.awayMs)} by a stale one`;
  return `reports ${event.type}`;
}

function newsOfChoice(event: BalancerDiagnosticEvent, protocol: Protocol): string {
  if (event.type === 'instance-ejected')
    return `leaves ${event.id} out over ${protocol} for ${seconds(event.forMs)}: ${event.failures} requests in a row got no answer`;
  return `reports ${event.type} over ${protocol}`;
}

function namesOf(instances: readonly ServiceInstance[]): string {
  return instances.length === 0 ? 'nobody' : instances.map(({ id }) => id).join(', ');
}

function portsOf({ endpoints }: ServiceInstance): string {
  return endpoints.map(({ scheme, port }) => `${scheme} ${port}`).join(', ');
}

function newsOf({ status, metadata }: ServiceInstance): string {
  return status === 'up' ? `dictionary ${metadata['dictionary'] ?? 'unknown'}` : status;
}
