import { setTimeout as sleep } from 'node:timers/promises';
import type { BackendCapabilities, ServiceInstance, ServiceSnapshot } from '@rollcall/core';
import { type Caller, paceMs } from '../calling/caller.ts';
import type { Consumer } from './consumer.ts';
import { ms } from '../telling/figures.ts';
import type { Link } from './link.ts';
import { overEach } from '../calling/protocols.ts';
import type { Launch, Player, Provider } from '../providing/provider.ts';
import { hasMissed, type RunRecord, type Sighting } from './run-record.ts';
import { servedBars, servedBy } from '../telling/served.ts';
import type { Story } from '../telling/story.ts';

/** What the scenes are played with. */
export interface Stage {
  readonly consumer: Consumer;
  readonly caller: Caller;
  readonly link: Link | undefined;
  readonly launch: Launch;
  readonly record: RunRecord;
  readonly story: Story;
  readonly ttlMs: number;
  /** What the backend declares of its leases. */
  readonly lease: BackendCapabilities['lease'];
  /** Aborts when the rest is not to be played. */
  readonly brokenOff: AbortSignal;
}

/** What was done to whom and when: what the record has to be judged by. */
export interface Deeds {
  readonly cast: readonly Player[];
  readonly update: { readonly id: string; readonly atMs: number; readonly keptItsLease: boolean };
  /** How long nobody could ask the registry; undefined if that was not to be had. */
  readonly outage: { readonly cutAtMs: number; readonly backAtMs: number } | undefined;
  readonly crash: {
    readonly id: string;
    readonly atMs: number;
    readonly lastRenewalSentAtMs: number;
    /** Whether the backend was asked before the TTL was over and did not list it any more. */
    readonly wasMissedEarly: boolean;
  };
  readonly drain: { readonly id: string; readonly stoppedAtMs: number };
  readonly goodbye: { readonly ids: readonly string[]; readonly atMs: number };
  /** Whom nothing happened to, from the first scene to the last. */
  readonly steady: { readonly id: string };
}

/** Long enough for whatever the backend tells at once, on a computer that is busy with other things. */
const soonMs = 5_000;

/** Plays all of it. However it ends, nobody is left running. */
export async function play(stage: Stage): Promise<Deeds> {
  const { caller } = stage;
  open(stage, 'all join');
  await sees(stage, 'nobody is there yet', isWithout('ada'));
  await using ada = await join(stage, 'ada');
  await using bob = await join(stage, 'bob');
  await using cleo = await join(stage, 'cleo');
  await using dan = await join(stage, 'dan');
  await caller.start();
  stage.story.tell(
    'caller',
    `sends a line of the licence every ${paceMs} ms, over HTTP and gRPC by turns: how many words?`,
  );
  await pause(stage, 1_600);
  close(stage);

  const update = await updateInPlace(stage, ada);
  const outage = await loseTheRegistry(stage);
  const crash = await crashAndExpire(stage, bob);
  const drain = await drainAndStop(stage, cleo);

  open(stage, 'the end');
  await caller.stop();
  stage.story.tell('caller', 'has all its answers');
  const atMs = stage.record.now();
  await Promise.all([ada.stop(), dan.stop()]);
  await sees(stage, 'everybody has left', ({ instances }) => instances.length === 0);
  const cast = [ada, bob, cleo, dan].map(({ name, pid }) => ({ name, pid }));
  return { cast, update, outage, crash, drain, goodbye: { ids: [ada.name, dan.name], atMs }, steady: { id: dan.name } };
}

async function join(stage: Stage, name: string): Promise<Provider> {
  stage.story.tell(name, 'starts: listens on two free ports of loopback, then registers');
  const provider = await stage.launch(name);
  await sees(stage, `${name} joins`, has(name));
  await pause(stage, 150);
  return provider;
}

async function updateInPlace(stage: Stage, provider: Provider): Promise<Deeds['update']> {
  const { record, story } = stage;
  open(stage, 'one updates');
  const atMs = record.now();
  story.tell(provider.name, 'has a new dictionary, and says so in its entry without leaving it');
  const { keptItsLease } = await provider.update({ metadata: { dictionary: '2025-09' } });
  await sees(
    stage,
    `${provider.name} is updated`,
    shows(provider.name, ({ metadata }) => metadata['dictionary'] === '2025-09'),
  );
  await pause(stage, 1_000);
  close(stage);
  return { id: provider.name, atMs, keptItsLease };
}

