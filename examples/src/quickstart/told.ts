import type { BalancerDiagnosticEvent, CacheDiagnosticEvent } from '@rollcall/balancer';
import type { ServiceInstance, ServiceSnapshot } from '@rollcall/core';
import { counted, ms, seconds } from './figures.ts';
import type { FailedAttempt } from './run-record.ts';
import type { Story } from './story.ts';

/** Tells what a snapshot changes for its reader. Its `delta` is exactly the difference to the one read before. */
export function tellSnapshot(story: Story, { service, instances, delta, freshness, reason }: ServiceSnapshot): void {
  if (reason === 'initial' && instances.length === 0)
    story.tell('consumer', `watches "${service}": nobody is there yet, and a complete, empty set says so`);
  if (freshness === 'stale') story.tell('consumer', 'has lost the backend: the last known set stands, marked as stale');
  else if (reason === 'freshness' || reason === 'resync')
    story.tell('consumer', `has the backend back; listed: ${namesOf(instances)}`);
  for (const instance of delta.added)
    story.tell('consumer', `sees ${instance.id} join at ${addressOf(instance)}; listed: ${namesOf(instances)}`);
  for (const instance of delta.updated) story.tell('consumer', `sees ${instance.id} updated: ${newsOf(instance)}`);
  for (const { id } of delta.removed) story.tell('consumer', `sees ${id} leave; listed: ${namesOf(instances)}`);
}

/** Tells of the first request that a provider left unanswered; the others are counted. */
export function missTeller(story: Story): (miss: FailedAttempt) => void {
  const told = new Set<string>();
  return ({ provider, reason }) => {
    if (told.has(provider)) return;
    told.add(provider);
    story.tell('caller', `gets no answer from ${provider} (${reason}), and asks another one`);
  };
}

/** Tells what becomes of the caller's set, and of its choice. */
export function tellCaller(story: Story, event: CacheDiagnosticEvent | BalancerDiagnosticEvent): void {
  story.tell('caller', newsOfCaller(event));
}

function newsOfCaller(event: CacheDiagnosticEvent | BalancerDiagnosticEvent): string {
  if (event.type === 'set-stale')
    return `goes on with the ${counted(event.instances, 'provider')} that its cache knew last`;
  if (event.type === 'set-live') return `calls by a live set again, after ${ms(event.awayMs)} by a stale one`;
  if (event.type === 'instance-ejected')
    return `leaves ${event.id} out for ${seconds(event.forMs)}: ${event.failures} requests in a row got no answer`;
  return `reports ${event.type}`;
}

function namesOf(instances: readonly ServiceInstance[]): string {
  return instances.length === 0 ? 'nobody' : instances.map(({ id }) => id).join(', ');
}

function addressOf({ endpoints: [{ host, port }] }: ServiceInstance): string {
  return `${host}:${port}`;
}

function newsOf({ status, metadata }: ServiceInstance): string {
  return status === 'up' ? `dictionary ${metadata['dictionary'] ?? 'unknown'}` : status;
}