async function loseTheRegistry(stage: Stage): Promise<Deeds['outage']> {
  const { record, story, link } = stage;
  if (link === undefined) return undefined;
  open(stage, 'no registry');
  const cutAtMs = record.now();
  link.cut();
  story.tell('consumer', 'is cut off from the backend, and the caller with it; the providers are not');
  await sees(stage, 'the backend is out of reach', ({ freshness }) => freshness === 'stale');
  await pause(stage, 300);
  link.restore();
  const back = await sees(stage, 'the backend is back', ({ freshness }) => freshness === 'live');
  await pause(stage, 200);
  close(stage);
  return { cutAtMs, backAtMs: back.atMs };
}

async function crashAndExpire(stage: Stage, provider: Provider): Promise<Deeds['crash']> {
  const { record, story, consumer, ttlMs, lease } = stage;
  const id = provider.name;
  open(stage, 'one crashes');
  const atMs = record.now();
  const { how, renewedMsAgo } = await provider.crash();
  const lastRenewalSentAtMs = atMs - renewedMsAgo;
  story.tell(id, `${how}; its last renewal was sent ${ms(renewedMsAgo)} ago`);

  // The backend cannot tell a crash from a pause before the TTL is over: until then the entry has to stay.
  const dueAtMs = lastRenewalSentAtMs + ttlMs;
  await pause(stage, Math.max(0, dueAtMs - 200 - record.now()));
  const isListed = (await consumer.list()).some((instance) => instance.id === id);
  const leftMs = dueAtMs - record.now();
  if (leftMs > 0)
    story.tell(
      'consumer',
      `asks the backend: ${id} is ${isListed ? 'still' : 'not'} listed, ${ms(leftMs)} before its TTL ends`,
    );

  const gone = await sees(stage, `${id} is gone`, isWithout(id), ttlMs + lease.maxExpiryLagMs + soonMs);
  story.tell(
    'consumer',
    `${id} was listed for ${ms(gone.atMs - lastRenewalSentAtMs)} after its last renewal; TTL ${ms(ttlMs)}`,
  );
  const misses = record.calls.filter((call) => hasMissed(call, id));
  story.tell('caller', `met ${id} while it was dead: ${overEach(misses)}; another provider answered each`);
  await pause(stage, 800);
  close(stage);
  return { id, atMs, lastRenewalSentAtMs, wasMissedEarly: leftMs > 0 && !isListed };
}

async function drainAndStop(stage: Stage, provider: Provider): Promise<Deeds['drain']> {
  const { record, story } = stage;
  const id = provider.name;
  open(stage, 'one drains');
  story.tell(id, 'wants no new traffic: draining, still listed, still answering');
  await provider.update({ status: 'draining' });
  await sees(
    stage,
    `${id} drains`,
    shows(id, ({ status }) => status === 'draining'),
  );
  await pause(stage, 1_000); // for consumers that hear of it later, and for what is under way
  const stoppedAtMs = record.now();
  story.tell(id, 'has nothing left to do: deregisters and closes');
  await provider.stop();
  await sees(stage, `${id} has left`, isWithout(id));
  await pause(stage, 800);
  close(stage);
  return { id, stoppedAtMs };
}

function open({ record, story }: Stage, title: string): void {
  record.scene = title;
  story.scene(title);
}

function close({ record, story }: Stage): void {
  const served = servedBy(record.calls.filter((call) => call.scene === record.scene));
  story.aside('served', servedBars(served));
}

function sees(
  { consumer, brokenOff }: Stage,
  what: string,
  isShown: (snapshot: ServiceSnapshot) => boolean,
  withinMs: number = soonMs,
): Promise<Sighting> {
  return consumer.sees(what, isShown, { withinMs, signal: brokenOff });
}

async function pause({ brokenOff }: Stage, forMs: number): Promise<void> {
  await sleep(forMs, undefined, { signal: brokenOff });
}

function shows(id: string, is: (instance: ServiceInstance) => boolean): (snapshot: ServiceSnapshot) => boolean {
  return ({ instances }) => instances.some((instance) => instance.id === id && is(instance));
}

function has(id: string): (snapshot: ServiceSnapshot) => boolean {
  return shows(id, () => true);
}

function isWithout(id: string): (snapshot: ServiceSnapshot) => boolean {
  const isThere = has(id);
  return (snapshot) => !isThere(snapshot);
}
